#include "proxy/log/day_reports.hpp"

#include "proxy/log/day_file.hpp"

#include <boost/system/errc.hpp>

namespace gatehouse::log {

result<DaysRead> read_days(
    std::filesystem::path const& log_dir, DayRange const& range, std::function<error_code(DayReader&)> const& count)
{
    auto const known = list_days(log_dir);
    if (!known)
        return make_error_code(boost::system::errc::io_error);
    auto const give_up = std::chrono::steady_clock::now() + range.budget;
    DaysRead read;
    for (auto const day : *known) {
        if (day > range.today || day + std::chrono::days{range.days} <= range.today)
            continue;
        if (read.days > 0 && std::chrono::steady_clock::now() >= give_up) {
            read.complete = false;
            break;
        }
        ++read.days;
        auto reader = DayReader::open(log_dir, day);
        if (!reader || count(*reader))
            ++read.unreadable;
    }
    return read;
}

} // namespace gatehouse::log
