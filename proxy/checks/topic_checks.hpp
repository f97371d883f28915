#pragma once
// The questions about what is closed for whom, of one run of the checks. Internal to checks/.

#include "proxy/checks/self_checks.hpp"

namespace gatehouse::checks {

/// What the rules say through a week, on each kind of device, and what the gateway itself said just now.
struct Tried {
    CategoryMatrix school, personal, unknown;
    std::optional<ProxyLook> const& look;
};

SelfCheck check_illegal(policy::Policy const& policy, Tried const& tried);
SelfCheck check_theme(policy::Policy const& policy, Tried const& tried, Theme const& theme);
SelfCheck check_safe_search(policy::Policy const& policy, policy::Moment const& now);
SelfCheck check_profiles(policy::Policy const& policy, Tried const& tried);
SelfCheck check_own_devices(policy::Policy const& policy, Tried const& tried);
/// Whether the gateway did what the rules say, at every place that could be asked from.
SelfCheck check_proxy(policy::Policy const& policy, Tried const& tried);
SelfCheck check_languages(policy::Policy const& policy);

} // namespace gatehouse::checks
