// What the kernel's packet log hands out, several packets one after the other, each behind two bytes of its length: bounded, every attempt told
// once, names only from what was whole.
#include "proxy/net/udp_packet.hpp"
#include "proxy/tls/quic_hellos.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse;
    std::string_view rest{reinterpret_cast<char const*>(data), size};
    tls::QuicHellos hellos;
    auto now = tls::QuicHellos::Time{} + std::chrono::hours{1};
    std::size_t packets = 0;
    std::size_t told = 0;
    while (rest.size() > 2) {
        auto const length
            = static_cast<std::size_t>(static_cast<std::uint8_t>(rest[0]) << 8 | static_cast<std::uint8_t>(rest[1]));
        auto const packet = rest.substr(2, length);
        rest.remove_prefix(2 + packet.size());
        auto const udp = net::read_udp(packet);
        if (!udp)
            continue;
        ++packets;
        if (udp->payload.data() < packet.data() || udp->payload.data() + udp->payload.size() > packet.data() + packet.size())
            std::abort();
        auto const attempt = hellos.add(udp->source.to_text(), udp->payload, now);
        if (attempt && attempt->hello && attempt->hello->server_name.find('\0') != std::string::npos)
            std::abort();
        told += attempt ? 1U : 0U;
        now += std::chrono::milliseconds{10};
    }
    now += tls::QuicHellos::patience;
    told += hellos.expire(now).size();
    if (hellos.is_waiting() || told > packets)
        std::abort();
    return 0;
}
