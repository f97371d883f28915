#pragma once
// What a provider of OpenID Connect says about who signed in: an ID token, checked against the provider's keys (OpenID Connect Core 1.0 §3.1.3.7). Pure: no
// IO, no clock. libcjose verifies the signature.

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace gatehouse::sign_on {

struct Expected {
    std::string issuer;
    std::string client_id;
    std::string nonce;
    std::string
        claim; ///< the one that names the account: "oid", "sub", "preferred_username", "email"; that one only if the token says it is verified
    std::chrono::sys_seconds now;
};

/// Who it is.
struct Name {
    std::string text;
    /// When the person showed the provider who they are ("auth_time", OpenID Connect Core 1.0 §2), never later than now. Not set: it does not say.
    std::optional<std::chrono::sys_seconds> shown_at{};
};
/// Why the token names nobody.
struct Fault {
    std::string text;
    bool unknown_key = false; ///< the provider may have changed its keys since `keys` were read
};

/// `keys`: the provider's JWK set (RFC 7517 §5). Signatures of RSA and of P-256, P-384 and P-521 are taken; none and shared secrets are not. Clocks may differ by a
/// minute.
std::variant<Name, Fault> name_in(std::string const& id_token, std::string const& keys, Expected const& expected);

} // namespace gatehouse::sign_on
