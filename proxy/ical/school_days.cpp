#include "proxy/ical/school_days.hpp"

#include <algorithm>
#include <cctype>

namespace gatehouse::ical {
namespace {

std::string lower(std::string_view text)
{
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

bool holds_any(std::string const& name, std::vector<std::string> const& words)
{
    auto const whole = lower(name);
    return std::any_of(
        words.begin(), words.end(), [&](auto const& word) { return whole.find(lower(word)) != std::string::npos; });
}

} // namespace

Span usual_span(policy::Date const& today)
{
    auto const year = static_cast<std::int16_t>(today.month >= 9 ? today.year : today.year - 1);
    return {policy::Date{year, 9, 1}, policy::Date{static_cast<std::int16_t>(year + 4), 8, 31}};
}

SchoolDays sort_out(std::vector<CalendarDays> const& days, NameParts const& parts)
{
    SchoolDays sorted;
    for (auto const& each : days) {
        if (holds_any(each.name, parts.terms))
            sorted.terms.push_back(each);
        else if (parts.only.empty() || holds_any(each.name, parts.only))
            sorted.closures.push_back(each);
        else
            sorted.left_out.push_back(each);
    }
    return sorted;
}

} // namespace gatehouse::ical
