#pragma once
// The draft as its pages see it: what is in it, whose it is, and whose of it an officer means.

#include "proxy/portal/console/publication_view.hpp"
#include "proxy/store/given_access.hpp"

#include <set>

namespace gatehouse::portal::console {

/// The draft, and how much of it is the reader's own.
struct Draft {
    Changes changes;
    std::size_t own = 0;
    std::set<std::string> others;            ///< logins of who else has changes in it
    std::int64_t mark = 0;                   ///< store::draft_mark()
    std::vector<store::DraftInDoubt> doubts; ///< what nobody but its account publishes now

    std::size_t all() const { return changes.lists.size() + changes.policy.size(); }
    bool has_others() const { return own < all(); }
};
/// Errors: the store's.
result<Draft> look_at_draft(store::Ledger& ledger, store::AccountId reader, store::Instant now);

/// Whose changes those are, how many, why they wait, and what an officer can do meanwhile. Precondition: there are any.
Words doubt_text(Draft const& draft);

/// "own" and "all", with their numbers; "own" only if there is something of it.
std::vector<Option> whose_options(Draft const& draft);

} // namespace gatehouse::portal::console
