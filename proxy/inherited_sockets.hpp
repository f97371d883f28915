#pragma once
// Listening sockets that another process opened: the service manager, or the gateway that this one follows. They are told apart by the
// address they are bound to, so that a changed configuration takes what still fits and opens the rest itself.

#include "policy/address.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace gatehouse {

class InheritedSockets {
public:
    InheritedSockets() = default;
    /// Owns the descriptors from now on; closes at once what is no listening stream socket.
    explicit InheritedSockets(std::vector<int> descriptors);
    InheritedSockets(InheritedSockets&& other) noexcept;
    InheritedSockets& operator=(InheritedSockets&& other) noexcept;
    ~InheritedSockets(); ///< closes what nobody took

    /// Every socket bound to this address, now the caller's; empty if there is none, and always for port 0.
    std::vector<int> take(policy::IpAddress const& address, std::uint16_t port);
    /// The first of them, -1 if there is none; others are closed.
    int take_one(policy::IpAddress const& address, std::uint16_t port);
    /// The socket of this path (AF_UNIX), -1 if there is none.
    int take_local(std::filesystem::path const& path);

private:
    std::vector<int> descriptors_;
};

/// Spreads sockets over workers: with fewer sockets than workers some share one (each gets a descriptor of its own), with more some take
/// several. Nobody's queue of waiting connections is closed. Throws boost::system::system_error if a descriptor cannot be copied.
std::vector<std::vector<int>> spread_over(std::vector<int> const& sockets, unsigned workers);

} // namespace gatehouse
