#include "policy/local_time.hpp"

#include <fmt/format.h>

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 7> weekdays{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/// Reads exactly `count` decimal digits at `at`; -1 if there are none.
int read_digits(std::string_view text, std::size_t at, std::size_t count)
{
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (i >= text.size() || text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

std::chrono::year_month_day to_chrono(Date const& date)
{
    return std::chrono::year{date.year} / std::chrono::month{date.month} / std::chrono::day{date.day};
}

} // namespace

result<Date> Date::parse(std::string_view text)
{
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return errc::bad_local_time;
    int const year = read_digits(text, 0, 4), month = read_digits(text, 5, 2), day = read_digits(text, 8, 2);
    if (year < 0 || month < 0 || day < 0)
        return errc::bad_local_time;
    Date const date{static_cast<std::int16_t>(year), static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
    if (!to_chrono(date).ok())
        return errc::bad_local_time;
    return date;
}

std::string Date::to_text() const
{
    return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

unsigned Date::weekday() const
{
    return std::chrono::weekday{std::chrono::sys_days{to_chrono(*this)}}.iso_encoding() - 1;
}

Date Date::next_year() const
{
    auto date = *this;
    ++date.year;
    if (date.month == 2 && date.day == 29)
        date.day = 28;
    return date;
}

Date Date::next() const
{
    std::chrono::year_month_day const next{std::chrono::sys_days{to_chrono(*this)} + std::chrono::days{1}};
    return {static_cast<std::int16_t>(static_cast<int>(next.year())),
        static_cast<std::uint8_t>(static_cast<unsigned>(next.month())),
        static_cast<std::uint8_t>(static_cast<unsigned>(next.day()))};
}

result<LocalTime> LocalTime::parse(std::string_view text)
{
    if (text.size() != 16 || text[10] != 'T')
        return errc::bad_local_time;
    auto const date = Date::parse(text.substr(0, 10));
    auto const minute = parse_minute(text.substr(11));
    if (!date || !minute)
        return errc::bad_local_time;
    return LocalTime{*date, *minute};
}

std::string LocalTime::to_text() const
{
    return fmt::format("{}T{}", date.to_text(), minute_to_text(minute));
}

result<std::uint16_t> parse_minute(std::string_view text)
{
    if (text.size() != 5 || text[2] != ':')
        return errc::bad_local_time;
    int const hour = read_digits(text, 0, 2), minute = read_digits(text, 3, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return errc::bad_local_time;
    return static_cast<std::uint16_t>(hour * 60 + minute);
}

std::optional<unsigned> parse_weekday(std::string_view text)
{
    for (unsigned i = 0; i < weekdays.size(); ++i)
        if (weekdays[i] == text)
            return i;
    return std::nullopt;
}

std::string_view weekday_to_text(unsigned weekday)
{
    return weekdays[weekday];
}

std::string minute_to_text(std::uint16_t minute)
{
    return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

} // namespace gatehouse::policy
