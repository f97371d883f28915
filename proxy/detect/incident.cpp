#include "proxy/detect/incident.hpp"

#include "policy/self_check.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::detect {
namespace {

using policy::Signal;

/// Relays that phones and browsers switch on by themselves: never an attempt, whatever list names them.
constexpr std::array<std::string_view, 5> built_in_relays{
    "mask.icloud.com", "mask-h2.icloud.com", "mask-api.icloud.com", "mask.apple-dns.net", "mask-t.apple-dns.net"};
constexpr std::string_view relay_list = "private-relay";

/// Ports of services that hide traffic: SSH, DNS over TLS, SOCKS, OpenVPN, L2TP, PPTP, proxies, Shadowsocks, Tor, WireGuard. Other odd
/// ports are mostly payment and school administration portals.
constexpr std::array<std::uint16_t, 14> hiding_ports{
    22, 853, 1080, 1194, 1701, 1723, 3128, 8118, 8388, 9001, 9030, 9050, 9150, 51820};

struct ListedKind {
    std::string_view category;
    IncidentKind kind;
    std::string_view what;
};
constexpr std::array listed_kinds{
    ListedKind{"vpn", IncidentKind::vpn_host, "a VPN provider"},
    ListedKind{"proxy", IncidentKind::proxy_host, "a web proxy"},
    ListedKind{"tor", IncidentKind::tor_host, "Tor"},
    ListedKind{"doh", IncidentKind::doh_host, "an encrypted name service"},
};

ListedKind const* listed_kind(Observation const& seen)
{
    if (seen.decision.category == policy::none)
        return nullptr;
    auto const& category = seen.policy.categories[seen.decision.category];
    for (auto const& listed : listed_kinds)
        if (listed.category == category.id || listed.category == category.parent)
            return &listed;
    return nullptr;
}

bool is_built_in_relay(Observation const& seen)
{
    if (seen.decision.list != policy::none && seen.policy.lists[seen.decision.list].id == relay_list)
        return true;
    return std::any_of(built_in_relays.begin(), built_in_relays.end(),
        [&](std::string_view relay) { return seen.target.host.is_within(relay); });
}

/// Protocols that exist to carry other traffic. The rest may be a school tool on the wrong port.
bool hides_traffic(Protocol protocol)
{
    switch (protocol) {
    case Protocol::openvpn_tcp:
    case Protocol::wireguard:
    case Protocol::socks4:
    case Protocol::socks5:
    case Protocol::ssh:
    case Protocol::http_proxy: return true;
    default: return false;
    }
}

/// Browsers try encrypted DNS by themselves; on a managed school device that is switched off, so there somebody turned it on.
Grade grade_of_listed(Observation const& seen, IncidentKind kind)
{
    if (is_built_in_relay(seen))
        return Grade::signal;
    if (kind == IncidentKind::doh_host && seen.subject.device_kind != policy::DeviceKind::school)
        return Grade::signal;
    return Grade::attempt;
}

struct Finding {
    IncidentKind kind;
    Grade grade;
    std::string evidence;
};

constexpr std::string_view bypass_list = "bypass";

/// What the URL carries. Curiosity is taught about, not punished, and translators are used in lessons: never more than a signal.
std::optional<Finding> find_carried(Observation const& seen)
{
    auto const& decision = seen.decision;
    if (decision.wrapper != policy::none && decision.verdict == policy::Verdict::block && decision.stage != policy::Stage::sealed)
        return Finding{IncidentKind::site_behind, Grade::signal,
            fmt::format("A site that is blocked was asked for through {}.", seen.policy.url_forms[decision.wrapper].title)};
    if (decision.term_list != policy::none && seen.policy.term_lists[decision.term_list].id == bypass_list)
        return Finding{IncidentKind::bypass_search, Grade::signal, "A search asked for ways round the filter."};
    return std::nullopt;
}

/// Sealed content is named nowhere: the decision's row of the access log is enough for those who have to know.
bool is_sealed(Observation const& seen)
{
    return seen.decision.stage == policy::Stage::sealed;
}

/// The strongest kind that the signals and the category tell, before fairness is applied.
std::optional<Finding> find(Observation const& seen)
{
    auto const signals = seen.decision.signals;
    auto const name = is_sealed(seen) ? std::string{policy::to_text(policy::Stage::sealed)} : seen.target.to_text();
    if (signals.has(Signal::sni_mismatch))
        return Finding{IncidentKind::sni_mismatch, Grade::attempt,
            fmt::format("The connection was opened to {} but asked for another name inside.", name)};
    if (signals.has(Signal::not_tls))
        return Finding{IncidentKind::not_tls, hides_traffic(seen.protocol) ? Grade::attempt : Grade::signal,
            fmt::format("The connection to {} did not carry a web page but {}.", name, to_text(seen.protocol))};
    if (auto carried = find_carried(seen))
        return carried;
    bool const blocked = seen.decision.verdict == policy::Verdict::block;
    if (auto const* const listed = listed_kind(seen); listed && blocked)
        return Finding{listed->kind, grade_of_listed(seen, listed->kind),
            fmt::format("{} belongs to {}.", seen.target.host.text(), listed->what)};
    if (!blocked)
        return std::nullopt;
    if (signals.has(Signal::ip_literal))
        return Finding{IncidentKind::ip_literal,
            policy::is_special_purpose(seen.target.host.address()) ? Grade::signal : Grade::attempt,
            fmt::format("The connection went to the bare address {}, without a name.", name)};
    if (signals.has(Signal::odd_port)) {
        bool const hiding = std::find(hiding_ports.begin(), hiding_ports.end(), seen.target.port) != hiding_ports.end();
        return Finding{IncidentKind::odd_port, hiding ? Grade::attempt : Grade::signal,
            fmt::format("The connection to {} used a port that web pages do not use.", name)};
    }
    return std::nullopt;
}

bool is_at_most_a_signal(Observation const& seen)
{
    return seen.decision.verdict == policy::Verdict::allow || seen.intent == Intent::embedded
        || seen.decision.stage == policy::Stage::file || seen.decision.stage == policy::Stage::virus
        || seen.decision.stage == policy::Stage::content // a page that merely speaks of it
        || seen.subject.confidence == policy::Confidence::claimed;
}

} // namespace

std::string_view to_text(IncidentKind kind)
{
    switch (kind) {
    case IncidentKind::ip_literal: return "ip-literal";
    case IncidentKind::odd_port: return "odd-port";
    case IncidentKind::sni_mismatch: return "sni-mismatch";
    case IncidentKind::not_tls: return "not-tls";
    case IncidentKind::vpn_host: return "vpn-host";
    case IncidentKind::proxy_host: return "proxy-host";
    case IncidentKind::tor_host: return "tor-host";
    case IncidentKind::doh_host: return "doh-host";
    case IncidentKind::site_behind: return "site-behind";
    case IncidentKind::bypass_search: return "bypass-search";
    case IncidentKind::burst: break;
    }
    return "burst";
}

std::string_view to_text(Grade grade)
{
    switch (grade) {
    case Grade::signal: return "signal";
    case Grade::attempt: return "attempt";
    case Grade::confirmed: break;
    }
    return "confirmed";
}

Intent intent_of(std::string_view dest, std::string_view mode, std::string_view user)
{
    if (dest.empty() && mode.empty())
        return Intent::unknown;
    if (dest != "document" || mode != "navigate")
        return Intent::embedded;
    return user == "?1" ? Intent::user_navigation : Intent::navigation;
}

std::optional<Incident> incident_of(Observation const& seen)
{
    auto finding = policy::is_self_check(seen.target.host) ? std::nullopt : find(seen);
    if (!finding)
        return std::nullopt;
    auto const& subject = seen.subject;
    Incident incident;
    incident.at = seen.at;
    incident.kind = finding->kind;
    incident.grade = is_at_most_a_signal(seen) ? Grade::signal : finding->grade;
    incident.client = subject.address;
    if (subject.confidence > policy::Confidence::claimed)
        incident.user = subject.user; // a name that was only typed may be another person's
    incident.role = subject.role;
    incident.network = subject.network;
    incident.device = subject.device;
    incident.confidence = subject.confidence;
    incident.host = is_sealed(seen) ? policy::to_text(policy::Stage::sealed) : seen.target.host.text();
    incident.port = seen.target.port;
    if (finding->kind == IncidentKind::not_tls)
        incident.protocol = to_text(seen.protocol);
    incident.evidence = std::move(finding->evidence);
    incident.decision_id = seen.decision_id;
    incident.user_driven = seen.intent == Intent::user_navigation;
    return incident;
}

} // namespace gatehouse::detect
