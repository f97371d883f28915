#pragma once
// The end of an account: the person is taken out of it and a row without a name stays, so that what refers to it stays true. Their user names stay
// reserved as keyed digests, from which there is no way back to the name.

#include "proxy/store/accounts.hpp"

#include <functional>

namespace gatehouse::store {

/// How long an account that decided has to be closed before the person is taken out of it: as long as anything waits for a second person.
inline constexpr std::chrono::days forgetting_time = second_person_time;

/// What stands in the place of the user name: no login has spaces. Units: the account's number.
std::string forgotten_login(AccountId id);

/// What is kept of a user name of a forgotten account. Canonical login in; no login has a colon, so it is never taken for one.
std::string login_digest(AuditChain const& chain, std::string_view login);

/// Takes name, person, user names, groups, roles, password, second factor, sessions, keys, kept searches and known addresses out of a closed account;
/// for good, with a reason. By whom changes accounts. Errors: `errc::not_found`, `not_permitted`, `invalid_value` (no reason), `wrong_state` (it is
/// open, was forgotten already, is needed for something that is not over: a request, supervised use, a permission, a grant of a role; or had a role in the
/// console and was closed less than a day ago, or one that decides less than `forgetting_time` ago).
result<void> forget_account(Ledger& ledger, AccountId id, std::string const& reason, Actor const& actor, Instant now);

/// Those closed before then that nothing needs any more, each with its audit row. Inside a transaction. How many.
result<std::int64_t> forget_old_accounts(Ledger& ledger, Instant before, Instant now);

/// The forgotten account that once had this user name. Errors: `errc::not_found`.
result<Account> find_forgotten(Ledger& ledger, std::string_view login);

/// Tells user names that forgotten accounts had, but those of one account; empty if there are none. A word that is none of them may be asked for
/// as well; it is kept nowhere. May outlive the ledger.
result<std::function<bool(std::string_view login)>> forgotten_logins(Ledger& ledger, AccountId but);

} // namespace gatehouse::store
