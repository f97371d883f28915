#pragma once
// Who asks, as far as the gateway knows, and how sure it is.

#include "policy/address.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

enum class DeviceKind : std::uint8_t { unknown, school, personal };

/// How the identity was found, weakest first. A case is never opened on `claimed` alone.
enum class Confidence : std::uint8_t {
    none,     ///< nothing known: the strictest role applies
    claimed,  ///< the person typed a name that was not proved
    address,  ///< the address map names a network or device
    session,  ///< signed in earlier on this connection or device
    password, ///< credentials proved on this connection
};

std::string_view to_text(DeviceKind kind);
/// "unknown", "school", "personal".
std::optional<DeviceKind> parse_device_kind(std::string_view text);
std::string_view to_text(Confidence confidence);

/// As user names are compared everywhere: without regard to capitals (A to Z) and to how many spaces there are.
std::string folded_user(std::string_view name);

struct Subject {
    std::string role;                ///< "pupil", "staff", ...; never empty
    std::vector<std::string> groups; ///< "year-9", ...
    std::string user;                ///< folded_user; empty if no person is known
    std::string network;             ///< id of the network, empty if the address is in none
    std::string device;              ///< id of a named device, empty if unknown
    DeviceKind device_kind = DeviceKind::unknown;
    bool trusts_ca = false; ///< the school's CA is installed there, so a page can be shown inside TLS
    Confidence confidence = Confidence::none;
    IpAddress address;
};

} // namespace gatehouse::policy
