#pragma once
// Rows of changes and publications. Private to this folder.

#include "proxy/store/acting.hpp"
#include "proxy/store/publications.hpp"

#include <utility>

namespace gatehouse::store {

inline constexpr std::size_t most_drafted = 5000; ///< changes in the draft

/// The additions as changes; refused lines as in draft_additions. Errors: `errc::invalid_value`.
result<std::vector<Change>> make_additions(
    Ledger& ledger, NewChanges const& changes, std::vector<RefusedLine>& refused, std::string const& login, Instant now);
/// The removal of an entry as a change. Errors: as draft_removal.
result<Change> make_removal(Ledger& ledger, ListEntryId entry, std::string const& reason, std::string const& login, Instant now);

/// Does `work(officer)` in one transaction, if the actor is one.
template <class Work>
auto officer_does(Ledger& ledger, Deed const& deed, Work const& work) -> decltype(work(std::declval<Account const&>()))
{
    return carry_out(ledger, deed, [&]() -> decltype(work(std::declval<Account const&>())) {
        auto const officer = require_role(ledger, deed.actor, {ConsoleRole::officer});
        if (!officer)
            return officer.error();
        return work(*officer);
    });
}

/// `publication` none: into the draft.
result<void> insert_change(Ledger& ledger, Change const& change, PublicationId publication);
result<Publication> insert_publication(Ledger& ledger, Publication publication);
/// "+ school-block example.org/a: Played in lessons."
std::string text_of(Change const& change);

} // namespace gatehouse::store
