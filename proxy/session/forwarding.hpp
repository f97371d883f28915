#pragma once
// One request on its way to an origin and the response back: both bodies at the same time, each with back-pressure.

#include "proxy/http1/body.hpp"
#include "proxy/net/relay.hpp"
#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// How far a request got. Everything here belongs to one attempt on one upstream connection.
struct Attempt {
    Session& session;
    Scratch& scratch;
    Outcome& outcome;
    net::Upstream& upstream;
    net::RelayWatch* watch = nullptr; ///< reads along after an upgrade
    bool always_open = false;         ///< the portal's answers: no policy ends them

    bool request_done = false;      ///< head and body are sent
    bool request_unwanted = false;  ///< the response is over: the rest of the body is nobody's
    bool response_started = false;  ///< at least one byte of a final response went to the client
    bool response_done = false;     ///< the response is complete, towards the client too
    bool heard_upstream = false;    ///< at least one byte came from the origin
    bool closed_by_content = false; ///< the answer is closed by what it says, or cannot be read
    bool upgraded = false;          ///< 101: from here on it is a relay
    bool client_keeps = false;      ///< the client connection may go on
    bool upstream_keeps = false;    ///< the upstream connection may be used again
    unsigned error_status = 0;      ///< with `error`, if no response was started
    std::string_view error{};       ///< reason code; empty if all went well

    /// The first error is the cause; later ones only follow from it.
    void fail(unsigned status, std::string_view why)
    {
        if (error.empty()) {
            error_status = status;
            error = why;
        }
    }
};

/// Sends the head in `scratch.to_upstream` and the request body behind it, and relays the response. Never throws.
net::task<> forward(Attempt& attempt);

} // namespace gatehouse::session
