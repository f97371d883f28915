#pragma once
// An inspected tunnel in which the client speaks HTTP/2: each request is served like any other, on a stream of its own.

#include "proxy/session/session.hpp"

namespace gatehouse::session {

/// Until either side has had enough. Precondition: HTTP/2 was agreed on in the handshake with the client.
net::task<> serve_multiplexed(Session& session);

} // namespace gatehouse::session
