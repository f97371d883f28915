// What the gateway says about itself: `gatehouse status`, the console's health page and the counters for monitoring.

#include "proxy/server.hpp"

#include "proxy/log/access_log.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <unistd.h>

namespace gatehouse {
namespace {

/// A worker that hangs must not take those along who ask how it is: it counts as it last did. Their turns take milliseconds.
constexpr std::chrono::milliseconds patience_with_workers{1000};

/// Shared with the workers, since answers may come after nobody waits any more.
struct Question {
    std::mutex guard;
    std::condition_variable all_heard;
    std::vector<std::optional<session::Counters>> heard;
    std::size_t left = 0;
};

} // namespace

session::Counters Server::worker_counters() const
{
    auto const question = std::make_shared<Question>();
    question->heard.resize(workers_.size());
    question->left = workers_.size();
    for (std::size_t i = 0; i < workers_.size(); ++i)
        workers_[i]->read_counters([question, i](session::Counters const& counters) {
            std::lock_guard const lock(question->guard);
            question->heard[i] = counters;
            if (--question->left == 0)
                question->all_heard.notify_one();
        });
    std::unique_lock lock(question->guard);
    question->all_heard.wait_for(lock, patience_with_workers, [&] { return question->left == 0; });
    session::Counters total;
    std::lock_guard const alone(counters_guard_);
    last_counters_.resize(workers_.size());
    for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (question->heard[i])
            last_counters_[i] = *question->heard[i];
        total += last_counters_[i];
    }
    return total;
}

/// Part -> "turns", "works" or "hangs".
boost::json::object Server::pulses() const
{
    boost::json::object parts;
    for (auto const& look : watchdog_->look())
        parts[look.name] = to_text(look.pulse);
    return parts;
}

std::vector<portal::PartPulse> Server::part_pulses() const
{
    using State = portal::PartPulse::State;
    std::vector<portal::PartPulse> parts;
    for (auto const& look : watchdog_->look())
        parts.push_back({look.name,
            look.pulse == Watchdog::Pulse::turns       ? State::turns
                : look.pulse == Watchdog::Pulse::works ? State::works
                                                       : State::hangs});
    return parts;
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
    return {{"school", policy->school}, {"pid", ::getpid()}, {"successor", successor_.load()},
        {"policy_version", policy->version}, {"uptime_seconds", uptime.count()}, {"workers", settings_.workers},
        {"proxy_ports", boost::json::array(proxy_ports_.begin(), proxy_ports_.end())}, {"portal_url", settings_.portal_url},
        {"portal_port", portal_->portal_port()}, {"console_port", portal_->console_port()}, {"rules", policy->rules.size()},
        {"overrides", policy->overrides.size()}, {"restrictions", policy->restrictions.size()}, {"list_names", names},
        {"connections", total.connections}, {"connections_open", total.connections_open},
        {"connections_refused", total.connections_refused}, {"streams_refused", total.streams_refused},
        {"requests", total.requests}, {"blocked", total.blocked}, {"refused", total.refused},
        {"upstream_failures", total.upstream_failures}, {"tunnels_open", total.tunnels_open},
        {"tunnels_inspected", total.tunnels_inspected}, {"tunnels_ended_by_policy", total.tunnels_ended_by_policy},
        {"origins_proved", total.origins_proved}, {"origins_without_sct", total.origins_without_sct}, {"log_rows", rows.rows},
        {"log_rows_dropped", rows.dropped}, {"log_failing", rows.failing}, {"incidents_dropped", incidents_dropped_.load()},
        {"store_failing", store_failing_.load()}, {"audit_agrees", audit_agrees_.load()}, {"parts", pulses()}};
}

std::vector<Metric> Server::metrics() const
{
    auto const total = worker_counters();
    auto const rows = access_log_->counters();
    auto const number = [](auto value) { return static_cast<double>(value); };
    std::vector<Metric> metrics{{"connections_total", "Client connections accepted.", true, number(total.connections)},
        {"connections", "Client connections open.", false, number(total.connections_open)},
        {"connections_refused_total", "Client connections refused over a limit.", true, number(total.connections_refused)},
        {"streams_refused_total", "Requests over HTTP/2 refused because their client has too many open.", true,
            number(total.streams_refused)},
        {"requests_total", "Requests read and understood.", true, number(total.requests)},
        {"requests_blocked_total", "Requests that the policy closed.", true, number(total.blocked)},
        {"requests_refused_total", "Messages refused as malformed or ambiguous.", true, number(total.refused)},
        {"upstream_errors_total", "Requests whose site could not be reached.", true, number(total.upstream_failures)},
        {"tunnels", "Tunnels open.", false, number(total.tunnels_open)},
        {"origins_proved_total", "Certificates of origins that were verified.", true, number(total.origins_proved)},
        {"origins_without_sct_total", "Of them, certificates that are in no transparency log they name.", true,
            number(total.origins_without_sct)},
        {"tunnels_inspected_total", "Tunnels whose inside was read.", true, number(total.tunnels_inspected)},
        {"tunnels_ended_by_policy_total", "Open tunnels that a period or publication closed.", true,
            number(total.tunnels_ended_by_policy)},
        {"log_records_total", "Rows taken into the access log.", true, number(rows.rows)},
        {"log_records_dropped_total", "Rows lost because a ring was full.", true, number(rows.dropped)},
        {"log_files_replaced_total", "Day files found gone or damaged, and begun anew.", true, number(rows.files_replaced)},
        {"log_failing", "1 while the log cannot be written.", false, rows.failing ? 1.0 : 0.0},
        {"incidents_dropped_total", "Incidents lost because the store was full.", true, number(incidents_dropped_.load())},
        {"store_failing", "1 while the store cannot be written.", false, store_failing_ ? 1.0 : 0.0},
        {"audit_agrees", "0 once rows of the audit were cut off or changed.", false, audit_agrees_ ? 1.0 : 0.0},
        {"uptime_seconds", "Time since the start.", false,
            number(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - started_).count())}};
    static std::map<std::string_view, std::string_view> const names{{"workers", "workers_hanging"},
        {"resolver", "resolver_hanging"}, {"store", "store_hanging"}, {"log", "log_hanging"}, {"main", "main_hanging"},
        {"console", "console_hanging"}, {"pages", "pages_hanging"}, {"mail", "mail_hanging"}};
    for (auto const& look : watchdog_->look())
        metrics.push_back(
            {names.at(look.name), "Threads of this part that give no sign of life.", false, number(look.of - look.turning)});
    return metrics;
}

} // namespace gatehouse
