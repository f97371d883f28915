#pragma once
// One attempt to get round the filter, with its evidence. Graded; a person judges, never this code.

#include "policy/address.hpp"
#include "policy/subject.hpp"

#include <chrono>
#include <string>

namespace gatehouse::detect {

enum class IncidentKind : std::uint8_t {
    ip_literal,      ///< CONNECT to a bare address
    odd_port,        ///< CONNECT to a port outside the safe list
    sni_mismatch,    ///< CONNECT name and SNI disagree
    not_tls,         ///< another protocol in a CONNECT to 443
    vpn_host,
    proxy_host,
    tor_host,
    doh_host,
    burst,           ///< several different tries in a short time
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
    std::string host;      ///< canonical
    std::uint16_t port = 0;
    std::string protocol;  ///< for not_tls: what was recognised
    std::string evidence;  ///< one plain sentence
    std::string decision_id;
    bool user_driven = false; ///< a top-level navigation, as far as the request told (Sec-Fetch-*); CONNECT cannot tell
};

} // namespace gatehouse::detect
