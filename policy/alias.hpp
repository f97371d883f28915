#pragma once
// What the other names of a site say about it: those that its name leads to in the DNS (CNAME records), and the private address at their end.

#include "policy/decide.hpp"

#include <optional>
#include <span>

namespace gatehouse::policy {

/// What closes the site because of another of its names, as if it had both: a sealed list with that name, or the first rule that names it (`host:`,
/// `list:`, `service:`, `category:`, or `signal:under-age` of a service of that name) and stands before the one that opened the site, if it closes.
/// Nothing else counts: a rule about everything, a default or another signal is about what people ask for, a list with `aliases = false` too, and
/// what a grant opened stays open.
/// `alias`: the query with the other name for the host, and without a path. `made`: the decision about the site, which opens it.
std::optional<Decision> judge_alias(Policy const& policy, Query const& alias, Decision const& made);

/// What a site's name leads to. Lifetime: of the call.
struct LeadsTo {
    std::span<Host const> names;          ///< CNAME records, in their order
    std::span<IpAddress const> addresses; ///< at their end; of them the private ones count
};

/// What closes a site that was allowed, and by which of its names.
struct ClosedByName {
    Host name;
    Decision decision;
};

/// False: `judge_names` would find nothing, and need not be asked.
bool may_be_closed_by_name(Policy const& policy, Target const& site, Decision const& made, LeadsTo const& leads);
/// The first of the names, and after them of the private addresses, that closes the site as `judge_alias` says. `site` is what was asked for, `made`
/// the decision about it. Nothing where a search engine's strict name is dialled in its place: what that leads to was not asked for.
std::optional<ClosedByName> judge_names(Policy const& policy, Query const& site, Decision const& made, LeadsTo const& leads);

} // namespace gatehouse::policy
