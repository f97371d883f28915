#pragma once
// What the DNS says a site is called besides, held against the policy once the site was dialled.

#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// True if another name of the site that was allowed, or the private address that it leads to, closes it; then the outcome holds that decision.
/// Costs nothing where there is neither.
bool closed_by_alias(Session const& session, Outcome& outcome, net::Aliases const& aliases, policy::IpAddress const& address);

} // namespace gatehouse::session
