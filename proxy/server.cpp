#include "proxy/server.hpp"

#include "proxy/control.hpp"
#include "proxy/control_verbs.hpp"
#include "proxy/net/listener.hpp"
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/server.hpp"
#include "proxy/secret_file.hpp"
#include "proxy/store/audit.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/store.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <fmt/format.h>
#include <latch>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace gatehouse {
namespace {

/// Zeros filled in, and limits that this machine cannot hold lowered.
Settings fitted(Settings settings)
{
    if (settings.workers == 0)
        settings.workers = std::max(1U, std::thread::hardware_concurrency());
    fit_to_descriptors(settings);
    return settings;
}

std::unique_ptr<store::Store> open_store(Settings const& settings)
{
    store::StoreOptions options;
    options.ledger.state_dir = settings.state_dir;
    auto opened = store::Store::open(options);
    if (!opened)
        throw std::runtime_error("cannot open the store in " + settings.state_dir.string() + ": " + opened.error().message());
    return std::move(*opened);
}

log::Options log_options(Settings const& settings)
{
    log::Options options;
    options.log_dir = settings.log_dir;
    options.workers = settings.workers;
    options.ring_size = settings.log_ring;
    options.days = settings.log_days;
    auto const writes = [&](std::string_view sink) {
        return std::find(settings.log_sinks.begin(), settings.log_sinks.end(), sink) != settings.log_sinks.end();
    };
    options.squid = writes("squid");
    options.ecs = writes("ecs");
    options.store = writes("search");
    options.logger = spdlog::default_logger();
    return options;
}

net::ResolverOptions resolver_options(Settings const& settings)
{
    return {settings.resolver.servers, settings.resolver.hosts_file.string(), settings.deadlines.resolve,
        settings.resolver.max_ttl, settings.resolver.negative_ttl};
}

} // namespace

Server::Server(Settings settings)
    : settings_(fitted(std::move(settings)))
    , clock_(settings_.time_zone)
    , store_(open_store(settings_))
    , access_log_(std::make_unique<log::AccessLog>(log_options(settings_)))
    , resolver_(std::make_unique<net::ResolverThread>(resolver_options(settings_)))
    , admission_(settings_.limits)
    , publisher_(settings_, *store_, clock_)
    , signals_(main_, SIGTERM, SIGINT, SIGHUP)
    , change_timer_(main_)
{
    signals_.add(SIGUSR1);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file-size limit is an error of one write, not the end of the gateway
    auto const policy = publisher_.first();
    start_portal();
    auto const listening = open_listeners();
    proxy_ports_ = listening.ports;
    make_guard(listening.ports);
    parts_ = std::make_unique<WorkerParts>(WorkerParts{.settings = settings_,
        .resolver = *resolver_,
        .guard = guard_,
        .access_log = *access_log_,
        .store = *store_,
        .admission = admission_,
        .clock = clock_,
        .portal_url = settings_.portal_url,
        .portal_port = guard_.portal_port,
        .report_incident = [this](detect::Incident const& incident) { report_incident(incident); }});
    for (unsigned i = 0; i < settings_.workers; ++i)
        workers_.push_back(std::make_unique<Worker>(i, *parts_, policy, listening.by_worker[i]));
    publisher_.set_delivery([this](auto published) { deliver(std::move(published)); });
    start_control();
    metrics_ = std::make_unique<MetricsServer>(
        console_, settings_.metrics.address.to_text(), settings_.metrics.port, [this] { return metrics(); });
}

Server::~Server() = default;

Server::Listening Server::open_listeners() const
{
    Listening listening;
    listening.by_worker.resize(settings_.workers);
    for (auto const& endpoint : settings_.proxy) {
        auto const bound = net::listen_on(endpoint.address, endpoint.port, settings_.workers);
        for (unsigned i = 0; i < settings_.workers; ++i)
            listening.by_worker[i].push_back(bound.sockets[i]);
        listening.ports.push_back(bound.port);
    }
    return listening;
}

void Server::make_guard(std::vector<std::uint16_t> const& ports)
{
    guard_.reachable_private = settings_.reachable_private;
    guard_.own_addresses = net::interface_addresses();
    guard_.own_ports = ports;
    guard_.own_ports.push_back(portal_->portal_port());
    guard_.own_ports.push_back(portal_->console_port());
    guard_.own_ports.push_back(settings_.metrics.port);
    guard_.portal_port = portal_->portal_port();
}

void Server::start_portal()
{
    // Kept over a restart, so that the links on pages that are open go on working.
    portal::set_token_key(read_or_make_key(settings_.state_dir / "token.key"));
    if (settings_.portal_url.empty())
        settings_.portal_url = fmt::format("http://{}:{}", settings_.portal.address.to_text(), settings_.portal.port);
    portal_ = std::make_unique<portal::Server>(console_,
        portal::Services{.settings = settings_,
            .store = *store_,
            .publish = [this](std::string_view cause) { return publisher_.publish(cause); },
            .current_policy = [this] { return publisher_.current(); },
            .status_json = [this] { return boost::json::serialize(status()); },
            .ca_pem =
                [this] {
                    auto const issuer = tls::Issuer::load(settings_.state_dir / "ca");
                    return issuer ? issuer->ca_pem() : std::string{};
                }});
    if (settings_.portal.port == 0)
        settings_.portal_url = fmt::format("http://{}:{}", settings_.portal.address.to_text(), portal_->portal_port());
}

void Server::start_control()
{
    ControlVerbs const verbs{.settings = settings_,
        .store = *store_,
        .access_log = *access_log_,
        .clock = clock_,
        .status = [this] { return status(); },
        .publish = [this](std::string_view cause) { return publisher_.publish(cause); }};
    control_ = std::make_unique<ControlServer>(console_, settings_.state_dir / "control.sock", control_handlers(verbs));
}

void Server::run()
{
    access_log_->start();
    for (auto& worker : workers_)
        worker->start();
    console_thread_ = std::thread([this] { console_.run(); });
    wait_for_signal();
    schedule_next_change();
    spdlog::info("gateway.ready proxy_ports={} portal={} console_port={} workers={} policy={}", fmt::join(proxy_ports_, ","),
        settings_.portal_url, portal_->console_port(), settings_.workers, publisher_.current()->version);
    main_.run();
    drain();
}

void Server::wait_for_signal()
{
    signals_.async_wait([this](error_code ec, int number) {
        if (ec)
            return;
        if (number == SIGTERM || number == SIGINT) {
            main_.stop();
            return;
        }
        if (number == SIGHUP)
            reload("SIGHUP");
        if (number == SIGUSR1)
            access_log_->reopen();
        wait_for_signal();
    });
}

void Server::reload(std::string_view cause)
{
    if (!resolver_->reload_hosts())
        spdlog::warn("hosts_file.kept reason=\"cannot read {}\"", settings_.resolver.hosts_file.string());
    for (auto& worker : workers_)
        worker->forget_caches();
    auto const result = publisher_.publish(cause);
    if (result.published)
        spdlog::info("policy.published version={} cause={} warnings={}", result.version, cause, result.problems.size());
    else
        spdlog::error("policy.refused kept_version={} cause={}", result.version, cause);
    for (auto const& problem : result.problems)
        if (problem.severity == policy::Problem::Severity::error)
            spdlog::error(
                "policy.problem at={}:{}:{} message=\"{}\"", problem.file, problem.line, problem.column, problem.message);
}

/// Grants begin and end by the wall clock, so the clock is asked: a timer to the instant would miss a clock that was set.
void Server::schedule_next_change()
{
    change_timer_.expires_after(std::chrono::milliseconds{250});
    change_timer_.async_wait([this](error_code ec) {
        if (ec)
            return;
        auto const now = clock_.now().instant;
        if (auto const due = publisher_.next_change(); due && *due <= now) {
            auto const ended = store_->run([now](store::Ledger& ledger) { return store::end_overrides(ledger, now); });
            if (!ended)
                spdlog::warn("grants.not_marked_ended reason=\"{}\"", ended.error().message());
            reload("a grant began or ended");
        }
        admission_.look_at_memory();
        keep_house();
        record_replaced_log(now);
        schedule_next_change();
    });
}

/// Once a minute of the wall clock, which decides what is over and may be set: requests that nobody decided and sessions that are over.
void Server::keep_house()
{
    auto const now = clock_.now().instant;
    if (now >= house_kept_ && now - house_kept_ < std::chrono::minutes{1})
        return;
    house_kept_ = now;
    auto tidy = [now](store::Ledger& ledger) {
        auto const requests = store::expire_requests(ledger, now);
        auto const sessions = store::prune_sessions(ledger, now);
        if (!requests || !sessions)
            spdlog::warn("store.not_tidied reason=\"{}\"", (requests ? sessions.error() : requests.error()).message());
    };
    (void)store_->post(store::Job{std::move(tidy)}); // a full queue: the next minute will do
}

/// Somebody deleted or damaged a day file of the access log: the diagnostic log says so at once, and the audit keeps it.
void Server::record_replaced_log(std::chrono::sys_seconds now)
{
    auto const replaced = access_log_->counters().files_replaced;
    if (replaced == log_files_replaced_)
        return;
    auto write = [now, count = replaced - log_files_replaced_](store::Ledger& ledger) {
        auto const written
            = store::record_event(ledger, {store::AccountId::none, "system", ""}, "log.file-replaced", "access-log",
                fmt::format("{} day files of the access log were found deleted or damaged, and begun anew", count), now);
        if (!written)
            spdlog::error("log.replacement_not_recorded reason=\"{}\"", written.error().message());
    };
    if (store_->post(store::Job{std::move(write)}))
        log_files_replaced_ = replaced;
}

void Server::deliver(std::shared_ptr<policy::Policy const> policy)
{
    std::latch all(static_cast<std::ptrdiff_t>(workers_.size()));
    for (auto& worker : workers_)
        worker->publish(policy, [&all] { all.count_down(); });
    all.wait();
}

void Server::report_incident(detect::Incident const& incident)
{
    auto keep = [this, incident](store::Ledger& ledger) {
        std::vector<detect::Incident> rows{incident};
        if (auto burst = habits_.observe(incident))
            rows.push_back(std::move(*burst));
        if (auto const kept = store::add_incidents(ledger, rows); !kept)
            incidents_dropped_.fetch_add(rows.size(), std::memory_order_relaxed);
    };
    if (!store_->post(store::Job{std::move(keep)}))
        incidents_dropped_.fetch_add(1, std::memory_order_relaxed);
}

session::Counters Server::worker_counters() const
{
    session::Counters total;
    std::latch all(static_cast<std::ptrdiff_t>(workers_.size()));
    std::mutex guard;
    for (auto const& worker : workers_)
        worker->read_counters([&](session::Counters const& counters) {
            {
                std::lock_guard const lock(guard);
                total += counters;
            }
            all.count_down();
        });
    all.wait();
    return total;
}

boost::json::object Server::status() const
{
    auto const total = worker_counters();
    auto const policy = publisher_.current();
    auto const rows = access_log_->counters();
    std::size_t names = 0;
    for (auto const& lists : policy->attached)
        names += lists.set.name_count();
    auto const uptime = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_);
    return {{"school", policy->school}, {"policy_version", policy->version}, {"uptime_seconds", uptime.count()},
        {"workers", settings_.workers}, {"proxy_ports", boost::json::array(proxy_ports_.begin(), proxy_ports_.end())},
        {"portal_url", settings_.portal_url}, {"portal_port", portal_->portal_port()}, {"console_port", portal_->console_port()},
        {"rules", policy->rules.size()}, {"overrides", policy->overrides.size()}, {"restrictions", policy->restrictions.size()},
        {"list_names", names}, {"connections", total.connections}, {"connections_open", total.connections_open},
        {"connections_refused", total.connections_refused}, {"requests", total.requests}, {"blocked", total.blocked},
        {"refused", total.refused}, {"upstream_failures", total.upstream_failures}, {"tunnels_open", total.tunnels_open},
        {"tunnels_ended_by_policy", total.tunnels_ended_by_policy}, {"log_rows", rows.rows}, {"log_rows_dropped", rows.dropped},
        {"log_failing", rows.failing}, {"incidents_dropped", incidents_dropped_.load()}};
}

std::vector<Metric> Server::metrics() const
{
    auto const total = worker_counters();
    auto const rows = access_log_->counters();
    auto const number = [](auto value) { return static_cast<double>(value); };
    return {{"connections_total", "Client connections accepted.", true, number(total.connections)},
        {"connections", "Client connections open.", false, number(total.connections_open)},
        {"connections_refused_total", "Client connections refused over a limit.", true, number(total.connections_refused)},
        {"requests_total", "Requests read and understood.", true, number(total.requests)},
        {"requests_blocked_total", "Requests that the policy closed.", true, number(total.blocked)},
        {"requests_refused_total", "Messages refused as malformed or ambiguous.", true, number(total.refused)},
        {"upstream_errors_total", "Requests whose site could not be reached.", true, number(total.upstream_failures)},
        {"tunnels", "Tunnels open.", false, number(total.tunnels_open)},
        {"tunnels_ended_by_policy_total", "Open tunnels that a period or publication closed.", true,
            number(total.tunnels_ended_by_policy)},
        {"log_records_total", "Rows taken into the access log.", true, number(rows.rows)},
        {"log_records_dropped_total", "Rows lost because a ring was full.", true, number(rows.dropped)},
        {"log_files_replaced_total", "Day files found gone or damaged, and begun anew.", true, number(rows.files_replaced)},
        {"log_failing", "1 while the log cannot be written.", false, rows.failing ? 1.0 : 0.0},
        {"incidents_dropped_total", "Incidents lost because the store was full.", true, number(incidents_dropped_.load())},
        {"uptime_seconds", "Time since the start.", false,
            number(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_).count())}};
}

/// Listeners close at once; what is open may finish within the drain time, then it is ended.
void Server::drain()
{
    spdlog::info("gateway.draining at_most_seconds={}",
        std::chrono::duration_cast<std::chrono::seconds>(settings_.deadlines.drain).count());
    for (auto& worker : workers_)
        worker->drain();
    auto const deadline = std::chrono::steady_clock::now() + settings_.deadlines.drain;
    while (std::chrono::steady_clock::now() < deadline && status().at("connections_open").to_number<std::uint64_t>() > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    // The console asks workers for their counters: it stops first.
    portal_->stop();
    console_.stop();
    console_thread_.join();
    for (auto& worker : workers_)
        worker->stop();
    access_log_->stop();
    store_->close();
    spdlog::info("gateway.stopped");
}

} // namespace gatehouse
