#pragma once
// What protocol speaks, told from the first bytes that a client sends into a tunnel. A small deterministic table with a corpus.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::detect {

enum class Protocol : std::uint8_t {
    need_more,
    tls,
    http, ///< a method token
    ssh,
    openvpn_tcp, ///< hard reset v2/v3 behind a length
    socks4,
    socks5,
    random, ///< high-entropy first bytes of no known protocol; a signal only
    bittorrent,
    rdp,
    vnc,
    smtp_ftp,
    stun,
    wireguard,
    unknown,
    http_proxy, ///< a request to another proxy: CONNECT, or a method with an absolute URL
};

/// "tls", "ssh", "openvpn-tcp" ...
std::string_view to_text(Protocol protocol);

/// Looks at the bytes sent so far; looks no further than `inspected_size`. The first protocol whose whole opening is there wins.
/// `closed`: the client sends no more (or its time is up), so need_more is never the answer. No bytes at all are `unknown`.
Protocol recognise(std::string_view bytes, bool closed);

inline constexpr std::size_t inspected_size = 4096; ///< bytes

} // namespace gatehouse::detect
