#pragma once
// The only place that asks what time it is, and the only one that knows the time zone database.

#include "policy/local_time.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace gatehouse {

/// Turns instants into the school's wall clock. Thread-safe after construction; the conversion of the current minute is cached per Clock,
/// so give each thread its own copy.
class Clock {
public:
    /// `zone`: a name of the IANA database, "Europe/London". Throws std::runtime_error for an unknown one (a failed start).
    explicit Clock(std::string const& zone);

    policy::Moment now();
    policy::Moment moment_of(std::chrono::sys_seconds instant) const;
    /// The earliest instant with that wall-clock minute; in the hour that spring skips, the instant at which the clocks go forward.
    std::chrono::sys_seconds instant_of(policy::LocalTime const& local) const;
    std::string const& zone() const { return zone_; }

private:
    std::string zone_;
    std::chrono::sys_seconds cached_minute_{std::chrono::seconds{-1}};
    policy::LocalTime cached_local_{};
};

} // namespace gatehouse
