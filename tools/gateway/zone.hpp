#pragma once
// What the school's name server answers in its own way, as a response policy zone: unbound, BIND, Knot Resolver and PowerDNS read it. Pure.

#include "policy/policy.hpp"

#include <string>

namespace gatehouse::gateway {

/// A zone file (RFC 1035 §5.1) in RPZ form (draft-vixie-dnsop-dns-rpz): safe search under its strict names, where the policy wants it for
/// everyone; no such name for what turns browsers and phones away from the school's name server. `serial`: grows from file to file.
///
/// Safe search that some people do without is left out and named in a comment: a name server does not know who asks; the gateway sees to it.
std::string render_zone(policy::Policy const& policy, std::uint32_t serial);

} // namespace gatehouse::gateway
