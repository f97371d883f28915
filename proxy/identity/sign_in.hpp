#pragma once
// Proxy sign-in of one worker: cached answers first, then the store (Argon2id on its own threads). The worker never hashes.

#include "proxy/identity/credential_cache.hpp"
#include "proxy/net/task.hpp"

namespace gatehouse::store {
class Store;
}

namespace gatehouse::identity {

enum class SignInStatus : std::uint8_t {
    proved,
    refused,     ///< malformed, wrong or throttled: ask again (407)
    unavailable, ///< the store did not answer: 503, nobody is let in on a guess
};

struct SignInResult {
    SignInStatus status = SignInStatus::refused;
    Proved person; ///< meaningful if proved
};

/// Not thread-safe: one for each worker.
class SignIn {
public:
    SignIn(store::Store& store, net::Executor executor);

    /// `field_value` is Proxy-Authorization as received; it is parsed within bounds and never logged.
    net::task<SignInResult> check(policy::IpAddress client, std::string_view field_value, std::chrono::sys_seconds now);
    void forget_all() { cache_.clear(); }

private:
    store::Store& store_;
    net::Executor executor_;
    CredentialCache cache_;
};

} // namespace gatehouse::identity
