#pragma once
// Accounts of one human being. Whoever decides what they asked for themselves, or with two accounts is two people, is found out by `person`, so what was
// forgotten when an account was made can be said later: by the machine's owner, since a link between two people who decide would stop both.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

/// From now on both, and all other accounts of either, are of one human being. Nothing that was decided before changes. Where it is so already nothing
/// happens. Errors: `errc::not_permitted` (console), `not_found`, `wrong_state` where the person was taken out of one.
result<void> link_accounts(Ledger& ledger, AccountId account, AccountId other, Actor const& actor, Instant now);
/// The account is of somebody of whom nobody else's is. Errors: as above.
result<void> unlink_account(Ledger& ledger, AccountId account, Actor const& actor, Instant now);

} // namespace gatehouse::store
