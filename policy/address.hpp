#pragma once
// IP addresses and networks as values. Textual forms are strict here; the many spellings a URL may use are Host's business.

#include "policy/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::policy {

/// An IPv4 or IPv6 address. IPv4 is kept as its IPv4-mapped IPv6 form (RFC 4291 §2.5.5.2), so that `::ffff:1.2.3.4` equals `1.2.3.4`.
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};

    static IpAddress from_v4(std::uint32_t host_order);
    /// Strict dotted-quad or RFC 4291 text, no zone id. Errors: `errc::bad_address`.
    static result<IpAddress> parse(std::string_view text);

    bool is_v4() const;
    std::uint32_t v4() const; ///< host order; meaningful only if is_v4()
    /// Canonical text (RFC 5952); IPv4 as dotted quad.
    std::string to_text() const;
    auto operator<=>(IpAddress const&) const = default;
};

/// An address range in CIDR form. `prefix` counts bits of the 16-byte form (IPv4 /24 is kept as 120).
struct Network {
    IpAddress base;
    std::uint8_t prefix = 128;

    /// "10.0.0.0/8", "fd00::/8", or a single address. Errors: `errc::bad_network` (also when host bits are set).
    static result<Network> parse(std::string_view text);
    bool contains(IpAddress const& address) const;
    std::string to_text() const;
    bool operator==(Network const&) const = default;
};

/// True for addresses that a school's pupils must never reach through the gateway: private, loopback, link-local,
/// unspecified, multicast, documentation, shared (RFC 6598), reserved, and their IPv4-embedding IPv6 forms (IANA special-purpose registries).
bool is_special_purpose(IpAddress const& address);

} // namespace gatehouse::policy
