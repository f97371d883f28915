#pragma once
// Whether everything that one selector, column or rule matches is matched by another too. Says yes only if that is certain.
// Internal to policy/.

#include "policy/policy.hpp"

namespace gatehouse::policy {

bool covers(Policy const& policy, Selector const& wide, Selector const& narrow);

/// An empty column matches everything.
bool covers(Policy const& policy, std::vector<Selector> const& wide, std::vector<Selector> const& narrow);

/// Every column of `wide` covers that of `narrow`.
bool covers(Policy const& policy, Rule const& wide, Rule const& narrow);

} // namespace gatehouse::policy
