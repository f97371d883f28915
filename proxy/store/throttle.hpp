#pragma once
// Counting wrong passwords: 5 free tries, then a delay that doubles from one second to 15 minutes. Counted for (login, address) and for the
// address; for the login over all addresses only after 100, and never against an address from which this login has signed in before:
// nobody is locked out by somebody else elsewhere.

#include "proxy/store/ledger.hpp"

namespace gatehouse::store {

inline constexpr int free_tries = 5;
inline constexpr int free_tries_per_login = 100;
inline constexpr std::chrono::seconds longest_delay{900};
inline constexpr std::chrono::hours throttle_memory{24}; ///< a counter that rested so long starts anew

/// Counts the attempt as wrong before the password is looked at, so that parallel guesses count too; a right password takes it back.
/// Zero: go on. Otherwise: seconds to wait; nothing was counted.
result<std::chrono::seconds> admit_attempt(Ledger& ledger, std::string const& login, std::string const& address, Instant now);
result<void> forgive_attempt(Ledger& ledger, std::string const& login, std::string const& address, Instant now);

/// Delay after so many wrong tries.
std::chrono::seconds delay_after(int wrong_tries, int free);

} // namespace gatehouse::store
