#pragma once
// People who are on their way to the provider and back. Each way is known by its state, belongs to one browser, and can be gone once.

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace gatehouse::sign_on {

struct Flow {
    std::string state;    ///< in the addresses, both ways
    std::string browser;  ///< in a cookie of the browser that began it
    std::string nonce;    ///< in the ID token
    std::string verifier; ///< of PKCE (RFC 7636 §4.1)
    std::chrono::sys_seconds begun;
    std::string next;   ///< page of ours where it leads; never sent to the provider
    bool again = false; ///< the person is to show once more who they are: the provider is to ask, whoever is signed in there
};

/// BASE64URL(SHA-256(verifier)) (RFC 7636 §4.2).
std::string challenge_of(std::string const& verifier);

/// Not thread-safe: of the console's thread.
class Flows {
public:
    static constexpr std::chrono::minutes longest{10};
    static constexpr std::size_t most = 1000; ///< the oldest goes

    Flow begin(std::chrono::sys_seconds now, std::string next = "/", bool again = false);
    /// The way of that state, if it is this browser's and not too old. It is gone then.
    std::optional<Flow> take(std::string const& state, std::string_view browser, std::chrono::sys_seconds now);

private:
    std::map<std::string, Flow, std::less<>> by_state_;
};

} // namespace gatehouse::sign_on
