#pragma once
// What accounts.cpp, second_factor.cpp and notices.cpp note of ways in (given_access.hpp), and what its parts share: the ways in and whom they hold
// (given_access.cpp), what pages show of it (access_holds.cpp), who was told (told_access.cpp), the yes (confirmed_access.cpp) and the no
// (refused_access.cpp). Private to this folder; inside a transaction.

#include "proxy/store/given_access.hpp"
#include "proxy/store/publication_rows.hpp"
#include "proxy/store/second_person.hpp"

namespace gatehouse::store {

/// SQL about a row of given_access: it holds its account still. ?1: now - settling_time.
inline constexpr std::string_view holds_still
    = "(confirmed_at IS NULL AND refused_at IS NULL AND (told_at IS NULL OR told_at > ?1))";

/// SQL about rows of given_access: of account ?2, and nobody has said a word of it, nor of a later one.
inline constexpr std::string_view nobody_said
    = "account = ?2 AND id > (SELECT coalesce(max(id), 0) FROM given_access WHERE account = ?2 AND coalesce(refused_at,"
      " confirmed_at) IS NOT NULL)";

/// SQL about a row of accounts, `a`: may_be_held() of its role.
inline constexpr std::string_view role_is_held = "a.console_role BETWEEN 1 AND 8";
static_assert(static_cast<int>(ConsoleRole::officer) == 1 && static_cast<int>(ConsoleRole::auditor) == 8);

/// Before the change is made, whose audit row is the next. Of every account, since one that decides nothing may get a role later; but of the one for
/// emergencies there is nothing to note. Errors: `errc::access_given_recently`: the actor's own account waits for such a confirmation.
result<void> note_given_access(Ledger& ledger, AccountId account, AccessKind kind, Actor const& actor, Instant now);

/// The mail about accounts went to the headteacher, up to this row of the audit. Whose mailbox that is nobody knows here, so it tells of an account only if
/// no headteacher gave it or is the person, and one of them does not wait too.
result<void> note_holds_mailed(Ledger& ledger, std::int64_t sequence, Instant now);

/// An account whose last way in was refused is open, without any. Errors: `errc::not_permitted`, `same_person`, `way_in_unsaid` and others of require_second_person
/// if the actor could not have confirmed it; the machine's owner may.
result<void> open_refused(Ledger& ledger, Account const& account, Actor const& actor, Instant now);

/// An account that is held, with who may say that it is them, and who that it is not.
struct Held {
    Account account;
    std::vector<GivenAccess> given; ///< oldest first, never empty
    SecondPerson second;
};
/// Errors: `errc::wrong_state` if it is not held.
result<Held> load_held(Ledger& ledger, AccountId id, Instant now);
/// As load_held, with what somebody was told of: one that decides again, since its 24 hours are over, and to which somebody may say yes or no still; also one
/// that lost its role since or was closed, by which nobody takes that no away. Errors: `errc::wrong_state`, also if it is held and open.
result<Held> load_late(Ledger& ledger, AccountId id, Instant now);
/// Of accounts that are open, by user name.
result<std::vector<Held>> list_held(Ledger& ledger, Instant now);
/// Who says no, which is safe as long as it is held: also those who could not confirm yet, or not what came from the machine.
SecondPerson refusers_of(Held const& held);
/// Who confirms: neither the person nor any who gave them something.
result<SecondPerson> second_person_for(
    Ledger& ledger, Account const& account, std::vector<GivenAccess> const& given, Instant now);
/// The machine's owner may be whoever gave it, so only where nobody of the console could confirm; and after a day what was given on the machine, or what
/// somebody can say no to: they have that day to see it. Errors: `errc::not_permitted`, `access_given_recently`.
result<void> require_last_resort(Ledger& ledger, Actor const& actor, Held const& held, Instant now);
/// By number. `where` is about one account, ?2, and may use ?1: a time.
result<std::vector<GivenAccess>> given_to(Ledger& ledger, AccountId account, std::string_view where, Instant since);
/// SQL of given_since, by the earliest clock that anything was written with from then on. ?: the way in.
inline constexpr std::string_view given_first_at
    = "SELECT min(given_at, coalesce((SELECT min(at) FROM audit WHERE g.audited > 0 AND sequence > g.audited), given_at))"
      " FROM given_access g WHERE id = ?";
/// When a way in was given, by the earliest clock that anything was written with from then on. Errors: `errc::not_found`.
result<Instant> given_since(Ledger& ledger, GivenAccessId id);
/// Since when the account may have been in other hands: the first way in of which nobody has said a word, also if its 24 hours are over. Errors:
/// `errc::not_found` if there is none.
result<Instant> in_doubt_since(Ledger& ledger, AccountId account);
/// What is live of it: what the account published since, and what others published of that which it drafted since. Newest first.
result<std::vector<LiveInDoubt>> live_of_since(Ledger& ledger, Since const& since);
/// "password sign-on"
std::string kinds_of(std::vector<GivenAccess> const& given);

} // namespace gatehouse::store
