#pragma once
// The school's wall clock as a value. Turning instants into wall-clock time needs a time zone database and lives in proxy/clock.

#include "policy/result.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// A civil date. Ordering is chronological.
struct Date {
    std::int16_t year = 1970;
    std::uint8_t month = 1;
    std::uint8_t day = 1;

    /// "2026-11-24". Errors: `errc::bad_local_time`.
    static result<Date> parse(std::string_view text);
    std::string to_text() const;
    /// 0 = Monday ... 6 = Sunday.
    unsigned weekday() const;
    Date next() const;
    /// The same day a year on; of 29 February the 28th.
    Date next_year() const;
    auto operator<=>(Date const&) const = default;
};

/// Wall-clock date and minute. `minute` counts from midnight, 0..1439. In the repeated hour of autumn two instants share one value.
struct LocalTime {
    Date date;
    std::uint16_t minute = 0;

    /// "2026-11-24T10:40". Errors: `errc::bad_local_time`.
    static result<LocalTime> parse(std::string_view text);
    std::string to_text() const;
    auto operator<=>(LocalTime const&) const = default;
};

/// "10:40" to the minute of the day, 0..1439. Errors: `errc::bad_local_time`.
result<std::uint16_t> parse_minute(std::string_view text);
/// The minute of the day as "10:40".
std::string minute_to_text(std::uint16_t minute);

/// "monday" to 0 ... "sunday" to 6.
std::optional<unsigned> parse_weekday(std::string_view text);
/// 0 to "monday". Precondition: below 7.
std::string_view weekday_to_text(unsigned weekday);

/// Now, in both views: the wall clock decides periods, the instant decides expiry.
struct Moment {
    LocalTime local;
    std::chrono::sys_seconds instant{};
};

} // namespace gatehouse::policy
