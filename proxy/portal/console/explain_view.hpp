#pragma once
// An explanation as parts of a page; for "why?" and for the box that checks a site.

#include "policy/explanation.hpp"
#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// Verdict and reason as a summary, and every step as a table. Sealed lists are never named.
std::vector<Part> explanation_parts(policy::Explanation const& explanation);

} // namespace gatehouse::portal::console
