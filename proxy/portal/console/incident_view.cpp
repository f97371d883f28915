#include "proxy/portal/console/incident_view.hpp"

#include "policy/policy.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/portal/html.hpp"

namespace gatehouse::portal::console {

namespace {

Words incident_title(detect::IncidentKind kind)
{
    switch (kind) {
    case detect::IncidentKind::ip_literal: return "An address in place of a name";
    case detect::IncidentKind::odd_port: return "An unusual port";
    case detect::IncidentKind::sni_mismatch: return "Another name than was asked for";
    case detect::IncidentKind::not_tls: return "Not a web page";
    case detect::IncidentKind::vpn_host: return "A VPN service";
    case detect::IncidentKind::proxy_host: return "A web proxy";
    case detect::IncidentKind::tor_host: return "The Tor network";
    case detect::IncidentKind::doh_host: return "An encrypted name service";
    case detect::IncidentKind::site_behind: return "A site by way of another";
    case detect::IncidentKind::bypass_search: return "A search for ways round the filter";
    case detect::IncidentKind::burst: break;
    }
    return "Several tries in a short time";
}

Words named_by_policy(policy::Policy const& policy, policy::Selector::Kind kind, std::string const& id)
{
    if (id.empty())
        return {};
    policy::Selector selector;
    selector.kind = kind;
    selector.value = id;
    return spoken_selector(policy, selector);
}

} // namespace

Words shown_incident(detect::Incident const& incident)
{
    return words("{}: {}", incident_title(incident.kind), Words::kept("evidence", incident.evidence));
}

Words shown_subject_role(policy::Policy const& policy, detect::Incident const& incident)
{
    return named_by_policy(policy, policy::Selector::Kind::role, incident.role);
}

Words shown_network(policy::Policy const& policy, detect::Incident const& incident)
{
    return named_by_policy(policy, policy::Selector::Kind::network, incident.network);
}

} // namespace gatehouse::portal::console
