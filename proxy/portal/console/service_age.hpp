#pragma once
// Clause 10: nobody signs up below a service's minimum age. What a recommendation opens is looked at for the youngest of all those for whom it would open,
// before it is sent and again before it is approved, since groups, ages and services may have changed.

#include "proxy/portal/web.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::portal::console {

/// The groups of those for whom it would open: of a role those of its rooms, computers and accounts, of everyone all that there are.
task<result<std::vector<std::string>>> groups_of_terms(
    Visit const& visit, store::UnblockRequest const& request, store::Recommendation const& terms);

/// A problem at "target" and at "also" for each site that takes only older people. A part of one, such as a film, is looked at without an account.
void check_ages(Visit const& visit, std::vector<std::string> const& groups, store::Recommendation const& terms,
    std::vector<Problem>& problems);

} // namespace gatehouse::portal::console
