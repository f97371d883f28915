#include "proxy/ical/calendar.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <libical/ical.h>
#include <memory>

namespace gatehouse::ical {
namespace {

using policy::Date;

constexpr std::size_t max_name = 100; // bytes
constexpr std::time_t day_length = 24 * 60 * 60;
constexpr std::size_t most_steps = 500'000;   // of all repetitions of a file: some seconds, in which libical cannot be stopped
constexpr std::size_t endless_steps = 50'000; // of a rule that never comes, for which libical looks through centuries

struct FreeComponent {
    void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
using Component = std::unique_ptr<icalcomponent, FreeComponent>;

struct FreeTurns {
    void operator()(icalrecur_iterator* turns) const { icalrecur_iterator_free(turns); }
};
using Turns = std::unique_ptr<icalrecur_iterator, FreeTurns>;

struct Reading {
    Calendar& calendar;
    Date from, to;
    std::string name; ///< of the event that is read now
    std::time_t length
        = 0;               ///< of that event: DTEND is the day behind it, and libical's spans count that day too. Units: seconds.
    bool full = false;     ///< max_calendar_days were reached
    std::size_t steps = 0; ///< that the repetitions take, from the first of each event on

    bool is_too_long() const { return steps > most_steps; }
};

std::string name_of(icalcomponent* event)
{
    auto const* const summary = icalcomponent_get_summary(event);
    std::string name;
    for (char const c : std::string_view{summary ? summary : ""})
        name += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    if (name.size() > max_name) {
        auto cut = max_name;
        while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xc0U) == 0x80) // not within a UTF-8 character
            --cut;
        name.resize(cut);
    }
    return name.empty() ? "unnamed day" : name;
}

Date to_date(icaltimetype const& time)
{
    return {static_cast<std::int16_t>(time.year), static_cast<std::uint8_t>(time.month), static_cast<std::uint8_t>(time.day)};
}

icaltimetype to_ical(Date const& date)
{
    auto time = icaltime_null_time();
    time.year = date.year;
    time.month = date.month;
    time.day = date.day;
    time.is_date = 1;
    return time;
}

bool is_midnight(icaltimetype const& time)
{
    return time.hour == 0 && time.minute == 0 && time.second == 0;
}

bool has_readable_year(icaltimetype const& time)
{
    return time.year >= 1970 && time.year <= 9999;
}

void set_as_date(icalcomponent* event, icalproperty_kind kind, icaltimetype const& date)
{
    auto* const property = icalcomponent_get_first_property(event, kind);
    if (property == nullptr)
        return;
    icalproperty_remove_parameter_by_kind(property, ICAL_TZID_PARAMETER);
    icalproperty_remove_parameter_by_kind(property, ICAL_VALUE_PARAMETER);
    icalproperty_set_value(property, icalvalue_new_date(date));
}

/// Empty, or why the event is no whole day. Otherwise `length` is how long it is, and an event written from midnight to midnight was turned
/// into days.
std::string make_whole_days(icalcomponent* event, std::time_t& length)
{
    if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED)
        return "it was cancelled";
    auto const start = icalcomponent_get_dtstart(event);
    auto const end = icalcomponent_get_dtend(event); // from DURATION where there is no DTEND
    if (icaltime_is_null_time(start) || !has_readable_year(start))
        return "it has no date that can be read";
    bool const has_end = !icaltime_is_null_time(end) && has_readable_year(end);
    auto const first = to_ical(to_date(start));
    auto const behind = to_ical(to_date(has_end ? end : start));
    length = std::max(icaltime_as_timet(behind) - icaltime_as_timet(first), day_length);
    if (start.is_date)
        return {};
    if (!is_midnight(start) || !has_end || !is_midnight(end) || to_date(end) <= to_date(start))
        return fmt::format("it begins at {:02}:{:02}, and only whole days are taken", start.hour, start.minute);
    set_as_date(event, ICAL_DTSTART_PROPERTY, first);
    set_as_date(event, ICAL_DTEND_PROPERTY, behind);
    return {};
}

/// Repetitions more often than daily say nothing about days, and there can be a great many of them.
bool repeats_within_a_day(icalcomponent* event)
{
    for (auto* rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY); rule != nullptr;
         rule = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY)) {
        auto const frequency = icalproperty_get_rrule(rule).freq;
        if (frequency == ICAL_SECONDLY_RECURRENCE || frequency == ICAL_MINUTELY_RECURRENCE || frequency == ICAL_HOURLY_RECURRENCE)
            return true;
    }
    return false;
}

std::size_t count_of(icalcomponent* event, icalproperty_kind kind)
{
    return static_cast<std::size_t>(icalcomponent_count_properties(event, kind));
}

/// What one rule of an event takes, each turn of which is `each` steps.
void count_turns(icalrecurrencetype const& rule, icaltimetype const& start, std::size_t each, Reading& reading)
{
    Turns const turns{icalrecur_iterator_new(rule, start)};
    if (!turns)
        return;
    int taken = 0;
    auto at = icalrecur_iterator_next(turns.get());
    for (; !icaltime_is_null_time(at) && to_date(at) <= reading.to && !reading.is_too_long();
         at = icalrecur_iterator_next(turns.get())) {
        ++taken;
        reading.steps += each;
    }
    bool const has_end = !icaltime_is_null_time(rule.until) && rule.until.year <= reading.to.year;
    bool const is_counted = rule.count > 0 && taken >= rule.count;
    if (icaltime_is_null_time(at) && !has_end && !is_counted)
        reading.steps += endless_steps;
}

/// libical walks through all repetitions from the first one on, and holds each against every exception: what that takes is counted before.
void count_steps(icalcomponent* event, Reading& reading)
{
    auto const each = 1 + count_of(event, ICAL_EXDATE_PROPERTY);
    reading.steps += each * count_of(event, ICAL_RDATE_PROPERTY);
    auto const start = icalcomponent_get_dtstart(event);
    for (auto* rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY); rule != nullptr && !reading.is_too_long();
         rule = icalcomponent_get_next_property(event, ICAL_RRULE_PROPERTY))
        count_turns(icalproperty_get_rrule(rule), start, each, reading);
}

Date date_at(std::time_t utc)
{
    return to_date(icaltime_from_timet_with_zone(utc, 1, icaltimezone_get_utc_timezone()));
}

/// Called by libical for each repetition, in UTC; dates have no zone and so come as midnights of UTC.
void take_repetition(icalcomponent* /*event*/, icaltime_span* span, void* data)
{
    auto& reading = *static_cast<Reading*>(data);
    CalendarDays days{reading.name, date_at(span->start), date_at(span->start + reading.length - 1)};
    if (days.last < reading.from || reading.to < days.first)
        return;
    if (reading.calendar.days.size() >= max_calendar_days) {
        reading.full = true;
        return;
    }
    reading.calendar.days.push_back(std::move(days));
}

void read_event(icalcomponent* event, Reading& reading)
{
    reading.name = name_of(event);
    auto why = make_whole_days(event, reading.length);
    if (why.empty() && repeats_within_a_day(event))
        why = "it repeats more often than once a day";
    if (why.empty()
        && count_of(event, ICAL_EXRULE_PROPERTY) > 0) // RFC 5545 has none any more, and each turn walks through all of it
        why = "a rule says when it is not, and only single days are taken for that";
    if (!why.empty()) {
        reading.calendar.skipped.push_back({reading.name, std::move(why)});
        return;
    }
    count_steps(event, reading);
    if (reading.is_too_long())
        return;
    auto behind = to_ical(reading.to);
    icaltime_adjust(&behind, 1, 0, 0, 0);
    icalcomponent_foreach_recurrence(event, to_ical(reading.from), behind, take_repetition, &reading);
}

/// Lines that libical could not read stand in the component as errors of their own.
void read_calendar_component(icalcomponent* component, Reading& reading)
{
    if (auto const errors = icalcomponent_count_errors(component); errors > 0)
        reading.calendar.skipped.push_back({"", fmt::format("{} lines of the file were not understood", errors)});
    for (auto* event = icalcomponent_get_first_component(component, ICAL_VEVENT_COMPONENT);
         event != nullptr && !reading.is_too_long(); event = icalcomponent_get_next_component(component, ICAL_VEVENT_COMPONENT))
        read_event(event, reading);
}

} // namespace

Calendar read_calendar(std::string_view text, Date const& from, Date const& to)
{
    Calendar calendar;
    if (text.size() > max_calendar_size) {
        calendar.error = fmt::format("it is larger than {} MiB", max_calendar_size / (1024 * 1024));
        return calendar;
    }
    icalerror_set_errors_are_fatal(0);
    std::string const copy{text.substr(0, text.find('\0'))}; // libical reads to the first NUL
    Component const whole{icalparser_parse_string(copy.c_str())};
    auto* const first = whole && icalcomponent_isa(whole.get()) == ICAL_VCALENDAR_COMPONENT ? whole.get()
        : whole ? icalcomponent_get_first_component(whole.get(), ICAL_VCALENDAR_COMPONENT)
                : nullptr;
    if (first == nullptr) {
        calendar.error = "it is no iCalendar file (it should begin with BEGIN:VCALENDAR)";
        return calendar;
    }
    Reading reading{calendar, from, to, {}, 0, false, 0};
    if (first == whole.get())
        read_calendar_component(first, reading);
    else
        for (auto* component = first; component != nullptr;
             component = icalcomponent_get_next_component(whole.get(), ICAL_VCALENDAR_COMPONENT))
            read_calendar_component(component, reading);
    if (reading.full)
        calendar.error = fmt::format("it holds more than {} days of that time", max_calendar_days);
    if (reading.is_too_long())
        calendar.error = "its events repeat more often than can be read";
    auto& days = calendar.days;
    std::sort(days.begin(), days.end(), [](auto const& left, auto const& right) {
        return std::tie(left.first, left.last, left.name) < std::tie(right.first, right.last, right.name);
    });
    days.erase(std::unique(days.begin(), days.end()), days.end());
    return calendar;
}

} // namespace gatehouse::ical
