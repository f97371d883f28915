#pragma once
// What somebody else gave an account to sign in with, also if its role holds nothing yet: for whoever is to confirm a role that decides. Whoever has that
// way in decides with it.

#include "proxy/store/given_access.hpp"

namespace gatehouse::store {

/// Of which nobody said that it is them and whose 24 hours are not over, oldest first.
result<std::vector<GivenAccess>> unconfirmed_access(Ledger& ledger, AccountId account, Instant now);

} // namespace gatehouse::store
