#pragma once
// What somebody else gave an account to sign in with, also if its role decides nothing yet: for whoever is to confirm a role that does. Whoever has that
// decides with it.

#include "proxy/store/given_access.hpp"

namespace gatehouse::store {

/// Of which nobody said that it is them and whose 24 hours are not over, oldest first.
result<std::vector<GivenAccess>> unconfirmed_access(Ledger& ledger, AccountId account, Instant now);

} // namespace gatehouse::store
