#pragma once
// The block page inside TLS, for clients that trust the school's CA: the only thing a blocked tunnel is decrypted for.

#include "proxy/session/outcome.hpp"
#include "proxy/tls/peek.hpp"

namespace gatehouse::session {

/// The client has had its 200. Finishes the handshake as the host asked for, reads one request, answers the page. Without a usable hello it
/// only returns; the connection is closed by the caller either way.
net::task<> show_page_in_tls(Session& session, Outcome& outcome, tls::Peeked const& peeked);

} // namespace gatehouse::session
