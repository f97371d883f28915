#include "proxy/log/utc.hpp"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace gatehouse::log {
namespace {

std::optional<int> parse_number(std::string_view digits)
{
    int number = 0;
    auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.front() == '-')
        return std::nullopt;
    return number;
}

void append_day(std::string& out, Day day)
{
    std::chrono::year_month_day const date{day};
    fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
}

} // namespace

Day day_of(Instant at)
{
    return std::chrono::floor<std::chrono::days>(at);
}

std::string to_text(Day day)
{
    std::string text;
    append_day(text, day);
    return text;
}

std::optional<Day> parse_day(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    auto const year = parse_number(text.substr(0, 4));
    auto const month = parse_number(text.substr(5, 2));
    auto const day = parse_number(text.substr(8, 2));
    if (!year || !month || !day)
        return std::nullopt;
    std::chrono::year_month_day const date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
        std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok())
        return std::nullopt;
    return Day{date};
}

void append_timestamp(std::string& out, Instant at)
{
    using namespace std::chrono;
    auto const day = day_of(at);
    append_day(out, day);
    auto const since = floor<milliseconds>(at - day).count();
    fmt::format_to(std::back_inserter(out), "T{:02}:{:02}:{:02}.{:03}Z", since / 3'600'000, since / 60'000 % 60,
        since / 1000 % 60, since % 1000);
}

} // namespace gatehouse::log
