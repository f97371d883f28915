#pragma once
// Walking day after day for a report, newest first, as long as its time lasts.

#include "proxy/log/day_search.hpp"

#include <functional>

namespace gatehouse::log {

struct DayRange {
    Day today;
    unsigned days = 1; ///< today's among them
    std::chrono::milliseconds budget{};
};

struct DaysRead {
    unsigned days = 0;       ///< files that were opened
    unsigned unreadable = 0; ///< of them
    bool complete = true;    ///< false: the budget ended before the oldest day
};

/// Errors: `errc::io_error` if the folder cannot be read.
result<DaysRead> read_days(
    std::filesystem::path const& log_dir, DayRange const& range, std::function<error_code(DayReader&)> const& count);

} // namespace gatehouse::log
