#include "proxy/server.hpp"

#include "proxy/control.hpp"
#include "proxy/control_verbs.hpp"
#include "proxy/doctor.hpp"
#include "proxy/policy_loader.hpp"
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/server.hpp"
#include "proxy/secret_file.hpp"
#include "proxy/store/believed_time.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/store.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <fmt/format.h>
#include <latch>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <sys/resource.h>
#include <unistd.h>

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

/// What is believed now. If the store cannot say: the beginning of time, so that nothing goes until it can.
std::chrono::sys_seconds believed_at_start(store::Store& store, std::chrono::sys_seconds now)
{
    auto const kept = store.run([now](store::Ledger& ledger) { return store::keep_believed_time(ledger, now); });
    return kept ? kept->at : std::chrono::sys_seconds{};
}

log::Options log_options(Settings const& settings, std::atomic<std::chrono::sys_seconds> const& believed)
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
    options.now = [&believed] { return std::chrono::system_clock::time_point{believed.load()}; };
    return options;
}

net::ResolverOptions resolver_options(Settings const& settings)
{
    return {settings.resolver.servers, settings.resolver.hosts_file.string(), settings.deadlines.resolve,
        settings.resolver.max_ttl, settings.resolver.negative_ttl};
}

} // namespace

Server::Server(Settings settings, Beginning beginning)
    : settings_(fitted(std::move(settings)))
    , beginning_(std::move(beginning))
    , clock_(settings_.time_zone)
    , images_(lists_image_path(settings_)) // read and checked while the store is opened
    , store_(open_store(settings_))
    , believed_(believed_at_start(*store_, clock_.now().instant))
    , access_log_(std::make_unique<log::AccessLog>(log_options(settings_, believed_)))
    , resolver_(std::make_unique<net::ResolverThread>(resolver_options(settings_)))
    , admission_(settings_.limits)
    , publisher_(settings_, images_, *store_, clock_)
    , signals_(main_)
    , change_timer_(main_)
{
    for (int const number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD})
        signals_.add(number);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file-size limit is an error of one write, not the end of the gateway
    auto const policy = publisher_.first();
    start_portal();
    auto const listening = open_listeners();
    proxy_ports_ = listening.ports;
    for (auto const& sockets : listening.by_worker)
        for (auto const& socket : sockets)
            listening_.push_back(socket.number);
    make_guard(listening.ports);
    parts_ = std::make_unique<WorkerParts>(WorkerParts{.settings = settings_,
        .resolver = *resolver_,
        .guard = guard_,
        .access_log = *access_log_,
        .store = *store_,
        .admission = admission_,
        .clock = clock_,
        .signer = beginning_.program.parent_path() / "gatehouse-signer",
        .kinds = beginning_.program.parent_path() / "gatehouse-kinds",
        .portal_url = settings_.portal_url,
        .portal_port = guard_.portal_port,
        .digest_key = read_or_make_key(settings_.state_dir / "digest.key"),
        .report_incident = [this](detect::Incident const& incident) { report_incident(incident); },
        .report_alert = [this](detect::Alert const& alert) { report_alert(alert); }});
    for (unsigned i = 0; i < settings_.workers; ++i)
        workers_.push_back(std::make_unique<Worker>(i, *parts_, policy, listening.by_worker[i]));
    publisher_.set_delivery([this](auto published) { deliver(std::move(published)); });
    start_control();
    auto const& at = settings_.metrics;
    metrics_ = std::make_unique<MetricsServer>(
        console_, at.address.to_text(), at.port, [this] { return metrics(); }, beginning_.sockets.take_one(at.address, at.port));
    beginning_.sockets = {}; // what the configuration no longer names is closed
}

Server::~Server() = default;

void Server::make_guard(std::vector<std::uint16_t> const& ports)
{
    guard_.reachable_private = settings_.reachable_private;
    guard_.private_names = settings_.private_names.value_or(std::vector<std::string>{});
    for (auto const& problem : lint(settings_))
        spdlog::warn("settings.lint found=\"{}\" remedy=\"{}\"", problem.message, problem.suggestion);
    auto own = net::interface_addresses();
    if (!own) // an empty list would let people reach the console through the proxy
        throw std::runtime_error("this machine's own addresses cannot be listed: " + own.error().message()
            + "; a service unit must allow AF_NETLINK in RestrictAddressFamilies");
    guard_.own_addresses = std::move(*own);
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
            .publish = [this](std::string_view cause) { return publish(cause); },
            .publish_pending = [this] { return publisher_.publish_pending(); },
            .preview_draft = [this](store::AccountId by) { return publisher_.preview_draft(by); },
            .current_policy = [this] { return publisher_.current(); },
            .policy_health = [this] { return publisher_.health(); },
            .status_json = [this] { return boost::json::serialize(status()); },
            .ca_pem =
                [this] {
                    auto pem = tls::read_ca_pem(settings_.state_dir / "ca");
                    return pem ? std::move(*pem) : std::string{};
                },
            .proxy_listeners = [this] { return proxy_listeners(); },
            .own_addresses = [this] { return guard_.own_addresses; },
            .examine = [this](std::chrono::sys_seconds now) { return examine(settings_, now); },
            .pulses = [this] { return part_pulses(); }},
        portal::Sockets{take_socket(settings_.portal), take_socket(settings_.console)});
    if (settings_.portal.port == 0)
        settings_.portal_url = fmt::format("http://{}:{}", settings_.portal.address.to_text(), portal_->portal_port());
}

std::vector<Endpoint> Server::proxy_listeners() const
{
    auto listeners = settings_.proxy;
    for (std::size_t i = 0; i < listeners.size(); ++i) // they were opened in this order, before the others
        listeners[i].port = proxy_ports_[i];
    return listeners;
}

void Server::start_control()
{
    ControlVerbs const verbs{.settings = settings_,
        .store = *store_,
        .access_log = *access_log_,
        .clock = clock_,
        .current_policy = [this] { return publisher_.current(); },
        .status = [this] { return status(); },
        .publish = [this](std::string_view cause) { return publish(cause); },
        .hand_over = [this] { return hand_over(); },
        .retire = [this](boost::json::object const& request) { return retire(request); },
        .restart = [this] { return restart(); }};
    auto const path = control_path();
    int const inherited = beginning_.sockets.take_local(path);
    control_ = inherited < 0 ? std::make_unique<ControlServer>(console_, path, control_handlers(verbs))
                             : std::make_unique<ControlServer>(console_, path, control_handlers(verbs), inherited);
}

void Server::run()
{
    access_log_->start();
    for (auto& worker : workers_)
        worker->start();
    bool const follows = beginning_.predecessor != nullptr;
    if (follows)
        end_predecessor();
    notifier_ = std::make_unique<mail::Notifier>(settings_.mail, settings_.console_url, *store_, clock_);
    begin_watch();
    console_thread_ = std::thread([this] { run_console(); });
    ::pthread_setname_np(console_thread_.native_handle(), "console");
    wait_for_signal();
    schedule_next_change();
    if (follows) // what the other published while we read the configuration
        reload("this gateway follows another");
    beginning_.manager->tell("READY=1");
    spdlog::info("gateway.ready proxy_ports={} portal={} console_port={} workers={} policy={}", fmt::join(proxy_ports_, ","),
        settings_.portal_url, portal_->console_port(), settings_.workers, publisher_.current()->version);
    main_.run();
    drain();
}

/// One page or verb that fails for want of memory is not the end of the others.
void Server::run_console()
{
    constexpr int gives_way = 10; // to the workers: pages never make a request wait for a core
    ::setpriority(PRIO_PROCESS, static_cast<::id_t>(::gettid()), gives_way); // of this thread alone, on Linux
    for (;;) {
        try {
            console_.run();
            return;
        } catch (std::exception const& crash) {
            spdlog::error("console.crashed what={}", crash.what());
        }
    }
}

void Server::wait_for_signal()
{
    signals_.async_wait([this](error_code ec, int number) {
        if (ec)
            return;
        if (number == SIGTERM || number == SIGINT) {
            stopping_ = true;
            main_.stop();
            wait_for_signal(); // a second one cuts the drain short
            return;
        }
        if (number == SIGCHLD)
            reap_successor();
        if (number == SIGHUP)
            reload("SIGHUP");
        if (number == SIGUSR1)
            access_log_->reopen();
        wait_for_signal();
    });
}

void Server::reload(std::string_view cause)
{
    RightlyWaits const publishes(main_waits_);
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
        if (auto const due = publisher_.next_change(); due && *due <= now && std::chrono::steady_clock::now() >= next_try_) {
            RightlyWaits const publishes(main_waits_);
            auto const ended = store_->run([now](store::Ledger& ledger) { return store::end_overrides(ledger, now); });
            if (!ended)
                spdlog::warn("grants.not_marked_ended reason=\"{}\"", ended.error().message());
            publisher_.publish_pending();
            reload("a grant or a publication was due");
            if (auto const left = publisher_.next_change(); left && *left <= now) // the store could not take it
                next_try_ = std::chrono::steady_clock::now() + std::chrono::seconds{5};
        }
        admission_.look_at_memory();
        keep_house();
        record_replaced_log(now);
        check_store();
        schedule_next_change();
    });
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
        auto const kept = store::add_incidents(ledger, rows);
        store_failing_ = !kept;
        if (!kept)
            incidents_dropped_.fetch_add(rows.size(), std::memory_order_relaxed);
    };
    if (!store_->post(store::Job{std::move(keep)}))
        incidents_dropped_.fetch_add(1, std::memory_order_relaxed);
}

void Server::report_alert(detect::Alert const& alert)
{
    auto keep = [this, alert](store::Ledger& ledger) {
        if (!alerts_.is_new(alert))
            return;
        auto const kept = store::raise_alert(ledger, alert, std::chrono::floor<std::chrono::seconds>(alert.at));
        if (kept)
            return;
        alerts_.forget(alert); // whatever comes next on it is told
        incidents_dropped_.fetch_add(1, std::memory_order_relaxed);
        spdlog::error("alert.not_kept severity={} reason=\"{}\"", policy::to_text(alert.severity), kept.error().message());
    };
    if (!store_->post(store::Job{std::move(keep)}))
        incidents_dropped_.fetch_add(1, std::memory_order_relaxed);
}

} // namespace gatehouse
