#pragma once
// Observed hints of evasion. Hints are never verdicts: rules may match them, incidents may count them.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::policy {

enum class Signal : std::uint8_t {
    ip_literal,   ///< the target is an address, not a name; also set by decide
    odd_port,     ///< CONNECT to a port outside the safe list
    sni_mismatch, ///< CONNECT name and SNI disagree
    sni_absent,   ///< ClientHello without server_name
    not_tls,      ///< CONNECT to 443 whose first bytes are no TLS handshake
    ech,          ///< encrypted_client_hello offered (GREASE or real); never an attempt by itself
    under_age,    ///< set by decide: the service's minimum age is above the subject's
};
inline constexpr unsigned signal_count = 7;

/// "ip-literal", "odd-port", ... as written in policy.toml after "signal:".
std::string_view to_text(Signal signal);
std::optional<Signal> parse_signal(std::string_view text);

class SignalSet {
public:
    constexpr void add(Signal signal) { bits_ |= 1U << static_cast<unsigned>(signal); }
    constexpr bool has(Signal signal) const { return (bits_ >> static_cast<unsigned>(signal)) & 1U; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr std::uint32_t bits() const { return bits_; }
    bool operator==(SignalSet const&) const = default;

private:
    std::uint32_t bits_ = 0;
};

} // namespace gatehouse::policy
