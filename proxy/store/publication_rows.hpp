#pragma once
// Rows of changes and publications. Private to this folder.

#include "proxy/store/acting.hpp"
#include "proxy/store/policy_changes.hpp"

#include <utility>

namespace gatehouse::store {

inline constexpr std::size_t most_drafted = 20000; ///< changes in the draft: two whole imports

/// SQL: a change was made by account ?1, by any login that it has or had; ?1 = 0: by anybody.
inline constexpr std::string_view is_made_by
    = "(?1 = 0 OR lower(made_by) IN (SELECT login FROM account_logins WHERE account = ?1))";

/// False for what its own text does not give back (a field left at its default is 1970 and long past).
bool is_date(policy::Date const& date);
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

/// As officer_does, for what is a decision. Errors: also `errc::role_changed_recently`, `access_given_recently`.
template <class Work>
auto settled_officer_does(Ledger& ledger, Deed const& deed, Work const& work) -> decltype(work(std::declval<Account const&>()))
{
    return carry_out(ledger, deed, [&]() -> decltype(work(std::declval<Account const&>())) {
        auto const officer = require_settled_role(ledger, deed.actor, {ConsoleRole::officer}, deed.now);
        if (!officer)
            return officer.error();
        return work(*officer);
    });
}

/// `publication` none: into the draft.
result<void> insert_change(Ledger& ledger, Change const& change, PublicationId publication);
result<Publication> insert_publication(Ledger& ledger, Publication publication);
/// What takes two people leaves `changes` for a publication like this one, which waits; nothing: none of it does, or nobody else could confirm it.
/// Changes of the draft leave the draft. With its audit row; inside a transaction.
result<std::optional<Publication>> ask_second_person(
    Ledger& ledger, Deed const& deed, Account const& officer, Publication const& like, std::vector<Change>& changes);
/// An account, and from when on somebody else may have acted with it.
struct Since {
    AccountId account = AccountId::none;
    Instant at{};
};
/// What is not live yet goes back to the draft, each with an audit row by that actor: what the account published, and what others published of that which
/// it drafted since. Inside a transaction.
result<void> cancel_publications_since(
    Ledger& ledger, Since const& since, std::string const& why, Actor const& actor, Instant now);
/// What the account drafted since then leaves the draft, each with an audit row by that actor; their texts. Inside a transaction.
result<std::vector<std::string>> drop_drafted_since(Ledger& ledger, Since const& since, Actor const& actor, Instant now);
/// Errors: `errc::wrong_state` if it is not in the state `from`.
result<void> set_state(Ledger& ledger, PublicationId id, PublicationState state, std::string const& note,
    PublicationState from = PublicationState::pending);
/// All changes of one publication (none: the draft) to another one.
result<void> move_changes(Ledger& ledger, PublicationId from, PublicationId to);
/// "+ school-block example.org/a: Played in lessons."
std::string text_of(Change const& change);

result<void> insert_change(Ledger& ledger, PolicyChange const& change, PublicationId publication);
/// "~ rule pupils-chat: reason", and the row's text on the lines below.
std::string text_of(PolicyChange const& change);
/// What would take back those changes of rules and timetable that still stand, the last first.
result<std::vector<PolicyChange>> opposites_of(Ledger& ledger, PublicationId publication, std::string const& login, Instant now);
/// They went live as given, in the order of policy_changes_of(); each with an audit row. Errors: `errc::stale` if those are not as many.
result<void> apply_changes(Ledger& ledger, Deed const& deed, PublicationId publication, std::vector<AppliedEdit> const& applied);

} // namespace gatehouse::store
