#pragma once
// What the other names of a site say about it: those that its name leads to in the DNS (CNAME records), and the private address at their end.

#include "policy/decide.hpp"

namespace gatehouse::policy {

/// What closes the site because of another of its names, as if it had both: a sealed list with that name, or the first rule that names it (`host:`,
/// `list:`, `service:`, `category:`, or `signal:under-age` of a service of that name) and stands before the one that opened the site, if it closes.
/// Nothing else counts: a rule about everything, a default or another signal is about what people ask for, a list with `aliases = false` too, and
/// what a grant opened stays open.
/// `alias`: the query with the other name for the host, and without a path. `made`: the decision about the site, which opens it.
std::optional<Decision> judge_alias(Policy const& policy, Query const& alias, Decision const& made);

} // namespace gatehouse::policy
