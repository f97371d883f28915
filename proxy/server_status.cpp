// What the gateway says about itself: `gatehouse status`, the console's health page and the counters for monitoring.

#include "proxy/server.hpp"

#include "proxy/log/access_log.hpp"

#include <latch>
#include <unistd.h>

namespace gatehouse {

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
    return {{"school", policy->school}, {"pid", ::getpid()}, {"successor", successor_.load()},
        {"policy_version", policy->version}, {"uptime_seconds", uptime.count()}, {"workers", settings_.workers},
        {"proxy_ports", boost::json::array(proxy_ports_.begin(), proxy_ports_.end())}, {"portal_url", settings_.portal_url},
        {"portal_port", portal_->portal_port()}, {"console_port", portal_->console_port()}, {"rules", policy->rules.size()},
        {"overrides", policy->overrides.size()}, {"restrictions", policy->restrictions.size()}, {"list_names", names},
        {"connections", total.connections}, {"connections_open", total.connections_open},
        {"connections_refused", total.connections_refused}, {"requests", total.requests}, {"blocked", total.blocked},
        {"refused", total.refused}, {"upstream_failures", total.upstream_failures}, {"tunnels_open", total.tunnels_open},
        {"tunnels_inspected", total.tunnels_inspected}, {"tunnels_ended_by_policy", total.tunnels_ended_by_policy},
        {"origins_proved", total.origins_proved}, {"origins_without_sct", total.origins_without_sct}, {"log_rows", rows.rows},
        {"log_rows_dropped", rows.dropped}, {"log_failing", rows.failing}, {"incidents_dropped", incidents_dropped_.load()},
        {"store_failing", store_failing_.load()}, {"audit_agrees", audit_agrees_.load()}};
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
}

} // namespace gatehouse
