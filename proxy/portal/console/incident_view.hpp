#pragma once
// How an attempt to get round the filter is told to people: what it was, and where.

#include "proxy/portal/web.hpp"
#include "proxy/store/incidents.hpp"

namespace gatehouse::portal::console {

/// "VPN service: vpn.example belongs to a VPN provider."
Words shown_incident(detect::Incident const& incident);
/// "Pupil" for an incident of nobody that is known.
Words shown_subject_role(policy::Policy const& policy, detect::Incident const& incident);
/// "Library", by the title that the school gave the network; empty where none is known.
Words shown_network(policy::Policy const& policy, detect::Incident const& incident);

} // namespace gatehouse::portal::console
