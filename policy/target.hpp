#pragma once
// What a person asks for: the one canonical destination object. Made once per request; later code takes it, never strings.

#include "policy/host.hpp"

namespace gatehouse::policy {

inline constexpr std::uint16_t http_port = 80;
inline constexpr std::uint16_t https_port = 443;

enum class Scheme : std::uint8_t {
    http,   ///< path visible
    https,  ///< inside an inspected tunnel: path visible
    tunnel, ///< CONNECT: only the name and port are visible
};

std::string_view to_text(Scheme scheme);

/// Lifetime: `path` views the text it was parsed from and must not outlive it.
struct Target {
    Scheme scheme = Scheme::http;
    Host host;
    std::uint16_t port = 0;
    std::string_view path; ///< origin-form with query, as received ("/a?b"); empty for tunnels

    /// Parses an absolute http or https URL (RFC 3986, RFC 9110 §4.2). Fragment, userinfo, control and non-ASCII characters are refused.
    /// Errors: `errc::bad_url`, `unsupported_scheme`, `userinfo_in_url`, `bad_port`, and those of Host::parse.
    static result<Target> parse_url(std::string_view url);
    /// Parses authority-form "host:port" (RFC 9112 §3.2.3); the port is required. Errors as above.
    static result<Target> parse_authority(std::string_view authority);

    /// What the gateway sees of an https URL that it does not inspect: a tunnel to host and port.
    Target seen_without_inspection() const;
    /// "http://host:port/path" with default ports left out; "host:port" for tunnels (Squid's convention).
    std::string to_text() const;
};

} // namespace gatehouse::policy
