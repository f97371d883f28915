#pragma once
// A UDP datagram inside an IP packet, as the kernel's packet log hands it out. Sans-IO, over untrusted bytes.

#include "policy/address.hpp"

#include <optional>
#include <string_view>

namespace gatehouse::net {

struct UdpPacket {
    policy::IpAddress source, destination;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
    std::string_view payload; ///< as far as it was logged
};

/// Nothing for other protocols, for pieces of a packet, and for headers that contradict each other (RFC 791, RFC 8200, RFC 768).
/// Lifetime: views `packet`.
std::optional<UdpPacket> read_udp(std::string_view packet);

} // namespace gatehouse::net
