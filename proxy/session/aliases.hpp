#pragma once
// What the DNS says a site is called besides and where it leads, held against the policy before the site is dialled, and again for what is open.

#include "policy/alias.hpp"
#include "proxy/net/dialer.hpp"
#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// True if another name of the site that was allowed, or a private address that it leads to, closes it; then the outcome holds that decision.
/// Costs nothing where there is neither.
bool closed_by_name(Session const& session, Outcome& outcome, policy::LeadsTo const& leads);

/// For as long as the site is open. Those of a search engine's strict name are none of the site that was asked for.
void keep_names(Outcome& outcome, net::Aliases aliases);

/// Lifetime: of both arguments.
policy::LeadsTo leads_to(net::Aliases const& aliases, std::span<policy::IpAddress const> addresses);

/// The same while a name is dialled. Lifetime: of the call.
class BeforeDialling final : public net::AliasJudge {
public:
    BeforeDialling(Session const& session, Outcome& outcome)
        : session_(session)
        , outcome_(outcome)
    {
    }
    bool closes(net::Aliases const& aliases, std::span<policy::IpAddress const> addresses) override
    {
        return closed_by_name(session_, outcome_, leads_to(aliases, addresses));
    }

private:
    Session const& session_;
    Outcome& outcome_;
};

} // namespace gatehouse::session
