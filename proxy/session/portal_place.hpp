#pragma once
// Where the portal is: as it is bound, and as people's browsers are told to reach it. Both are forwarded for everyone, whatever the policy says.

#include "policy/target.hpp"

namespace gatehouse::session {

struct PortalPlace {
    policy::Host bound;           ///< the address that we connect to, whichever way it is asked for
    std::uint16_t port = 0;       ///< as bound
    policy::Host named;           ///< as its URL says, which block pages link to
    std::uint16_t named_port = 0; ///< may be translated on the way of those who come without us

    bool holds(policy::Target const& target) const;
};

/// `address`, `port`: where it listens; `url`: how people reach it, empty if that is the same.
PortalPlace make_portal_place(policy::IpAddress const& address, std::uint16_t port, std::string_view url);

} // namespace gatehouse::session
