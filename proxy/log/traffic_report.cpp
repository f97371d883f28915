#include "proxy/log/traffic_report.hpp"

#include "proxy/log/day_reports.hpp"

#include <algorithm>

namespace gatehouse::log {
namespace {

std::vector<TrafficOf> most_first(TrafficCounts::Table const& table, std::uint64_t Traffic::*weight, std::size_t most)
{
    std::vector<TrafficOf> rows;
    for (auto const& [name, traffic] : table)
        if (traffic.*weight > 0)
            rows.push_back({name, traffic});
    auto const end = rows.begin() + static_cast<std::ptrdiff_t>(std::min(rows.size(), most));
    std::partial_sort(rows.begin(), end, rows.end(), [weight](TrafficOf const& left, TrafficOf const& right) {
        return left.traffic.*weight != right.traffic.*weight ? left.traffic.*weight > right.traffic.*weight
                                                             : left.name < right.name;
    });
    rows.erase(end, rows.end());
    return rows;
}

} // namespace

Traffic& Traffic::operator+=(Traffic const& other)
{
    requests += other.requests;
    blocked += other.blocked;
    bytes += other.bytes;
    return *this;
}

TrafficReport report_of(TrafficCounts const& counts)
{
    TrafficReport report;
    report.hours = counts.hours;
    for (auto const& [hour, traffic] : counts.hours)
        report.all += traffic;
    report.sites = most_first(counts.sites, &Traffic::requests, most_names);
    report.blocked_sites = most_first(counts.sites, &Traffic::blocked, most_names);
    report.categories = most_first(counts.categories, &Traffic::requests, most_ids);
    report.roles = most_first(counts.roles, &Traffic::requests, most_ids);
    report.groups = most_first(counts.groups, &Traffic::requests, most_ids);
    return report;
}

result<TrafficReport> report_traffic(std::filesystem::path const& log_dir, TrafficRange const& range)
{
    TrafficCounts counts;
    counts.from = range.from;
    counts.to = range.to;
    auto const first = day_of(range.from);
    auto const last = day_of(range.to - std::chrono::seconds{1});
    auto const days = static_cast<unsigned>((last - first).count() + 1);
    auto const read
        = read_days(log_dir, {last, days, range.budget}, [&counts](DayReader& reader) { return reader.count_traffic(counts); });
    if (!read)
        return read.error();
    auto report = report_of(counts);
    report.days = read->days;
    report.unreadable_days = read->unreadable;
    report.complete = read->complete;
    return report;
}

} // namespace gatehouse::log
