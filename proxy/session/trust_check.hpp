#pragma once
// Answers the web address by which a device finds out whether it trusts the school's certificate: inside TLS, under a leaf of the school's CA.

#include "proxy/session/outcome.hpp"
#include "proxy/tls/peek.hpp"

namespace gatehouse::session {

/// True if that is what the tunnel goes to, and there is a CA to be trusted.
bool is_trust_check(Session const& session, Outcome const& outcome);

/// After the hello: shows the page, or notes that the client does not trust us; appends the row.
net::task<> answer_trust_check(Session& session, Outcome& outcome, tls::Peeked const& peeked);

} // namespace gatehouse::session
