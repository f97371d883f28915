#pragma once
// Step 7b: CONNECT. Decided on the authority, dialled, answered; the ClientHello is peeked and decided again; then bytes are relayed.

#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// Serves the tunnel to its end and records it. `outcome` holds the decision on the authority.
/// An intercepted connection begins with the ClientHello: its name is decided and dialled; the address that the client meant stands in for
/// a name that is missing. So a name and an address that do not belong together lead to where the name leads.
net::task<> run_tunnel(Session& session, std::unique_ptr<Outcome> outcome);

/// Of an intercepted connection, which is not decided yet. Precondition: where it was going is known.
std::unique_ptr<Outcome> outcome_of_intercepted(Session& session);

} // namespace gatehouse::session
