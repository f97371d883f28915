#pragma once
// One downstream connection: reads requests, names and decides them, hands each to its exchange or tunnel, until either side closes.

#include "proxy/session/environment.hpp"

namespace gatehouse::session {

struct Session {
    Session(Environment& environment, net::Socket socket, policy::IpAddress const& peer);

    Environment& env;
    net::Stream client;
    net::ReadBuffer buffer; ///< bytes from the client not yet used; heads are parsed in place
    policy::Subject subject;
    std::uint64_t generation = 0; ///< of the policy that `subject` was made with
};

/// Serves the connection to its end. Never throws for what a peer does.
net::task<> serve(Environment& env, net::Socket socket, policy::IpAddress peer);

} // namespace gatehouse::session
