#pragma once
// What accounts.cpp does with roles that two people give (role_grants.hpp). Private to this folder; all inside a transaction.

#include "proxy/store/acting.hpp"

namespace gatehouse::store {

/// Waits: recorded as asked for. At once: nobody else could confirm it, or it needs nobody. Errors: `errc::access_given_recently`.
enum class RoleWay : std::uint8_t { at_once, waits };
result<RoleWay> ask_for_role(Ledger& ledger, AccountId account, ConsoleRole role, Actor const& actor, Instant now);

/// The role itself, with the end of all sessions and keys.
result<void> write_role(Ledger& ledger, AccountId account, ConsoleRole role, Instant now);

/// Whatever waits about this account, or was asked for by it.
result<void> withdraw_roles(Ledger& ledger, AccountId account, Instant now);
/// Whatever waits about it: how many that were.
result<std::int64_t> withdraw_roles_of(Ledger& ledger, AccountId account, Instant now);

} // namespace gatehouse::store
