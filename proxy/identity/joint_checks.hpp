#pragma once
// Checks of the same credentials that are wanted at the same time, by whichever workers: one is made, and all hear its answer. A browser sends what
// was typed with all the requests that waited for it; each of them counted as a try of its own would look like somebody who guesses.
// Pure: no IO, no clock. Thread-safe.

#include "proxy/identity/credential_cache.hpp"

#include <functional>
#include <mutex>

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

class JointChecks {
public:
    using Hear = std::function<void(SignInResult const&)>;

    CredentialKey key_of(policy::IpAddress const& client, Credentials const& credentials) const;
    /// True: nobody checks these, so the caller does, with a LeadingCheck. False: somebody does, and `hear` is called once, on their thread.
    bool begin(CredentialKey const& key, Hear hear);

private:
    friend class LeadingCheck;
    void end(CredentialKey const& key, SignInResult const& result);

    CredentialKeys keys_;
    std::mutex guard_;
    std::unordered_map<CredentialKey, std::vector<Hear>, CredentialKeyHash> waiting_; ///< for each check under way; under guard_
};

/// The check that the others wait for. One that ends without an answer says that there is none.
class LeadingCheck {
public:
    /// Lifetime: `checks` outlives this object.
    LeadingCheck(JointChecks& checks, CredentialKey const& key);
    ~LeadingCheck();
    LeadingCheck(LeadingCheck const&) = delete;
    LeadingCheck& operator=(LeadingCheck const&) = delete;

    void answer(SignInResult const& result);

private:
    JointChecks& checks_;
    CredentialKey key_;
    bool answered_ = false;
};

} // namespace gatehouse::identity
