#pragma once
// What the terms of a recommendation open for one of those who asked. Several people who ask for one site are one request, and its terms may be for
// some of them only, or for another part than one of them wanted: nobody is told a yes that opens nothing for them.

#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::store {

enum class Opening : std::uint8_t {
    all,        ///< what they asked for
    part,       ///< something of it
    elsewhere,  ///< for them as well, but another site or another part of it
    for_others, ///< a person, group, role or place that is not theirs
};

/// Pure. `groups`: all that is known of the person who asked. Times are left out: they are the same for everybody for whom it opens. A place of the
/// terms without a host opens nothing.
Opening opens_for(Recommendation const& terms, UnblockRequest const& asked, std::vector<std::string> const& groups);

/// The group that was on record when they asked, and those of their account.
result<std::vector<std::string>> groups_of_asker(Ledger& ledger, UnblockRequest const& asked);

/// Those of the accounts that have this role before the filter and are open.
result<std::vector<std::string>> groups_of_role(Ledger& ledger, std::string const& role);

} // namespace gatehouse::store
