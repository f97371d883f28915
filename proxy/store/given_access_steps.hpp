#pragma once
// What accounts.cpp and second_factor.cpp note of ways in (given_access.hpp). Private to this folder; inside a transaction.

#include "proxy/store/acting.hpp"
#include "proxy/store/given_access.hpp"

namespace gatehouse::store {

/// Before the change is made. Nothing to note for an account that decides nothing, and for the one for emergencies.
/// Errors: `errc::access_given_recently`: the actor's own account waits for such a confirmation.
result<void> note_given_access(Ledger& ledger, AccountId account, AccessKind kind, Actor const& actor, Instant now);

} // namespace gatehouse::store
