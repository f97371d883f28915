#pragma once
// The diagnostic log: one spdlog logger to standard error, in systemd's form when the journal reads it, and a limiter for lines that a
// client could provoke at will. Names of events stand in event_names.hpp. The access log is a different thing: access_log.hpp.

#include "policy/result.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace spdlog {
class logger;
}

namespace gatehouse::log {

/// Makes the logger "gatehouse". Under systemd (JOURNAL_STREAM is set) a line has a priority prefix (sd-daemon(3)) and no time, since the
/// journal adds its own; otherwise "2026-11-24T10:40:00.123Z warn text". Thread-safe logger.
/// Errors: `errc::invalid_argument` if `level` is none of trace, debug, info, warn, error, critical, off.
result<std::shared_ptr<spdlog::logger>> make_logger(std::string_view level);

/// Lets a burst pass, then one line per interval, and says how many were held back. Not thread-safe: one per worker and event.
class RateLimiter {
public:
    using time_point = std::chrono::steady_clock::time_point;

    RateLimiter(unsigned burst, std::chrono::milliseconds interval)
        : burst_{burst}
        , interval_{interval}
        , tokens_{burst}
    {
    }

    /// The number of lines held back since the last one that passed, if this one may be written; nothing if it may not.
    std::optional<std::uint64_t> pass(time_point now);

private:
    unsigned burst_;
    std::chrono::milliseconds interval_;
    unsigned tokens_;
    std::optional<time_point> refilled_;
    std::uint64_t held_back_ = 0;
};

} // namespace gatehouse::log
