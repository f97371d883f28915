#pragma once
// Step 7b: CONNECT. Decided on the authority, dialled, answered; the ClientHello is peeked and decided again; then bytes are relayed.

#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// Serves the tunnel to its end and records it. `outcome` holds the decision on the authority.
net::task<> run_tunnel(Session& session, Outcome& outcome);

} // namespace gatehouse::session
