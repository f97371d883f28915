#pragma once
// A time-limited permission that the headteacher approved.

#include "policy/rule.hpp"

#include <chrono>

namespace gatehouse::policy {

/// Matches like a rule that allows, from `from` (inclusive) to `until` (exclusive).
struct Override {
    std::string id;     ///< "override-17"; shown as the deciding rule
    std::string clause; ///< "12"
    std::string reason;
    std::vector<Selector> who, what, where, when; ///< empty `where` and `when`: anywhere, any time. Selector::index is not used.
    std::chrono::sys_seconds from{}, until{};
};

} // namespace gatehouse::policy
