#pragma once
// What the DNS says a site is called besides, held against the policy before the site is dialled, and again for what is open.

#include "proxy/net/dialer.hpp"
#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// True if another name of the site that was allowed, or the private address that it leads to, closes it; then the outcome holds that decision.
/// Costs nothing where there is neither. `address` null: it is not known yet.
bool closed_by_alias(Session const& session, Outcome& outcome, net::Aliases const& aliases, policy::IpAddress const* address);

/// The same while a name is dialled. Lifetime: of the call.
class BeforeDialling final : public net::AliasJudge {
public:
    BeforeDialling(Session const& session, Outcome& outcome)
        : session_(session)
        , outcome_(outcome)
    {
    }
    bool closes(net::Aliases const& aliases) override { return closed_by_alias(session_, outcome_, aliases, nullptr); }

private:
    Session const& session_;
    Outcome& outcome_;
};

} // namespace gatehouse::session
