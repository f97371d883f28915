#pragma once
// The reader of selectors, with message and suggestion apart. Internal to policy/.

#include "policy/policy.hpp"

#include <variant>

namespace gatehouse::policy {

struct SelectorProblem {
    std::string message;
    std::string suggestion; ///< may be empty
};

/// `column` is "who", "what", "where" or "when".
std::variant<Selector, SelectorProblem> read_selector(Policy const& policy, std::string_view column, std::string_view text);

} // namespace gatehouse::policy
