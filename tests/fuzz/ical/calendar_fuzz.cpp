// A calendar that somebody published: days in order within the span, names that stay on one line, and never more than the cap.
#include "proxy/ical/calendar.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse;
    policy::Date const from{2026, 9, 1};
    policy::Date const to{2028, 8, 31};
    auto const calendar = ical::read_calendar({reinterpret_cast<char const*>(data), size}, from, to);
    if (calendar.days.size() > ical::max_calendar_days)
        std::abort();
    policy::Date previous{};
    for (auto const& days : calendar.days) {
        if (days.first < previous || days.last < days.first || days.last < from || to < days.first)
            std::abort();
        if (days.name.empty() || days.name.size() > 100 || days.name.find_first_of("\r\n\x7f") != std::string::npos)
            std::abort();
        previous = days.first;
    }
    return 0;
}
