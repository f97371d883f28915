#pragma once
// What people decided in the console and the store keeps, added to a policy that was loaded from the configuration: changes of rules and timetable,
// the school's own lists, live and coming grants, restrictions.

#include "policy/parse.hpp"
#include "proxy/store/publications.hpp"

#include <functional>

namespace gatehouse {

struct StoredParts {
    std::chrono::sys_seconds now;
    std::optional<store::PublicationId> pending; ///< as if this publication were live (none: the draft); nothing: as it is
    /// What is wrong with the policy and these lists; asked before grants open what it says is closed. May be empty.
    std::function<std::vector<policy::Problem>(policy::Policy const&)> check;
    store::AccountId drafted_by = store::AccountId::none; ///< of the draft only what that account made; none: all of it
};

struct AddedParts {
    /// Of the check; changes from the console that fit no longer, as errors; grants that fit no longer and therefore open nothing, as warnings.
    std::vector<policy::Problem> problems;
    std::vector<store::AppliedEdit> edits; ///< of the pending publication, in their order
};

/// Completes the policy. Errors: those of the store.
result<AddedParts> add_stored(policy::Policy& policy, store::Ledger& ledger, StoredParts const& parts);

} // namespace gatehouse
