#pragma once
// TLS towards clients that trust the school's CA, and the page inside it: the only thing a blocked tunnel is decrypted for.

#include "proxy/session/outcome.hpp"
#include "proxy/tls/peek.hpp"

namespace gatehouse::session {

/// Finishes the handshake with a leaf of the school's CA for the name that the client asks for. False: there is no usable hello, or the
/// client does not take the leaf; `outcome.failure` says which. `versions`: what may be spoken inside.
net::task<bool> begin_tls(Session& session, Outcome& outcome, tls::Peeked const& peeked, net::Versions versions);

/// Reads the head of the request that comes inside. False: none came.
net::task<bool> read_inner_head(Session& session, http1::RequestHead& head);

/// The client has had its 200. Finishes the handshake, reads one request, answers the page: of the decision, or of what went wrong. Without a
/// usable hello it only returns; the connection is closed by the caller either way.
net::task<> show_page_in_tls(Session& session, Outcome& outcome, tls::Peeked const& peeked, OwnAnswer own = {.status = 403});

} // namespace gatehouse::session
