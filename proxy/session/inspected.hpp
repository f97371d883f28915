#pragma once
// A tunnel that is looked into: the origin is verified, only then a leaf minted, and the requests inside are served like any others.

#include "proxy/session/outcome.hpp"
#include "proxy/tls/peek.hpp"

namespace gatehouse::session {

/// Serves the inside of the tunnel to its end and records both. `outcome` holds the decision on the name, `upstream` is connected to it.
/// An origin that cannot prove its name gets a page that says so, never a certificate of ours as if it had.
net::task<> run_inspected(Session& session, Outcome& outcome, tls::Peeked const& peeked, std::unique_ptr<net::Upstream> upstream);

} // namespace gatehouse::session
