#pragma once
// What the DNS library found, as the answer that is kept: bounded, and in the order to try. Used on the resolver's thread.

#include "proxy/net/resolver.hpp"

#include <ares.h>

namespace gatehouse::net {

/// `status` and `found` as c-ares gives them, unsorted; `found` may be null. The longest time to live is `max_ttl`.
/// For its own order the library would make a socket for each of the addresses, of which there can be thousands.
DnsAnswer answer_of(int status, ares_addrinfo const* found, std::chrono::seconds max_ttl);

/// Both families by turns, so that one which leads nowhere costs one attempt (RFC 8305 §4), at most `max_addresses`; each in the order in which the
/// name server gave it. IPv6 first, unless there is no way to it from here (RFC 6724 §6, rules 1 and 5).
std::vector<policy::IpAddress> in_order_to_try(
    std::vector<policy::IpAddress> const& v6, std::vector<policy::IpAddress> const& v4, bool v6_leads_somewhere);

} // namespace gatehouse::net
