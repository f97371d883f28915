#pragma once
// The plain JA4 fingerprint of a TLS client (FoxIO, the BSD-licensed part). Recorded as a hint; nothing is ever blocked
// on it alone.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::tls {

/// True for the reserved values of RFC 8701 (0x0a0a, 0x1a1a ... 0xfafa), which mean nothing by design.
constexpr bool is_grease(std::uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && (value >> 8) == (value & 0xff);
}

/// Fields of one ClientHello in the order sent, GREASE left out.
struct Ja4Fields {
    std::uint16_t max_version = 0;
    bool has_server_name = false;
    std::vector<std::uint16_t> ciphers;
    std::vector<std::uint16_t> extensions;
    std::vector<std::uint16_t> signature_algorithms;
    std::string_view first_alpn; ///< raw, with GREASE; empty without ALPN
};

/// "t13d1516h2_8daaf6152771_e5627efa2ab1".
std::string ja4_of(Ja4Fields fields);

} // namespace gatehouse::tls
