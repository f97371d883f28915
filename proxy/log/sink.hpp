#pragma once
// What every sink of the access log shares: failing without harm. A failed sink rests, loses and counts its rows, and is tried again.

#include "proxy/log/logging.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace gatehouse::log {

class Sink {
public:
    /// `name` for people: the file. `logger` may be null.
    Sink(char const* name, std::chrono::milliseconds retry, std::shared_ptr<spdlog::logger> logger);

    /// False while the sink rests after a failure: its `rows` are then counted as lost.
    bool accepts(std::uint64_t rows);
    void succeeded();
    /// Counts the rows as lost, raises the alarm (once a minute at most) and lets the sink rest.
    void failed(error_code const& error, std::uint64_t rows);

    std::uint64_t lost() const { return lost_; }
    std::uint64_t errors() const { return errors_; }
    bool is_failing() const { return failing_; }

private:
    using clock = std::chrono::steady_clock;

    char const* name_;
    std::chrono::milliseconds retry_;
    std::shared_ptr<spdlog::logger> logger_;
    RateLimiter alarms_;
    clock::time_point rests_until_{};
    std::uint64_t lost_ = 0, errors_ = 0;
    bool failing_ = false, alarmed_ = false;
};

} // namespace gatehouse::log
