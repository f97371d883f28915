// How much is asked for and how much is blocked, by hour and day, site, category, role and group. No person is in it.
#include "policy/sealed.hpp"
#include "proxy/log/traffic_report.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/settings.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace gatehouse::portal::console {

namespace {

constexpr std::chrono::milliseconds longest_traffic_count{10000};
constexpr std::array<unsigned, 4> ranges{1, 7, 30, 90};

unsigned days_asked_for(Visit const& visit)
{
    auto const asked = parse_id(visit.query("days")).value_or(1);
    for (auto const days : ranges)
        if (days == static_cast<unsigned>(asked))
            return days;
    return 1;
}

Words range_text(unsigned days)
{
    return days == 1 ? "Today" : words("The last {} days", days);
}

int share_of(std::uint64_t part, std::uint64_t whole)
{
    return whole == 0 ? 0 : static_cast<int>((100 * part + whole / 2) / whole);
}

/// "1.4 GiB": people compare it, nobody computes with it.
Words amount(std::uint64_t bytes)
{
    constexpr std::array units{"{} bytes", "{}.{} KiB", "{}.{} MiB", "{}.{} GiB", "{}.{} TiB"};
    auto size = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; size >= 1024 && unit + 1 < units.size(); ++unit)
        size /= 1024;
    auto const tenths = static_cast<std::uint64_t>(std::nearbyint(size * 10));
    return unit == 0 ? words(units[0], bytes) : words(units[unit], tenths / 10, tenths % 10);
}

void append(Page& page, std::vector<Part> parts)
{
    page.parts.insert(page.parts.end(), parts.begin(), parts.end());
}

/// The first of so many days up to today, by the calendar: a day back by the clock is another one near midnight, once the clocks have changed since.
policy::Date first_day(policy::Date const& today, unsigned days)
{
    auto const day = std::chrono::sys_days{std::chrono::year{today.year} / today.month / today.day} - std::chrono::days{days - 1};
    std::chrono::year_month_day const date{day};
    return {static_cast<std::int16_t>(int{date.year()}), static_cast<std::uint8_t>(unsigned{date.month()}),
        static_cast<std::uint8_t>(unsigned{date.day()})};
}

/// Today's hours, midnight to now, on the school's clock.
Chart by_hour_of_today(Visit const& visit, log::TrafficReport const& report)
{
    Chart chart{"By hour", "Requests##of the web", "Blocked", "Hour", {}};
    auto const& today = visit.now.local.date;
    for (unsigned hour = 0; hour <= visit.now.local.minute / 60U; ++hour)
        chart.columns.push_back({fmt::format("{:02}:00", hour), 0, 0});
    for (auto const& [begin, traffic] : report.hours) {
        auto const local = visit.site.clock.moment_of(begin).local;
        if (local.date != today || local.minute / 60U >= chart.columns.size())
            continue;
        auto& column = chart.columns[local.minute / 60U];
        column.whole += traffic.requests;
        column.part += traffic.blocked;
    }
    return chart;
}

Chart by_day(Visit const& visit, log::TrafficReport const& report, unsigned days)
{
    Chart chart{"By day", "Requests##of the web", "Blocked", "Day", {}};
    std::map<policy::Date, std::size_t> place;
    auto date = first_day(visit.now.local.date, days);
    for (unsigned i = 0; i < days; ++i, date = date.next()) {
        place[date] = chart.columns.size();
        chart.columns.push_back({shown_date(date), 0, 0});
    }
    for (auto const& [begin, traffic] : report.hours)
        if (auto const found = place.find(visit.site.clock.moment_of(begin).local.date); found != place.end()) {
            chart.columns[found->second].whole += traffic.requests;
            chart.columns[found->second].part += traffic.blocked;
        }
    return chart;
}

Chart by_hour_of_the_day(Visit const& visit, log::TrafficReport const& report)
{
    Chart chart{"By hour of the day", "Requests##of the web", "Blocked", "Hour", {}};
    for (unsigned hour = 0; hour < 24; ++hour)
        chart.columns.push_back({fmt::format("{:02}:00", hour), 0, 0});
    for (auto const& [begin, traffic] : report.hours) {
        auto& column = chart.columns[visit.site.clock.moment_of(begin).local.minute / 60U];
        column.whole += traffic.requests;
        column.part += traffic.blocked;
    }
    return chart;
}

/// `weight` is what the rows were chosen by. `title_of` turns what the log keeps into what people read.
template <class TitleOf>
Table ranking(Words caption, Words head, std::vector<log::TrafficOf> const& rows, std::uint64_t log::Traffic::*weight,
    TitleOf const& title_of)
{
    Table table;
    table.caption = std::move(caption);
    table.head = {std::move(head), "Requests##of the web", "Blocked", "Sent"};
    table.empty = words("{}: nothing was recorded.", table.caption);
    auto const most = rows.empty() ? 0 : rows.front().traffic.*weight;
    for (auto const& row : rows) {
        Cell name = title_of(row.name);
        name.share = share_of(row.traffic.*weight, most);
        table.rows.push_back({std::move(name), {shown_number(row.traffic.requests)},
            {words("{} ({} %)", shown_number(row.traffic.blocked), share_of(row.traffic.blocked, row.traffic.requests))},
            {amount(row.traffic.bytes), {}, {}, false, true}});
    }
    return table;
}

template <class Rows>
auto title_in(Rows const& rows)
{
    return [&rows](std::string const& id) {
        for (auto const& row : rows)
            if (row.id == id && !row.title.empty())
                return Cell{row.title};
        return Cell{shown_text(id)}; // the policy no longer has it
    };
}

bool may_search(Visit const& visit)
{
    using enum store::ConsoleRole;
    return visit.has_role(ict_lead) || visit.has_role(officer) || visit.has_role(dsl);
}

void add_rankings(Page& page, Visit const& visit, log::TrafficReport const& report)
{
    auto const policy = visit.site.services.current_policy();
    auto const site = [searches = may_search(visit)](std::string const& name) {
        return Cell{shown_text(name), searches ? with_query("/log", {{"host", name}}) : std::string{}};
    };
    auto const weight = &log::Traffic::requests;
    auto const shown = [&](std::vector<log::TrafficOf> sites) {
        std::erase_if(sites, [&](auto const& each) { return policy::is_on_sealed_list(*policy, each.name, {}); });
        return sites;
    };
    page.parts.push_back(
        portal::table(ranking("Sites most often blocked", "Site", shown(report.blocked_sites), &log::Traffic::blocked, site)));
    page.parts.push_back(portal::table(ranking("Sites most often asked for", "Site", shown(report.sites), weight, site)));
    page.parts.push_back(
        portal::table(ranking("Categories", "Category", report.categories, weight, title_in(policy->categories))));
    page.parts.push_back(portal::table(ranking("Roles", "Role", report.roles, weight, title_in(policy->roles))));
    page.parts.push_back(portal::table(ranking("Groups", "Group", report.groups, weight, title_in(policy->groups))));
}

Part choice_of_range(unsigned days)
{
    Form form;
    form.action = "/traffic";
    form.button = "Show";
    form.is_search = true;
    form.is_secondary = true;
    Field field{Field::Kind::select, "days", "Which days?", "", std::to_string(days)};
    for (auto const range : ranges)
        field.options.push_back({std::to_string(range), range_text(range), ""});
    form.fields = {std::move(field)};
    return portal::form(form);
}

} // namespace

task<Response> show_traffic(Visit const& visit)
{
    auto const days = days_asked_for(visit);
    auto const first = first_day(visit.now.local.date, days);
    log::TrafficRange const range{
        visit.site.clock.instant_of({first, 0}), visit.instant() + std::chrono::seconds{1}, longest_traffic_count};
    auto const work = [dir = visit.site.services.settings.log_dir, range] { return log::report_traffic(dir, range); };
    auto const report = co_await run_gently(visit.site, work);
    if (!report)
        co_return show_message(visit, 503, "The access log cannot be read", "Ask the ICT lead to look at the Status page.");
    Page page;
    page.title = "Traffic";
    page.parts = {heading("Traffic", range_text(days)), choice_of_range(days)};
    page.parts.push_back(summary({{"Requests##of the web", {shown_number(report->all.requests)}},
        {"Blocked", {words("{} ({} %)", shown_number(report->all.blocked), share_of(report->all.blocked, report->all.requests))}},
        {"Sent to devices", {amount(report->all.bytes)}}}));
    if (!report->complete || report->unreadable_days > 0)
        page.parts.push_back(warning(words(report->days - report->unreadable_days == 1
                ? "The log of some days was too long to count in time, or is damaged. The figures are of {} day."
                : "The log of some days was too long to count in time, or is damaged. The figures are of {} days.",
            report->days - report->unreadable_days)));
    if (days == 1) {
        append(page, chart(by_hour_of_today(visit, *report)));
    } else {
        append(page, chart(by_day(visit, *report, days)));
        append(page, chart(by_hour_of_the_day(visit, *report)));
    }
    add_rankings(page, visit, *report);
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
