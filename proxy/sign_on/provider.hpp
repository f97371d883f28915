#pragma once
// The provider: where people sign in, what it then says, and the keys that prove it (OpenID Connect Discovery 1.0, Core 1.0 §3.1: authorization code, with
// PKCE). What it says of itself is kept for an hour. Blocking and thread-safe.

#include "proxy/sign_on/flows.hpp"
#include "proxy/sign_on/id_token.hpp"

#include <mutex>

namespace gatehouse {
struct SignOn;
}

namespace gatehouse::sign_on {

class Provider {
public:
    /// `back`: the address of ours that the provider sends people to. Lifetime: the settings outlive it.
    Provider(SignOn const& settings, std::string back);

    /// Where the browser goes. Faults: the provider does not answer, or says nothing that can be used.
    std::variant<std::string, Fault> address_for(Flow const& flow, std::chrono::sys_seconds now);
    /// Who came back with that code.
    std::variant<Name, Fault> who_came(Flow const& flow, std::string const& code, std::chrono::sys_seconds now);

private:
    struct Known {
        std::string authorization, token, keys_address;
        std::string keys;
        std::chrono::sys_seconds read_at{};
        bool says_when = true; ///< its tokens have "auth_time"
    };
    std::variant<Known, Fault> known(std::chrono::sys_seconds now);
    std::variant<Known, Fault> read(std::chrono::sys_seconds now);
    std::variant<std::string, Fault> token_for(Known const& known, Flow const& flow, std::string const& code);

    SignOn const& settings_;
    std::string back_;
    std::mutex guard_;
    Known known_;
    std::optional<Fault> away_; ///< why it could not be read last
    std::chrono::sys_seconds away_at_{};
};

} // namespace gatehouse::sign_on
