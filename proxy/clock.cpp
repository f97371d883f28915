#include "proxy/clock.hpp"

#include <date/tz.h>

namespace gatehouse {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_seconds;

policy::LocalTime to_local_time(date::local_seconds const local)
{
    auto const day = date::floor<date::days>(local);
    date::year_month_day const civil{day};
    return {{static_cast<std::int16_t>(static_cast<int>(civil.year())),
                static_cast<std::uint8_t>(static_cast<unsigned>(civil.month())),
                static_cast<std::uint8_t>(static_cast<unsigned>(civil.day()))},
        static_cast<std::uint16_t>(floor<minutes>(local - day).count())};
}

} // namespace

Clock::Clock(std::string const& zone)
    : zone_{date::locate_zone(zone)->name()} // throws std::runtime_error for an unknown zone
{
}

policy::Moment Clock::now()
{
    auto const instant = floor<seconds>(std::chrono::system_clock::now());
    auto const minute = floor<minutes>(instant);
    if (minute != cached_minute_) {
        cached_local_ = moment_of(minute).local;
        cached_minute_ = minute;
    }
    return {cached_local_, instant};
}

policy::Moment Clock::moment_of(sys_seconds const instant) const
{
    return {to_local_time(date::locate_zone(zone_)->to_local(instant)), instant};
}

sys_seconds Clock::instant_of(policy::LocalTime const& local) const
{
    date::year_month_day const civil{date::year{local.date.year}, date::month{local.date.month}, date::day{local.date.day}};
    date::local_seconds const wall = date::local_days{civil} + minutes{local.minute};
    auto const info = date::locate_zone(zone_)->get_info(wall);
    if (info.result == date::local_info::nonexistent)
        return info.first.end;
    return sys_seconds{(wall - info.first.offset).time_since_epoch()};
}

} // namespace gatehouse
