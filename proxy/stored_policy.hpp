#pragma once
// What people decided in the console and the store keeps, added to a policy that was loaded from the configuration: the school's own
// lists, live and coming grants, restrictions.

#include "policy/parse.hpp"
#include "proxy/store/ledger.hpp"

namespace gatehouse {

/// Completes the policy for `now`. The warnings name grants that fit the policy no longer and therefore open nothing.
/// Errors: those of the store.
result<std::vector<policy::Problem>> add_stored(policy::Policy& policy, store::Ledger& ledger, std::chrono::sys_seconds now);

} // namespace gatehouse
