#include "proxy/session/aliases.hpp"

namespace gatehouse::session {

bool closed_by_name(Session const& session, Outcome& outcome, policy::LeadsTo const& leads)
{
    if (!policy::may_be_closed_by_name(*outcome.policy, outcome.target, outcome.decision, leads))
        return false;
    auto const now = session.env.clock.now();
    policy::Query const query{session.subject, outcome.target, now, outcome.decision.signals};
    auto const closed = policy::judge_names(*outcome.policy, query, outcome.decision, leads);
    if (!closed)
        return false;
    outcome.decision = closed->decision;
    outcome.failure = "closed-by-alias";
    auto& findings = outcome.found();
    findings.alias = closed->name;
    findings.names.assign(leads.names.begin(), leads.names.end());
    findings.addresses.assign(leads.addresses.begin(), leads.addresses.end());
    return true;
}

void keep_names(Outcome& outcome, net::Aliases aliases)
{
    if (outcome.decision.safe_search == policy::none)
        outcome.aliases = std::move(aliases);
}

policy::LeadsTo leads_to(net::Aliases const& aliases, std::span<policy::IpAddress const> addresses)
{
    return {aliases ? std::span<policy::Host const>{*aliases} : std::span<policy::Host const>{}, addresses};
}

} // namespace gatehouse::session
