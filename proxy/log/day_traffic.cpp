// The traffic of one day file, counted block by block over eight columns.
#include "policy/self_check.hpp"
#include "proxy/log/day_search.hpp"
#include "proxy/log/registered_domain.hpp"
#include "proxy/log/traffic_report.hpp"

#include <limits>

namespace gatehouse::log {
namespace {

constexpr std::array columns{Column::at, Column::sent, Column::verdict, column_of(&AccessRecord::host),
    column_of(&AccessRecord::category), column_of(&AccessRecord::role), column_of(&AccessRecord::group),
    column_of(&AccessRecord::stage)};
enum : std::size_t { at, sent, verdict, host, category, role, group, stage };

using Values = ColumnValues<columns.size()>;
constexpr std::uint64_t hour_length = 3'600'000'000; // microseconds

/// By the numbers of a day's words and hosts, which are small and dense.
class ByNumber {
public:
    Traffic& operator[](std::uint64_t number)
    {
        if (number < dense) {
            if (number >= low_.size())
                low_.resize(std::min(dense, 2 * number + 64));
            return low_[number];
        }
        return high_[number]; // as only a damaged file has them
    }
    /// Rows with the number zero have no text.
    template <class Visit>
    void each(Visit const& visit) const
    {
        for (std::size_t number = 1; number < low_.size(); ++number)
            if (low_[number].requests > 0)
                visit(number, low_[number]);
        for (auto const& [number, traffic] : high_)
            visit(number, traffic);
    }

private:
    static constexpr std::uint64_t dense = std::uint64_t{1} << 22;
    std::vector<Traffic> low_;
    std::unordered_map<std::uint64_t, Traffic> high_;
};

struct DayCounts {
    std::array<Traffic, 24> hours;
    ByNumber hosts, categories, roles, groups;
};

/// `sealed`: the number of that stage; zero if no row has it. What was sealed counts, and its site is told of nowhere.
void count_row(Values const& values, std::size_t row, std::uint64_t sealed, DayCounts& counts)
{
    Traffic const one{1, values[verdict][row] == static_cast<std::uint64_t>(policy::Verdict::block) ? 1U : 0U, values[sent][row]};
    counts.hours[std::min<std::uint64_t>(23, values[at][row] / hour_length)] += one;
    if (sealed == 0 || values[stage][row] != sealed)
        counts.hosts[values[host][row]] += one;
    counts.categories[values[category][row]] += one;
    counts.roles[values[role][row]] += one;
    counts.groups[values[group][row]] += one;
}

void add(TrafficCounts::Table& table, std::string_view name, Traffic const& traffic)
{
    if (name.empty())
        return;
    auto found = table.find(name);
    if (found == table.end())
        found = table.emplace(name, Traffic{}).first;
    found->second += traffic;
}

} // namespace

error_code DayReader::count_traffic(TrafficCounts& counts)
{
    auto const blocks = cells_.blocks(0, std::numeric_limits<std::int64_t>::max());
    if (!blocks)
        return blocks.error();
    DayCounts day;
    auto const in_day
        = [this](std::chrono::sys_seconds at) { return std::chrono::microseconds{at - std::chrono::sys_seconds{day_}}.count(); };
    auto const from = std::max<std::int64_t>(0, in_day(counts.from));
    auto const to = std::max<std::int64_t>(0, in_day(counts.to));
    auto const sealed = word_number(database_.get(), policy::to_text(policy::Stage::sealed));
    auto const tests = hosts_below(database_.get(), policy::self_check_zone); // nobody's traffic
    if (!tests)
        return tests.error();
    Values values;
    for (auto const& block : *blocks) {
        if (auto const error = read_values(cells_, block, columns, values))
            return error;
        for (std::size_t row = 0; row < block.rows; ++row)
            if (auto const when = static_cast<std::int64_t>(values[at][row]);
                from <= when && when < to && !(*tests)(values[host][row]))
                count_row(values, row, sealed, day);
    }
    for (std::size_t hour = 0; hour < day.hours.size(); ++hour)
        if (day.hours[hour].requests > 0)
            counts.hours[std::chrono::sys_seconds{day_} + std::chrono::hours{hour}] += day.hours[hour];
    RegisteredDomains domains;
    day.hosts.each([&](std::uint64_t number, Traffic const& traffic) {
        std::string const& name = hosts_[number];
        auto const domain = domains.of(name);
        add(counts.sites, domain.empty() ? std::string_view{name} : domain, traffic);
    });
    day.categories.each([&](std::uint64_t number, Traffic const& traffic) { add(counts.categories, words_[number], traffic); });
    day.roles.each([&](std::uint64_t number, Traffic const& traffic) { add(counts.roles, words_[number], traffic); });
    day.groups.each([&](std::uint64_t number, Traffic const& traffic) { add(counts.groups, words_[number], traffic); });
    return {};
}

} // namespace gatehouse::log
