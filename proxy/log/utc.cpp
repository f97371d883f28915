#include "proxy/log/utc.hpp"

#include <charconv>

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

void append_day(LineBuffer& out, Day day)
{
    std::chrono::year_month_day const date{day};
    out.append_padded(static_cast<unsigned>(int{date.year()}), 4);
    out.append('-');
    out.append_padded(unsigned{date.month()}, 2);
    out.append('-');
    out.append_padded(unsigned{date.day()}, 2);
}

} // namespace

Day day_of(Instant at)
{
    return std::chrono::floor<std::chrono::days>(at);
}

std::string to_text(Day day)
{
    LineBuffer text;
    append_day(text, day);
    return std::string{text.view()};
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

void append_timestamp(LineBuffer& out, Instant at)
{
    using namespace std::chrono;
    auto const day = day_of(at);
    auto const since = static_cast<unsigned>(floor<milliseconds>(at - day).count());
    append_day(out, day);
    out.append('T');
    out.append_padded(since / 3'600'000, 2);
    out.append(':');
    out.append_padded(since / 60'000 % 60, 2);
    out.append(':');
    out.append_padded(since / 1000 % 60, 2);
    out.append('.');
    out.append_padded(since % 1000, 3);
    out.append('Z');
}

} // namespace gatehouse::log
