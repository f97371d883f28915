#pragma once
// What the doctor asks of the machine: ports, disk, name servers. Each answers one question and changes nothing.

#include "proxy/settings.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::checks {

enum class PortState : std::uint8_t {
    free,
    in_use,
    not_ours
}; ///< not_ours: the address is none of this machine's, or needs a privilege

/// Tries to bind, and lets go at once.
PortState look_at_port(Endpoint const& endpoint);

/// Bytes that an unprivileged program may still write there; nothing if the folder (and all above it) is missing.
std::optional<std::uintmax_t> free_space(std::filesystem::path folder);

/// Those of the settings, or of /etc/resolv.conf.
std::vector<Endpoint> name_servers(Resolver const& resolver, std::filesystem::path const& resolv_conf = "/etc/resolv.conf");

/// Asks for the name servers of the root (RFC 1035 §4.1) over UDP. True for any answer to that very question, also a refusal.
bool answers_dns(Endpoint const& server, std::chrono::milliseconds patience);

/// Asks ClamAV's daemon whether it is there (clamd(8), PING).
bool answers_ping(std::filesystem::path const& socket, std::chrono::milliseconds patience);

} // namespace gatehouse::checks
