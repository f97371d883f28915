#pragma once
// Days out of an iCalendar file (RFC 5545), as councils and the government publish term dates and bank holidays. Reading is libical's;
// what of it is a day at school is said here. No files, no clock.

#include "policy/local_time.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::ical {

/// Largest calendar. A year of a school's own diary is below a megabyte. Units: bytes.
inline constexpr std::size_t max_calendar_size = 4 * 1024 * 1024;
/// Most days that one calendar may yield in the span asked for, repetitions included.
inline constexpr std::size_t max_calendar_days = 2000;

/// Whole days with a name, both ends within.
struct CalendarDays {
    std::string name;
    policy::Date first, last;
    auto operator<=>(CalendarDays const&) const = default;
};

/// An event that is no whole day, or that was not understood.
struct SkippedEvent {
    std::string name;
    std::string why;
};

struct Calendar {
    std::vector<CalendarDays> days; ///< in order of time, none twice
    std::vector<SkippedEvent> skipped;
    std::string error; ///< why this is no calendar at all; else empty
};

/// All whole-day events that touch `from` to `to` (both within), each repetition on its own (RRULE, RDATE, EXDATE). An event from midnight to
/// midnight counts as whole days. A file whose repetitions would take longer than some seconds is none that can be read. Names are one line without control characters, 100 bytes at most.
Calendar read_calendar(std::string_view text, policy::Date const& from, policy::Date const& to);

} // namespace gatehouse::ical
