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

/// For the decrypted inside of a tunnel to `outer`: origin-form with a Host that must name the tunnel's host and port.
ResolvedTarget resolve_inner_target(RequestHead const& head, policy::Target const& outer);

} // namespace gatehouse::http1
