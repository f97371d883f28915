#include "policy/timetable.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 4> kind_names{"lesson", "break", "lunch", "outside"};
constexpr std::uint16_t minutes_in_day = 1440;

bool contains(Period const& period, std::uint16_t minute, unsigned weekday)
{
    return minute >= period.start && minute < period.end && (period.weekdays >> weekday & 1);
}

bool names_one_of(Period const& period, std::span<std::string const> groups)
{
    return std::any_of(groups.begin(), groups.end(), [&](std::string const& group) {
        return std::find(period.groups.begin(), period.groups.end(), group) != period.groups.end();
    });
}

/// The next start or end of any period after `minute`; 1440 if there is none. Boundaries of other groups do no harm.
std::uint16_t next_boundary(std::span<Period const> periods, std::uint16_t minute)
{
    std::uint16_t next = minutes_in_day;
    for (auto const& period : periods)
        for (auto const edge : {period.start, period.end})
            if (edge > minute)
                next = std::min(next, edge);
    return next;
}

} // namespace

std::string_view to_text(PeriodKind kind)
{
    return kind_names[static_cast<std::size_t>(kind)];
}

std::optional<PeriodKind> parse_period_kind(std::string_view text)
{
    for (std::size_t i = 0; i < kind_names.size(); ++i)
        if (kind_names[i] == text)
            return static_cast<PeriodKind>(i);
    return std::nullopt;
}

std::string_view Timetable::closed_for(Date const& date) const
{
    auto const holds = [&](auto const& span) { return span.first <= date && date <= span.last; };
    auto const closure = std::find_if(closures.begin(), closures.end(), holds);
    if (closure != closures.end())
        return closure->name;
    if (terms.empty() || std::any_of(terms.begin(), terms.end(), holds))
        return {};
    return "not in term";
}

Period const* Timetable::period_at(LocalTime const& time, std::span<std::string const> groups) const
{
    if (!closed_for(time.date).empty())
        return nullptr;
    return period_on_open_day(time.minute, time.date.weekday(), groups);
}

Period const* Timetable::period_on_open_day(std::uint16_t minute, unsigned weekday, std::span<std::string const> groups) const
{
    Period const* general = nullptr;
    for (auto const& period : periods) {
        if (!contains(period, minute, weekday))
            continue;
        if (period.groups.empty())
            general = general ? general : &period;
        else if (names_one_of(period, groups))
            return &period;
    }
    return general;
}

PeriodNow Timetable::at(LocalTime const& time, std::span<std::string const> groups) const
{
    PeriodNow now;
    now.closed_for = closed_for(time.date);
    now.period = period_at(time, groups);
    now.kind = now.period ? now.period->kind : PeriodKind::outside;
    now.until = {time.date.next(), 0};
    if (!now.closed_for.empty())
        return now;
    auto minute = next_boundary(periods, time.minute);
    while (minute < minutes_in_day && period_at({time.date, minute}, groups) == now.period)
        minute = next_boundary(periods, minute);
    if (minute < minutes_in_day)
        now.until = {time.date, minute};
    return now;
}

} // namespace gatehouse::policy
