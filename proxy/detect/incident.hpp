#pragma once
// One attempt to get round the filter, with its evidence. Graded; a person judges, never this code.

#include "policy/decide.hpp"
#include "proxy/detect/first_bytes.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace gatehouse::detect {

/// Stored as numbers: new ones come last.
enum class IncidentKind : std::uint8_t {
    ip_literal,   ///< CONNECT to a bare address
    odd_port,     ///< CONNECT to a port outside the safe list
    sni_mismatch, ///< CONNECT name and SNI disagree
    not_tls,      ///< another protocol in a CONNECT to 443
    vpn_host,
    proxy_host,
    tor_host,
    doh_host,
    burst,         ///< several different tries in a short time
    site_behind,   ///< a blocked site, asked for through a translator, an archive or the like
    bypass_search, ///< a search for ways round the filter
};
std::string_view to_text(IncidentKind kind);

/// signal: kept, never counts; attempt: counts towards a case; confirmed: strong and user-driven.
enum class Grade : std::uint8_t { signal, attempt, confirmed };
std::string_view to_text(Grade grade);

struct Incident {
    std::chrono::system_clock::time_point at;
    IncidentKind kind = IncidentKind::ip_literal;
    Grade grade = Grade::signal;
    policy::IpAddress client;
    std::string user, role, network, device; ///< empty where unknown
    policy::Confidence confidence = policy::Confidence::none;
    std::string host; ///< canonical
    std::uint16_t port = 0;
    std::string protocol; ///< for not_tls: what was recognised
    std::string evidence; ///< one plain sentence
    std::string decision_id;
    bool user_driven = false; ///< a top-level navigation, as far as the request told (Sec-Fetch-*); CONNECT cannot tell
};

/// What a request says about who caused it.
enum class Intent : std::uint8_t {
    unknown,         ///< CONNECT, plain HTTP, and clients that send no Sec-Fetch fields
    embedded,        ///< a part of a page, or a background call: a share button, an image, a script, a frame
    navigation,      ///< a top-level page, opened by a script as far as told
    user_navigation, ///< a top-level page that a person opened
};

/// From the values of Sec-Fetch-Dest, -Mode and -User (W3C Fetch Metadata); empty where absent.
Intent intent_of(std::string_view dest, std::string_view mode, std::string_view user);

/// One decided request or tunnel. Lifetime: references must outlive the call only.
struct Observation {
    std::chrono::system_clock::time_point at;
    policy::Policy const& policy; ///< the one that decided
    policy::Subject const& subject;
    policy::Target const& target;
    policy::Decision const& decision;
    std::string_view decision_id;
    Intent intent = Intent::unknown;
    Protocol protocol = Protocol::tls; ///< of a tunnel's first bytes
};

/// The attempt that the observation is, if it is one. Categories `vpn`, `proxy`, `tor` and `doh` count where they were blocked.
///
/// Fairness: what the policy allows is at most a signal; so are embedded and background requests, built-in relays such as iCloud
/// Private Relay, and everything by an identity that was only claimed, whose name is left out, too. ECH never counts.
/// For a tunnel that is shown the block page inside TLS, observe the request inside, not the CONNECT: only it can tell intent.
std::optional<Incident> incident_of(Observation const& seen);

} // namespace gatehouse::detect
