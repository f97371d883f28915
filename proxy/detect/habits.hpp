#pragma once
// Bursts: one person who tries several different ways round the filter in a short time. The only part of this folder with a memory,
// and that is bounded; time comes in with each incident.

#include "proxy/detect/incident.hpp"

#include <list>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::detect {

struct HabitLimits {
    std::chrono::seconds window{300}; ///< tries further apart than this have nothing to do with each other
    std::size_t tries = 4;            ///< different ones within the window that make a burst
    std::size_t people = 4096;        ///< remembered at once; the one unseen for longest is forgotten first
};

/// One for the whole gateway: a person's tries come in over many workers. Not thread-safe.
class Habits {
public:
    explicit Habits(HabitLimits limits = {});

    /// Takes every incident and returns the burst that it completes, at most one for each person and window.
    ///
    /// Counted are attempts, not signals. Retries of one host count once; bare addresses and odd ports count once each, however many,
    /// since one game launcher or call tries dozens. A burst is `confirmed` if enough of its tries were opened by a person.
    std::optional<Incident> observe(Incident const& incident);

    std::size_t size() const { return people_.size(); }

private:
    using Time = std::chrono::system_clock::time_point;
    struct Try {
        Time at;
        std::string what; ///< "vpn-host nordvpn.com"
        bool user_driven = false;
    };
    struct Person {
        std::string key;
        std::vector<Try> tries; ///< different ones, never more than `limits.tries`
        Time quiet_until{};     ///< a burst was reported; what belongs to it is not reported again
    };
    using People = std::list<Person>;

    Person& person_of(Incident const& incident);

    HabitLimits limits_;
    People people_; ///< most recently seen first
    std::unordered_map<std::string, People::iterator> by_key_;
};

} // namespace gatehouse::detect
