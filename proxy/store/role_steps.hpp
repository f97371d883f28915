#pragma once
// What accounts.cpp does with roles that two people give (role_grants.hpp). Private to this folder; all inside a transaction.

#include "proxy/store/acting.hpp"

namespace gatehouse::store {

/// True if the role waits now; false: nobody else could confirm it, or it needs nobody. Records what is asked for.
enum class RoleWay : std::uint8_t { at_once, waits };
result<RoleWay> ask_for_role(Ledger& ledger, AccountId account, ConsoleRole role, Actor const& actor, Instant now);

/// The role itself, with the end of all sessions and keys.
result<void> write_role(Ledger& ledger, AccountId account, ConsoleRole role, Instant now);

/// Whatever waits about this account, or was asked for by it.
result<void> withdraw_roles(Ledger& ledger, AccountId account, Instant now);

} // namespace gatehouse::store
