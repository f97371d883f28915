#pragma once
// A connection that the network sent to us without the client's knowledge: what it asks for has to be read off it.

#include "proxy/session/session.hpp"

namespace gatehouse::session {

/// Finds out where an intercepted connection was going. False: it cannot be known, or it was made to the listener itself; a row was left,
/// and the connection is to be closed.
bool find_destination(Session& session, net::Arrival arrival, std::uint16_t listening_port);

} // namespace gatehouse::session
