#include "proxy/session/aliases.hpp"

#include "policy/alias.hpp"

namespace gatehouse::session {
namespace {

bool closes(Session const& session, Outcome& outcome, policy::Host const& alias, policy::Moment const& now)
{
    policy::Target const target{outcome.target.scheme, alias, outcome.target.port, {}};
    auto const closed
        = policy::judge_alias(*outcome.policy, {session.subject, target, now, outcome.decision.signals}, outcome.decision);
    if (!closed)
        return false;
    outcome.decision = *closed;
    outcome.failure = "closed-by-alias";
    outcome.found().alias = alias;
    return true;
}

} // namespace

bool closed_by_alias(Session const& session, Outcome& outcome, net::Aliases const& aliases, policy::IpAddress const* address)
{
    // What a strict name of a search engine leads to is not what the person asked for.
    if (outcome.decision.safe_search != policy::none || outcome.decision.verdict == policy::Verdict::block)
        return false;
    // One server stands at a private address, whatever it is called; many sites share a public one.
    bool const one_server = address != nullptr && outcome.policy->names_addresses && !outcome.target.host.is_address()
        && policy::is_special_purpose(*address);
    if (!aliases && !one_server)
        return false;
    auto const now = session.env.clock.now();
    if (aliases)
        for (auto const& alias : *aliases)
            if (closes(session, outcome, alias, now))
                return true;
    return one_server && closes(session, outcome, policy::Host::from_address(*address), now);
}

} // namespace gatehouse::session
