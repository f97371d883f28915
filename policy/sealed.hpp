#pragma once
// What nobody is shown, whatever they do: names and URLs on sealed lists.

#include "policy/policy.hpp"

namespace gatehouse::policy {

/// True if a sealed list of the policy names the host, or the URL of host and path. `host` as a record has it; text that is no host is on no list.
bool is_on_sealed_list(Policy const& policy, std::string_view host, std::string_view path);

} // namespace gatehouse::policy
