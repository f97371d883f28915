#include "policy/linters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

using Kind = Selector::Kind;

constexpr unsigned days_in_week = 7;

/// Bit 0 = Monday: weekdays on which the school is open at least once. Without terms, all.
unsigned open_weekdays(Timetable const& timetable)
{
    constexpr unsigned all = (1U << days_in_week) - 1;
    if (timetable.terms.empty())
        return all;
    unsigned open = 0;
    for (auto const& term : timetable.terms)
        for (auto day = term.first; day <= term.last && open != all; day = day.next())
            if (timetable.closed_for(day).empty())
                open |= 1U << day.weekday();
    return open;
}

bool has_closed_days(Timetable const& timetable)
{
    return !timetable.terms.empty() || !timetable.closures.empty();
}

bool takes_place(Period const& period, unsigned open)
{
    return (period.weekdays & open) != 0;
}

/// Why the selector never holds; empty if it does.
std::string never_because(Selector const& selector, Timetable const& timetable, unsigned open)
{
    auto const any_period = [&](auto const& fits) {
        return std::any_of(timetable.periods.begin(), timetable.periods.end(),
            [&](Period const& period) { return fits(period) && takes_place(period, open); });
    };
    switch (selector.kind) {
    case Kind::period_kind:
        if (selector.value != to_text(PeriodKind::outside)
            && !any_period([&](Period const& period) { return to_text(period.kind) == selector.value; }))
            return fmt::format("the timetable has no {}", selector.value);
        return {};
    case Kind::period:
        if (!any_period([&](Period const& period) { return period.name == selector.value; }))
            return fmt::format("{} is on no open day of the timetable", selector.value);
        return {};
    case Kind::weekday: return open >> selector.index & 1 ? "" : fmt::format("no {} lies in term", selector.value);
    case Kind::closed: return has_closed_days(timetable) ? "" : "the timetable has no closed days";
    default: return {};
    }
}

/// The periods alone, as of a week in which the school is always open.
Timetable without_terms(Timetable const& timetable)
{
    Timetable week;
    week.periods = timetable.periods;
    return week;
}

/// Minutes between the first and the last period of the day that belong to none.
void lint_day(Timetable const& week, Date const& date, std::span<std::string const> groups, std::vector<Problem>& problems)
{
    std::string day{weekday_to_text(date.weekday())};
    if (!groups.empty())
        day += ", " + groups.front();
    bool has_begun = false;
    std::optional<std::uint16_t> gap;
    for (LocalTime time{date, 0}; time.date == date; time = week.at(time, groups).until) {
        auto const* period = week.period_at(time, groups);
        if (period && gap)
            problems.push_back(warning_in("timetable.toml",
                fmt::format("{}: no period from {} to {}", day, minute_to_text(*gap), minute_to_text(time.minute))));
        has_begun = has_begun || period;
        gap = has_begun && !period ? std::optional{time.minute} : std::nullopt;
    }
}

std::vector<std::string> groups_with_periods(Timetable const& timetable)
{
    std::vector<std::string> groups;
    for (auto const& period : timetable.periods)
        for (auto const& group : period.groups)
            if (std::find(groups.begin(), groups.end(), group) == groups.end())
                groups.push_back(group);
    return groups;
}

template <class Left, class Right>
bool overlap(Left const& left, Right const& right)
{
    return left.first <= right.last && right.first <= left.last;
}

} // namespace

void lint_windows(Policy const& policy, std::vector<Problem>& problems)
{
    auto const open = open_weekdays(policy.timetable);
    for (auto const& rule : policy.rules) {
        std::size_t dead = 0;
        for (auto const& selector : rule.when) {
            auto const because = never_because(selector, policy.timetable, open);
            if (because.empty())
                continue;
            ++dead;
            problems.push_back(
                warning_at(rule, fmt::format("rule \"{}\": {} never occurs: {}", rule.id, to_text(selector), because)));
        }
        if (dead != 0 && dead == rule.when.size())
            problems.push_back(warning_at(rule, fmt::format("rule \"{}\" can never match: its \"when\" never occurs", rule.id)));
    }
}

void lint_days(Policy const& policy, std::vector<Problem>& problems)
{
    auto const& timetable = policy.timetable;
    auto const week = without_terms(timetable);
    Date day{2026, 11, 23}; // any Monday
    for (unsigned i = 0; i < days_in_week; ++i, day = day.next()) {
        lint_day(week, day, {}, problems);
        for (auto const& group : groups_with_periods(timetable))
            lint_day(week, day, std::span{&group, 1}, problems);
    }
    for (auto const& closure : timetable.closures)
        if (!timetable.terms.empty() && std::none_of(timetable.terms.begin(), timetable.terms.end(), [&](Term const& term) {
                return overlap(term, closure);
            }))
            problems.push_back(warning_in(
                "timetable.toml", fmt::format("closure \"{}\" ({}) lies in no term", closure.name, closure.first.to_text())));
    for (auto term = timetable.terms.begin(); term != timetable.terms.end(); ++term)
        for (auto other = timetable.terms.begin(); other != term; ++other)
            if (overlap(*term, *other))
                problems.push_back(
                    warning_in("timetable.toml", fmt::format("term \"{}\" overlaps term \"{}\"", term->name, other->name)));
}

} // namespace gatehouse::policy
