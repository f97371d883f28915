#include "policy/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

/// IANA special-purpose address registries (RFC 6890 and successors), read as "not a public web site".
constexpr std::array<std::string_view, 32> special_purpose{"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    "::/128", "::1/128", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32", "2620:4f:8000::/48",
    "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"};

bool in_special_network(IpAddress const& address)
{
    static auto const networks = [] {
        std::array<Network, special_purpose.size()> parsed;
        std::transform(special_purpose.begin(), special_purpose.end(), parsed.begin(),
            [](auto text) { return Network::parse(text).value(); });
        return parsed;
    }();
    return std::any_of(networks.begin(), networks.end(), [&](Network const& network) { return network.contains(address); });
}

std::uint32_t read_v4(std::uint8_t const* at)
{
    return (std::uint32_t{at[0]} << 24) | (std::uint32_t{at[1]} << 16) | (std::uint32_t{at[2]} << 8) | at[3];
}

constexpr std::array<std::uint8_t, 12> nat64_prefix{0, 0x64, 0xff, 0x9b};

bool has_prefix(IpAddress const& address, std::array<std::uint8_t, 12> const& prefix)
{
    return std::equal(prefix.begin(), prefix.end(), address.bytes.begin());
}

/// True for IPv6 addresses of the world at large: 2000::/3 is all of it that was ever given out (IANA "Internet Protocol Version 6 Address
/// Space"). Elsewhere there are forms that a translator near by would turn into any IPv4 address, such as ::ffff:0:0:0/96 (RFC 2765 §2.1).
bool is_global_v6(IpAddress const& address)
{
    return (address.bytes[0] & 0xe0U) == 0x20U || has_prefix(address, nat64_prefix);
}

/// The IPv4 address that an IPv6 address carries, where a router or tunnel would deliver to it:
/// NAT64 (RFC 6052), 6to4 (RFC 3056). Older forms are outside of what is global.
std::optional<IpAddress> embedded_v4(IpAddress const& address)
{
    auto const& bytes = address.bytes;
    if (has_prefix(address, nat64_prefix))
        return IpAddress::from_v4(read_v4(&bytes[12]));
    if (bytes[0] == 0x20 && bytes[1] == 0x02)
        return IpAddress::from_v4(read_v4(&bytes[2]));
    return std::nullopt;
}

std::string v6_to_text(IpAddress const& address)
{
    std::array<unsigned, 8> words{};
    for (std::size_t i = 0; i < words.size(); ++i)
        words[i] = (unsigned{address.bytes[2 * i]} << 8) | address.bytes[2 * i + 1];
    std::size_t best = 8, best_size = 1; // RFC 5952 §4.2.2: a single zero word is not shortened
    for (std::size_t i = 0; i < words.size();) {
        auto end = i;
        while (end < words.size() && words[end] == 0)
            ++end;
        if (end - i > best_size) {
            best = i;
            best_size = end - i;
        }
        i = end + 1;
    }
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i == best) {
            text += "::";
            i += best_size - 1;
            continue;
        }
        if (!text.empty() && text.back() != ':')
            text += ':';
        fmt::format_to(std::back_inserter(text), "{:x}", words[i]);
    }
    return text;
}

} // namespace

IpAddress IpAddress::from_v4(std::uint32_t host_order)
{
    IpAddress address;
    std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
    for (std::size_t i = 0; i < 4; ++i)
        address.bytes[12 + i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    return address;
}

result<IpAddress> IpAddress::parse(std::string_view text)
{
    std::array<char, INET6_ADDRSTRLEN + 1> buffer{}; // inet_pton wants a terminated string
    if (text.empty() || text.size() >= buffer.size() || text.find('\0') != text.npos)
        return errc::bad_address;
    std::copy(text.begin(), text.end(), buffer.begin());
    if (in_addr v4{}; inet_pton(AF_INET, buffer.data(), &v4) == 1)
        return from_v4(ntohl(v4.s_addr));
    IpAddress address;
    if (inet_pton(AF_INET6, buffer.data(), address.bytes.data()) != 1)
        return errc::bad_address;
    return address;
}

bool IpAddress::is_v4() const
{
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::uint32_t IpAddress::v4() const
{
    return read_v4(&bytes[12]);
}

std::string IpAddress::to_text() const
{
    if (is_v4())
        return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
    return v6_to_text(*this);
}

result<Network> Network::parse(std::string_view text)
{
    auto const slash = text.find('/');
    auto const base = IpAddress::parse(text.substr(0, slash));
    if (!base)
        return errc::bad_network;
    if (slash == text.npos)
        return Network{*base, 128};
    auto const digits = text.substr(slash + 1);
    unsigned prefix = 0;
    auto const [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    // A mapped spelling ("::ffff:10.0.0.0/104") already counts bits of the long form.
    bool const dotted = text.substr(0, slash).find(':') == text.npos;
    if (ec != std::errc{} || end != digits.data() + digits.size() || prefix > (dotted ? 32U : 128U))
        return errc::bad_network;
    Network const network{*base, static_cast<std::uint8_t>(dotted ? prefix + mapped_bits : prefix)};
    for (unsigned bit = network.prefix; bit < 128; ++bit)
        if ((network.base.bytes[bit / 8] >> (7 - bit % 8)) & 1)
            return errc::bad_network;
    return network;
}

bool Network::contains(IpAddress const& address) const
{
    std::size_t const whole = prefix / 8;
    if (std::memcmp(base.bytes.data(), address.bytes.data(), whole) != 0)
        return false;
    unsigned const rest = prefix % 8;
    return rest == 0 || (base.bytes[whole] >> (8 - rest)) == (address.bytes[whole] >> (8 - rest));
}

std::string Network::to_text() const
{
    if (prefix == 128)
        return base.to_text();
    bool const as_v4 = base.is_v4() && prefix >= mapped_bits;
    return fmt::format("{}/{}", base.to_text(), as_v4 ? prefix - mapped_bits : prefix);
}

bool is_special_purpose(IpAddress const& address)
{
    if (in_special_network(address) || !(address.is_v4() || is_global_v6(address)))
        return true;
    auto const inner = address.is_v4() ? std::nullopt : embedded_v4(address);
    return inner && in_special_network(*inner);
}

} // namespace gatehouse::policy
