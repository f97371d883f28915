#pragma once
// Which days of a calendar are terms of a school, which are days without school, and which are nothing to it: told by words in their names.

#include "proxy/ical/calendar.hpp"

namespace gatehouse::ical {

/// Both within.
struct Span {
    policy::Date from, to;
};
/// The school year of that day, which begins in September, and the three after it.
Span usual_span(policy::Date const& today);

/// Parts of names; case does not matter.
struct NameParts {
    std::vector<std::string> terms; ///< days whose name holds one of these are terms
    std::vector<std::string> only;  ///< of the others only those whose name holds one of these are taken; empty: all
};
struct SchoolDays {
    std::vector<CalendarDays> terms, closures;
    std::vector<CalendarDays> left_out; ///< their names were not asked for
};
SchoolDays sort_out(std::vector<CalendarDays> const& days, NameParts const& parts);

} // namespace gatehouse::ical
