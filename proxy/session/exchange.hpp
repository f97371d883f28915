#pragma once
// Steps 7 to 10 for a request that is no CONNECT: enforce the verdict, forward, relay the answer, record.

#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// Serves the request whose head is in `scratch.request` and takes the first `head_size` bytes of the session's buffer.
/// Consumes head and body. True: the connection may carry another request.
net::task<bool> run_exchange(Session& session, Scratch& scratch, Outcome& outcome, std::size_t head_size);

/// Where the decision lets the target be reached. Lifetime: of the outcome.
net::Origin origin_of(Outcome const& outcome, net::Security security);

} // namespace gatehouse::session
