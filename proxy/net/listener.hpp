#pragma once
// Listening sockets: one for each worker and endpoint, shared by SO_REUSEPORT so that the kernel spreads the connections.

#include "policy/address.hpp"

#include <cstdint>
#include <vector>

namespace gatehouse::net {

struct BoundListeners {
    std::vector<int> sockets; ///< one for each worker; the caller owns them
    std::uint16_t port = 0;   ///< as bound
};

enum class Transparent : std::uint8_t { no, yes };

/// Binds and listens; transparent sockets take connections to addresses that are not ours (IP_TRANSPARENT, needs CAP_NET_ADMIN). A port that another program (or another gateway) holds is refused, although SO_REUSEPORT would share it.
/// Throws boost::system::system_error (a failed start).
BoundListeners listen_on(
    policy::IpAddress const& address, std::uint16_t port, unsigned workers, Transparent transparent = Transparent::no);

} // namespace gatehouse::net
