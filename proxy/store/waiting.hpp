#pragma once
// What waits for somebody of the console: how much of each kind, as the page they start on says it.

#include "policy/timetable.hpp"
#include "proxy/store/accounts.hpp"
#include "proxy/store/reviews.hpp"

namespace gatehouse::store {

/// Only what the reader's role can do something about, and nothing about the reader.
struct Waiting {
    std::size_t requests = 0;                    ///< for the officer to look at
    std::size_t decisions = 0;                   ///< requests for the headteacher, or the chief executive in their place
    std::size_t reports = 0, urgent_reports = 0; ///< the second are some of the first
    std::size_t unread_reports = 0;              ///< likewise: nobody can read them now, since the reader's account waits
    std::size_t incidents = 0;                   ///< attempts that came since the reader last looked
    std::size_t keys = 0;                        ///< permissions without the reader's key
    std::size_t cases = 0;                       ///< proposals of supervised use that the reader decides
    std::size_t roles = 0;                       ///< that somebody else asked for and the reader could confirm
    std::size_t holds = 0;                       ///< accounts that somebody else gave a way in, and the reader could confirm
    std::size_t confirmations = 0;               ///< sites that nobody shall look into, which somebody else asked for
    std::size_t drafted = 0;                     ///< changes that are not live yet
    std::size_t entries = 0;                     ///< of the school's lists, whose day of review is over
    ReviewState review = ReviewState::done;      ///< of the policy and of the filter, the one that is further on
};

/// Errors: those of the database.
result<Waiting> what_waits(Ledger& ledger, AccountId reader, policy::Moment const& now);

} // namespace gatehouse::store
