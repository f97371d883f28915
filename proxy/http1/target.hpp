#pragma once
// From request head to the one canonical policy::Target.

#include "policy/target.hpp"
#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

struct ResolvedTarget {
    Refusal refusal = Refusal::none;
    policy::Target target; ///< meaningful without refusal. Lifetime: the head's bytes.
};

/// For the explicit proxy port: absolute-form for requests, authority-form for CONNECT; Host must agree with it
/// (host compared canonically, default port written or not; RFC 9112 §3.2.2). Everything else is refused. Never allocates.
ResolvedTarget resolve_target(RequestHead const& head);

/// For a request that was intercepted on its way to `address` and `port`: origin-form with Host, as for an origin server, the port of Host
/// (80 if unwritten) being the one connected to. Without Host (HTTP/1.0) the address is the host. Absolute-form is taken if it says the same.
ResolvedTarget resolve_intercepted_target(RequestHead const& head, policy::IpAddress const& address, std::uint16_t port);

/// For the decrypted inside of a tunnel to `outer`: origin-form with a Host that must name the tunnel's host and port. `dialled`: the address that
/// CONNECT gave, where the tunnel goes to the name in the hello instead; Host may be that one too, and means the tunnel all the same.
ResolvedTarget resolve_inner_target(RequestHead const& head, policy::Target const& outer, policy::Host const* dialled = nullptr);

} // namespace gatehouse::http1
