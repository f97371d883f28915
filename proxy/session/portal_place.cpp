#include "proxy/session/portal_place.hpp"

#include <algorithm>

namespace gatehouse::session {
namespace {

/// What listens on every address is reached on the machine's own.
policy::IpAddress reachable(policy::IpAddress const& address)
{
    if (address == policy::IpAddress::from_v4(0))
        return policy::IpAddress::from_v4(0x7f000001);
    auto loopback = address;
    if (address == policy::IpAddress{})
        loopback.bytes.back() = 1;
    return loopback;
}

} // namespace

bool PortalPlace::holds(policy::Target const& target) const
{
    if (target.scheme != policy::Scheme::http)
        return false;
    return (target.port == port && target.host == bound) || (target.port == named_port && target.host == named);
}

PortalPlace make_portal_place(policy::IpAddress const& address, std::uint16_t port, std::string_view url)
{
    PortalPlace place;
    place.bound = policy::Host::from_address(reachable(address));
    place.port = port;
    if (auto const page = policy::Target::parse_url(url)) {
        place.named = page->host;
        place.named_port = page->port;
    }
    return place;
}

} // namespace gatehouse::session
