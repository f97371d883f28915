#pragma once
// argon2id (libsodium), at most two at a time, on threads of its own: a sign-in costs 32 MiB and some tens of milliseconds and must stall neither
// the store nor the console.

#include "proxy/store/errc.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::store {

/// Cost of one argon2id hash: above OWASP's least (Password Storage Cheat Sheet: 19 MiB, 2 passes), and low enough that signing in and the first page stay
/// within 50 ms. A hash made at another cost is made anew at the next right password.
struct HashCost {
    std::uint64_t passes = 2;
    std::size_t memory = 32 * 1024 * 1024; ///< bytes
};

/// "$argon2id$v=19$m=65536,t=3,p=1$salt$hash": algorithm and cost are inside.
struct PasswordHash {
    std::string text;
};

struct PasswordCheck {
    bool matches = false;
    std::optional<PasswordHash> better; ///< made with today's cost, if the stored one was not and the password is right
};

inline constexpr std::size_t minimum_console_password = 12; ///< characters
inline constexpr std::size_t minimum_proxy_password = 8;    ///< characters, for accounts without a console role
inline constexpr std::size_t maximum_password = 256;        ///< bytes

/// Length and the built-in list of common passwords; no composition rules. `login` and its parts do not count as a password.
/// Errors: `errc::password_too_short`, `password_too_long`, `password_too_common`.
result<void> check_password_strength(std::string_view password, std::size_t minimum, std::string_view login);

/// Random, to be read aloud or printed once: five groups of four, about 98 bits.
std::string random_password();

class PasswordHasher {
public:
    explicit PasswordHasher(HashCost cost);
    ~PasswordHasher();

    /// On the hasher's threads; resumes on the caller's executor. Errors: `errc::busy` (64 wait already), `io` (no memory).
    boost::asio::awaitable<result<PasswordHash>> hash(std::string password);
    /// Without a stored hash (no such account) it works as long and answers no.
    boost::asio::awaitable<result<PasswordCheck>> check(std::string password, std::optional<PasswordHash> stored);

    /// Blocking, for threads that may wait.
    result<PasswordHash> hash_now(std::string const& password);
    result<PasswordCheck> check_now(std::string const& password, std::optional<PasswordHash> const& stored);

private:
    result<PasswordHash> compute(std::string const& password) const;
    result<PasswordCheck> compare(std::string const& password, std::optional<PasswordHash> const& stored) const;
    /// Hash of nothing, for accounts that do not exist; made once, at the start or when it is first needed.
    std::string const& decoy() const;
    bool admit();

    HashCost cost_;
    mutable std::once_flag decoy_made_;
    mutable std::string decoy_;
    std::atomic<unsigned> waiting_{0};
    boost::asio::thread_pool threads_{2};
};

} // namespace gatehouse::store
