#pragma once
// What people decided in the console and the store keeps, added to a policy that was loaded from the configuration: the school's own
// lists, live and coming grants, restrictions.

#include "policy/parse.hpp"
#include "proxy/store/publications.hpp"

#include <functional>

namespace gatehouse {

/// The school's lists as they would be once a publication were live.
struct PendingLists {
    store::PublicationId publication = store::PublicationId::none; ///< none: the draft
    /// What is wrong with the policy and these lists; asked before grants open what it says is closed.
    std::function<std::vector<policy::Problem>(policy::Policy const&)> check;
};

/// Completes the policy for `now`. The problems are those of the check, and grants that fit the policy no longer and therefore open nothing.
/// Errors: those of the store.
result<std::vector<policy::Problem>> add_stored(
    policy::Policy& policy, store::Ledger& ledger, std::chrono::sys_seconds now, PendingLists const* pending = nullptr);

} // namespace gatehouse
