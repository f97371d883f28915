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

/// Binds and listens. A port that another program (or another gateway) holds is refused, although SO_REUSEPORT would share it.
/// Throws boost::system::system_error (a failed start).
BoundListeners listen_on(policy::IpAddress const& address, std::uint16_t port, unsigned workers);

} // namespace gatehouse::net
