#pragma once
// One downstream connection: reads requests, names and decides them, hands each to its exchange or tunnel, until either side closes.

#include "proxy/http1/target.hpp"
#include "proxy/net/original_destination.hpp"
#include "proxy/session/environment.hpp"

namespace gatehouse::session {

struct Outcome;

struct Session {
    Session(Environment& environment, net::Socket socket, policy::IpAddress const& peer);
    /// One of the streams inside a tunnel that is looked into.
    Session(Session const& tunnel, net::ChannelPtr channel);

    Environment& env;
    net::Stream client;
    net::ReadBuffer buffer; ///< bytes from the client not yet used; heads are parsed in place
    policy::Subject subject;
    std::uint64_t generation = 0;                ///< of the policy that `subject` was made with
    std::optional<net::Destination> intercepted; ///< where an intercepted connection was going; nothing on the proxy's own port
    policy::Target const* inside
        = nullptr; ///< the tunnel whose decrypted inside is served; null before. Lifetime: until that is over
    policy::Host const* inside_as
        = nullptr; ///< the address that CONNECT gave, where that tunnel goes to a name instead. Lifetime: as above
    std::unique_ptr<net::Upstream> ready; ///< the verified connection for the first request inside
    bool const is_stream = false;         ///< of HTTP/2: one request and no more (RFC 9113 §8.1)
};

/// Requests one after the other, until either side has had enough or a CONNECT was decided, whose tunnel is then still to be served: its
/// outcome. Null otherwise, and always inside a tunnel.
net::task<std::unique_ptr<Outcome>> serve_requests(Session& session);

/// The listener that a connection came in by.
struct Entrance {
    net::Arrival arrival = net::Arrival::explicit_proxy;
    std::uint16_t port = 0; ///< as bound
};

/// Serves the connection to its end. Never throws for what a peer does.
net::task<> serve(std::unique_ptr<Session> session, Entrance entrance = {});

/// Who it is by the policy in force, if another was published since they were last looked at.
void refresh_subject(Session& session);

/// Step 4: what the request asks for, by the rules of the way the connection came.
http1::ResolvedTarget name_target(Session const& session, http1::RequestHead const& head);

} // namespace gatehouse::session
