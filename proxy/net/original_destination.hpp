#pragma once
// Where an intercepted connection was going: the transparent gateway's connections come with no word of a proxy in them.

#include "policy/address.hpp"
#include "proxy/net/task.hpp"

namespace gatehouse::net {

/// How connections reach a listener.
enum class Arrival : std::uint8_t {
    explicit_proxy, ///< the client knows the proxy and names what it wants
    redirect,       ///< nftables `redirect`: the destination was rewritten; the kernel remembers it
    tproxy,         ///< nftables `tproxy`: the destination is the socket's own address (IP_TRANSPARENT)
};

struct Destination {
    policy::IpAddress address;
    std::uint16_t port = 0;
};

/// The address and port that the client meant. Not for Arrival::explicit_proxy.
/// Errors: errno; `address_in_use` if it is the listener itself: somebody spoke to it directly, and following that would be a loop.
result<Destination> original_destination(Socket& socket, Arrival arrival, std::uint16_t listening_port);

} // namespace gatehouse::net
