#include "proxy/log/tunnel_report.hpp"

#include "proxy/log/day_reports.hpp"

#include <algorithm>

namespace gatehouse::log {
namespace {

std::uint64_t count_in(std::map<std::string, std::uint64_t> const& counts, std::string const& key)
{
    auto const found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
}

template <class Row>
std::vector<Row> most_first(std::map<std::string, Row> rows, std::uint64_t (*weight)(Row const&))
{
    std::vector<Row> sorted;
    for (auto& [key, row] : rows)
        sorted.push_back(std::move(row));
    std::stable_sort(
        sorted.begin(), sorted.end(), [weight](Row const& left, Row const& right) { return weight(left) > weight(right); });
    return sorted;
}

} // namespace

TunnelReport report_of(TunnelCounts const& counts)
{
    std::map<std::string, PinnedSite> sites;
    std::map<std::string, UntrustingDevice> devices;
    for (auto const& [key, refusals] : counts.refused) {
        auto const& [host, client] = key;
        if (count_in(counts.taken_by, client) == 0) {
            auto& device = devices[client];
            device.client = client;
            device.refusals += refusals.count;
            device.last = std::max(device.last, refusals.last);
            continue;
        }
        auto& site = sites[host];
        site.host = host;
        site.refusals += refusals.count;
        ++site.devices;
        site.last = std::max(site.last, refusals.last);
    }
    std::erase_if(sites, [&](auto const& entry) {
        auto const& [host, site] = entry;
        return site.refusals < fewest_refusals || count_in(counts.taken_from, host) * 10 >= site.refusals;
    });
    TunnelReport report;
    report.roles
        = most_first<SeenTunnels>(counts.by_role, [](SeenTunnels const& row) { return row.inside + row.by_name + row.unseen; });
    report.pinned = most_first<PinnedSite>(std::move(sites), [](PinnedSite const& row) { return row.refusals; });
    report.devices = most_first<UntrustingDevice>(std::move(devices), [](UntrustingDevice const& row) { return row.refusals; });
    return report;
}

result<TunnelReport> report_tunnels(
    std::filesystem::path const& log_dir, Day today, unsigned days, std::chrono::milliseconds budget)
{
    TunnelCounts counts;
    auto const read
        = read_days(log_dir, {today, days, budget}, [&counts](DayReader& reader) { return reader.count_tunnels(counts); });
    if (!read)
        return read.error();
    auto report = report_of(counts);
    report.days = read->days;
    report.unreadable_days = read->unreadable;
    report.complete = read->complete;
    return report;
}

} // namespace gatehouse::log
