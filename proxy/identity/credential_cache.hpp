#pragma once
// Verified credentials of one worker, so that argon2id runs once per person and five minutes, not once per request. Pure: no IO, no clock.
// The key is a keyed hash over address, login and password together: another person, password or address never inherits an answer.

#include "proxy/identity/credential_key.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::identity {

/// Whom the credentials proved to be.
struct Proved {
    std::string user; ///< canonical login
    std::string role;
    std::vector<std::string> groups;
    bool operator==(Proved const&) const = default;
};

class CredentialCache {
public:
    /// Longest age of an answer; a disabled account stops working after this at the latest.
    static constexpr std::chrono::minutes max_age{5};
    static constexpr std::size_t max_entries = 4096;

    /// `now` is any monotonic instant; always the same clock.
    std::optional<Proved> find(
        policy::IpAddress const& client, Credentials const& credentials, std::chrono::steady_clock::time_point now);
    /// Only for credentials that were just verified. When full, what is over goes first, then everything.
    void keep(policy::IpAddress const& client, Credentials const& credentials, Proved proved,
        std::chrono::steady_clock::time_point now);
    /// After a change of accounts.
    void clear() { entries_.clear(); }
    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        Proved proved;
        std::chrono::steady_clock::time_point at;
    };

    CredentialKeys keys_; ///< throws std::runtime_error if the system gives no randomness (a failed start)
    std::unordered_map<CredentialKey, Entry, CredentialKeyHash> entries_;
};

} // namespace gatehouse::identity
