#pragma once
// The school day: terms, closures, weekdays and named periods that may differ by group. Wall clock only.

#include "policy/local_time.hpp"

#include <optional>
#include <span>
#include <vector>

namespace gatehouse::policy {

enum class PeriodKind : std::uint8_t { lesson, break_time, lunch, outside };

/// "lesson", "break", "lunch", "outside".
std::string_view to_text(PeriodKind kind);
std::optional<PeriodKind> parse_period_kind(std::string_view text);

struct Term {
    std::string name;
    Date first, last; ///< both inclusive
};

struct Closure {
    std::string name; ///< "INSET day", "Half term", "Christmas Day"
    Date first, last; ///< both inclusive
};

struct Period {
    std::string name; ///< "lesson-2"
    PeriodKind kind = PeriodKind::lesson;
    std::uint16_t start = 0;      ///< minute of the day, inclusive
    std::uint16_t end = 0;        ///< minute of the day, exclusive
    std::uint8_t weekdays = 0x1f; ///< bit 0 = Monday
    std::vector<std::string>
        groups; ///< empty: everyone; otherwise only these groups, and for them instead of the general periods of that time
};

/// What the timetable says of one minute for one set of groups.
struct PeriodNow {
    PeriodKind kind = PeriodKind::outside;
    Period const* period = nullptr; ///< null outside the timetable. Lifetime: the Timetable's.
    std::string_view closed_for;    ///< name of the closure, or "not in term", or empty. Lifetime: the Timetable's.
    LocalTime until;                ///< first minute at which another period or none begins (at the latest the next midnight)
};

struct Timetable {
    std::vector<Term> terms;
    std::vector<Closure> closures;
    std::vector<Period> periods; ///< in the order written

    /// The period of that minute, or null. A period that names one of `groups` wins over one that names none.
    Period const* period_at(LocalTime const& time, std::span<std::string const> groups) const;
    /// The same without asking for terms and closures.
    Period const* period_on_open_day(std::uint16_t minute, unsigned weekday, std::span<std::string const> groups) const;
    /// Why there is no school on that day: the closure's name, "not in term", or empty. Without any term every day is in term.
    std::string_view closed_for(Date const& date) const;
    /// Total: answers for every minute, with the minute at which the answer ends.
    PeriodNow at(LocalTime const& time, std::span<std::string const> groups) const;
};

} // namespace gatehouse::policy
