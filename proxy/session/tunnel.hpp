#pragma once
// Step 7b: CONNECT. Decided on the authority, dialled, answered; the ClientHello is peeked and decided again; then bytes are relayed.

#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// Serves the tunnel to its end and records it. `outcome` holds the decision on the authority.
net::task<> run_tunnel(Session& session, Outcome& outcome);

/// The same for an intercepted connection, which begins with the ClientHello: its name is decided and dialled; the address that the client
/// meant stands in for a name that is missing. So a name and an address that do not belong together lead to where the name leads.
net::task<> run_intercepted_tunnel(Session& session);

} // namespace gatehouse::session
