#pragma once
// What somebody at the command line changes alone (store/machine_state.hpp), read from where it stands: settings, policy files, certificate.

#include "proxy/store/machine_state.hpp"

namespace gatehouse::policy {
struct Policy;
}

namespace gatehouse {
struct Settings;

/// Of a policy that runs.
std::vector<store::MachineFact> machine_facts(Settings const& settings, policy::Policy const& policy);

} // namespace gatehouse
