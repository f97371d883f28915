#pragma once
// From where this machine can ask its own gateway as a computer of the school would: it has an address in a room's network, or can take one of the
// loopback's, and the gateway judges whoever comes from there as somebody in that room.

#include "policy/policy.hpp"

#include <functional>

namespace gatehouse::checks {

struct Place {
    std::string title;       ///< of its network; empty: an address of no network, where nobody is known
    policy::Subject subject; ///< who the gateway takes somebody there for, with the address to ask from
    bool asks_sign_in = false;
};

struct Places {
    std::vector<Place> reached;
    std::vector<Place> unreached; ///< networks in which this machine has no address
};

/// One place for each network of the policy, in their order, then one of no network, if there is an address of none. `own`: of this machine's
/// interfaces; every address of 127.0.0.0/8 is its own as well. `can_ask`: whether some listener can be reached from that address.
Places find_places(policy::Policy const& policy, std::span<policy::IpAddress const> own,
    std::function<bool(policy::IpAddress const&)> const& can_ask);

} // namespace gatehouse::checks
