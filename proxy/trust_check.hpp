#pragma once
// The one web address by which a device finds out whether it trusts the school's certificate. No other site has it (RFC 2606 §3), so what
// comes from there under TLS can only come from the gateway.

#include <string_view>

namespace gatehouse {

inline constexpr std::string_view trust_check_host = "certificate-check.gatehouse.example";
/// What the school's name server says of it (RFC 5737): devices without a proxy setting come by there, and are intercepted.
inline constexpr std::string_view trust_check_address = "192.0.2.1";

} // namespace gatehouse
