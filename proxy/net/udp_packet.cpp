#include "proxy/net/udp_packet.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::net {
namespace {

constexpr std::uint8_t udp = 17;
constexpr std::size_t v4_header = 20; // without options
constexpr std::size_t v6_header = 40;
constexpr std::size_t udp_header = 8;
constexpr std::size_t most_extensions = 8;

std::uint8_t byte_at(std::string_view bytes, std::size_t index)
{
    return static_cast<std::uint8_t>(bytes[index]);
}

std::uint16_t short_at(std::string_view bytes, std::size_t index)
{
    return static_cast<std::uint16_t>(byte_at(bytes, index) << 8 | byte_at(bytes, index + 1));
}

policy::IpAddress v4_at(std::string_view bytes, std::size_t index)
{
    return policy::IpAddress::from_v4(static_cast<std::uint32_t>(short_at(bytes, index)) << 16 | short_at(bytes, index + 2));
}

policy::IpAddress v6_at(std::string_view bytes, std::size_t index)
{
    policy::IpAddress address;
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(index), address.bytes.size(), address.bytes.begin());
    return address;
}

/// Takes the header away; nothing if what follows is not the beginning of a datagram.
std::optional<UdpPacket> read_v4(std::string_view& rest)
{
    constexpr std::uint16_t fragment_offset = 0x1fff;
    std::size_t const size = rest.size() < v4_header ? 0 : 4U * (byte_at(rest, 0) & 0x0fU);
    if (size < v4_header || rest.size() < size || byte_at(rest, 9) != udp || (short_at(rest, 6) & fragment_offset) != 0)
        return std::nullopt;
    UdpPacket packet;
    packet.source = v4_at(rest, 12);
    packet.destination = v4_at(rest, 16);
    rest.remove_prefix(size);
    return packet;
}

std::optional<UdpPacket> read_v6(std::string_view& rest)
{
    if (rest.size() < v6_header)
        return std::nullopt;
    UdpPacket packet;
    packet.source = v6_at(rest, 8);
    packet.destination = v6_at(rest, 24);
    auto next = byte_at(rest, 6);
    rest.remove_prefix(v6_header);
    for (std::size_t count = 0; next != udp; ++count) {
        static constexpr std::array<std::uint8_t, 3> passed_over{0, 43, 60}; // options hop by hop, routing, options at the end
        if (count == most_extensions || rest.size() < 8
            || std::find(passed_over.begin(), passed_over.end(), next) == passed_over.end())
            return std::nullopt;
        next = byte_at(rest, 0);
        std::size_t const size = 8U * (byte_at(rest, 1) + 1U);
        if (rest.size() < size)
            return std::nullopt;
        rest.remove_prefix(size);
    }
    return packet;
}

} // namespace

std::optional<UdpPacket> read_udp(std::string_view bytes)
{
    if (bytes.empty())
        return std::nullopt;
    auto const version = byte_at(bytes, 0) >> 4;
    auto packet = version == 4 ? read_v4(bytes) : version == 6 ? read_v6(bytes) : std::nullopt;
    if (!packet || bytes.size() < udp_header || short_at(bytes, 4) < udp_header)
        return std::nullopt;
    packet->source_port = short_at(bytes, 0);
    packet->destination_port = short_at(bytes, 2);
    packet->payload = bytes.substr(udp_header, short_at(bytes, 4) - udp_header);
    return packet;
}

} // namespace gatehouse::net
