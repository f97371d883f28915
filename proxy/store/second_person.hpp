#pragma once
// What takes two people: who may be the second one. Private to this folder; all inside a transaction.

#include "proxy/store/acting.hpp"

#include <map>

namespace gatehouse::store {

/// Who sees to accounts, and the headteacher: they say yes to what somebody else did to an account.
inline constexpr auto account_confirmers = {ConsoleRole::ict_lead, ConsoleRole::headteacher};
/// Of what the machine's owner or the account for emergencies did: nobody knows whose hands those were, and they may be an ICT lead's.
inline constexpr auto headteacher_only = {ConsoleRole::headteacher};
/// Where none of those could.
inline constexpr auto chief_only = {ConsoleRole::chief_executive};
inline constexpr auto head_or_chief = {ConsoleRole::headteacher, ConsoleRole::chief_executive};
inline constexpr auto with_chief = {ConsoleRole::ict_lead, ConsoleRole::headteacher, ConsoleRole::chief_executive};

/// Who had a part in it already: neither they nor another account of theirs is the second person.
using Parties = std::vector<Account>;

/// One who gets no say since somebody with a part in it gave their account a way in (leave_out_given).
struct LeftOut {
    Instant until{};        ///< unless somebody says a word of that before
    bool is_reason = false; ///< their role is one of those that are asked first, so nothing else stands in their way
};

/// What a second person is needed for: with which role, and apart from whom.
struct SecondPerson {
    std::initializer_list<ConsoleRole> roles = account_confirmers; ///< of a constant
    Parties parties = {};
    std::vector<AccountId> accounts = {}; ///< these accounts themselves, whoever is said to be in them
    std::map<AccountId, LeftOut> left_out = {};
};

/// The chief executive could say yes: nobody else could, or one alone who has not for a day.
bool chief_may(SecondPerson const& second);
/// `others`: how many could say yes. Where that is nobody the chief executive does instead, and after a day also where it is one alone, who may be ill.
void ask_chief(SecondPerson& second, std::size_t others, Instant since, Instant now);

/// Who may be in the same hands as `actors`, the accounts that did what a yes is needed for, gets no say: whoever gave one of those a way in during the last
/// `second_person_time`, of which nobody has said a word (confirm_access, which is possible as long), or gave it to whoever did that; and every account to which
/// any of those, or another of the parties, gave one. So does who got theirs at the command line or with the account for emergencies: nobody knows whose hands
/// those were. An account that is still held counts: others may say a word of it still. With the roles that are asked first, before ask_chief.
result<void> leave_out_given(Ledger& ledger, SecondPerson& second, std::vector<AccountId> const& actors, Instant now);

/// Errors: `errc::not_found`: not left out.
result<Instant> left_out_until(SecondPerson const& second, AccountId account);

/// Errors: `errc::not_found`.
result<Parties> find_parties(Ledger& ledger, std::vector<AccountId> const& accounts);

/// One who says yes: with one of the roles, for longer than 24 hours. Errors: as require_settled_role; `errc::same_person`; `way_in_unsaid`: left out;
/// `not_permitted` also for the account for emergencies, of which nobody knows who holds it.
result<Account> require_second_person(Ledger& ledger, Actor const& actor, SecondPerson const& second, Instant now);
/// One who says no, which is safe at any time. Errors: the same, without those of 24 hours.
result<Account> require_refuser(Ledger& ledger, Actor const& actor, SecondPerson const& second);

/// Everybody who could say yes now.
result<std::vector<Account>> second_people(Ledger& ledger, SecondPerson const& second, Instant now);
/// They had a part in it: with this account, or with another one of theirs.
bool has_part(AccountId id, std::string const& person, SecondPerson const& second);
/// As far as roles and people go.
bool could_be_second(Account const& account, SecondPerson const& second);

/// Whether people count whose own account waits for longer than a day (given_access.hpp). For such a word they do not: two who wait for each other would
/// wait for ever. For a role they do: whoever gave them a way in becomes the only one by that no more than by closing them.
enum class Waiters : std::uint8_t { count, a_day_only };
/// How many could say yes, or could until a moment ago: nobody becomes the only one by closing the others or taking their roles, in however many steps.
result<std::size_t> count_second_people(
    Ledger& ledger, SecondPerson const& second, Instant now, Waiters waiters = Waiters::count);

/// In the console nobody closes, or takes the role of, the last one who could say yes to what they or an open ICT lead do with accounts: a day later those
/// were the only one. Of the ICT leads it matters with the account for emergencies, which is in somebody's hands and beside which that one seems another.
/// Errors: `errc::last_confirmer`. On the machine that is possible, and the headteacher is told.
result<void> require_another_confirmer(Ledger& ledger, Actor const& actor, AccountId leaving);

/// The account loses the role that it has; it counts for a day still. Before another is written.
result<void> note_former_role(Ledger& ledger, AccountId account, Instant now);

} // namespace gatehouse::store
