#pragma once
// The time by which records go. A wall clock that leaps ahead (a dead battery, a wrong setting) would let a year's records go at once; so after a leap
// it is believed for that only when it has stood for a day. Everything else goes by the clock as it is.

#include "proxy/store/ledger.hpp"

namespace gatehouse::store {

inline constexpr std::chrono::days longest_step{
    7}; ///< more than that ahead of the last time believed is a leap: a machine was off, or the clock is wrong
inline constexpr std::chrono::hours leap_stands{24};

struct BelievedTime {
    Instant at{};        ///< records go by this
    Instant leap_seen{}; ///< what the clock said when it had leapt; zero: it has not
    friend bool operator==(BelievedTime const&, BelievedTime const&) = default;
};

/// What is believed now, after what was; pure. `before.at` zero: nothing was yet.
BelievedTime believe(BelievedTime before, Instant now);

/// The same, kept in the store; a leap gets its audit row ("clock.leap"). Written at most once an hour while nothing is odd.
result<BelievedTime> keep_believed_time(Ledger& ledger, Instant now);

} // namespace gatehouse::store
