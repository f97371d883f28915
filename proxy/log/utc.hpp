#pragma once
// Days and instants in UTC, as the log files are named and stamped. No time zone database: that is proxy/clock's.

#include "proxy/log/line_buffer.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::log {

using Instant = std::chrono::system_clock::time_point;
using Day = std::chrono::sys_days;

/// The UTC day that holds the instant.
Day day_of(Instant at);
/// "2026-11-24"; years 0000 to 9999 only.
std::string to_text(Day day);
std::optional<Day> parse_day(std::string_view text);
/// "2026-11-24T10:40:00.123Z".
void append_timestamp(LineBuffer& out, Instant at);

} // namespace gatehouse::log
