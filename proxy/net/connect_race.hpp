#pragma once
// Happy eyeballs: several connection attempts, staggered, first one wins (RFC 8305 §5).

#include "policy/address.hpp"
#include "proxy/net/deadline.hpp"
#include "proxy/net/task.hpp"

#include <chrono>
#include <optional>
#include <vector>

namespace gatehouse::net {

asio::ip::tcp::endpoint endpoint_of(policy::IpAddress const& address, std::uint16_t port);

struct RaceResult {
    error_code failure; ///< of the last attempt; `timed_out` when the time was up
    std::optional<Socket> socket;
    policy::IpAddress address;
};

/// Connects to the first of `addresses` that answers. A refusal starts the next attempt at once.
/// The socket comes back non-blocking and without Nagle's delay.
task<RaceResult> race_to_connect(Executor executor, std::vector<policy::IpAddress> addresses, std::uint16_t port,
    std::chrono::milliseconds stagger, std::chrono::milliseconds total);

/// The same for one address: no timer of its own, and no wait if the peer is near enough to have answered at once.
task<RaceResult> connect_to(
    Executor executor, DeadlineWheel& wheel, policy::IpAddress address, std::uint16_t port, std::chrono::milliseconds total);

/// RFC 8305 §4: families alternate, the first address' family leads.
std::vector<policy::IpAddress> interleave_families(std::vector<policy::IpAddress> const& addresses);

} // namespace gatehouse::net
