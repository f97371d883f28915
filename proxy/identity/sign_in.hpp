#pragma once
// Proxy sign-in of one worker: cached answers first, then the store (Argon2id on its own threads). The worker never hashes.

#include "proxy/identity/joint_checks.hpp"
#include "proxy/net/task.hpp"

#include <memory>

namespace gatehouse::store {
class Store;
}

namespace gatehouse::identity {

/// Not thread-safe: one for each worker.
class SignIn {
public:
    /// `checks`: shared by all workers.
    SignIn(store::Store& store, net::Executor executor, std::shared_ptr<JointChecks> checks = std::make_shared<JointChecks>());

    /// `field_value` is Proxy-Authorization as received; it is parsed within bounds and never logged.
    net::task<SignInResult> check(policy::IpAddress client, std::string_view field_value, std::chrono::sys_seconds now);
    void forget_all() { cache_.clear(); }

private:
    net::task<SignInResult> ask_store(policy::IpAddress client, Credentials credentials, std::chrono::sys_seconds now);

    store::Store& store_;
    net::Executor executor_;
    CredentialCache cache_;
    std::shared_ptr<JointChecks> checks_;
};

} // namespace gatehouse::identity
