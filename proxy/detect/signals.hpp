#pragma once
// What can be observed about a request or a tunnel, as signals for the decision. No verdicts, no state.

#include "policy/signal.hpp"
#include "policy/target.hpp"
#include "proxy/detect/first_bytes.hpp"

#include <span>

namespace gatehouse::detect {

/// How a tunnel began, as far as the client has shown. Lifetime: views the ClientHello it was made from.
struct TunnelStart {
    Protocol protocol = Protocol::need_more;
    bool silent = true;     ///< the client has sent nothing: never held against it (browsers open connections ahead)
    bool has_hello = false; ///< a ClientHello was read; the three fields below are then known
    bool has_server_name = false;
    std::string_view server_name; ///< raw bytes
    bool offers_ech = false;
};

/// From the request line alone: `ip_literal`, and `odd_port` for a CONNECT to a port that is not in `connect_ports`.
policy::SignalSet signals_of(policy::Target const& target, std::span<std::uint16_t const> connect_ports);

/// The same with what the tunnel to `target` began with: also `sni_mismatch`, `sni_absent`, `not_tls` (port 443 only) and `ech`.
///
/// The names agree if they are the same host in canonical form. A name in a tunnel to a bare address is a mismatch as well: the
/// decision saw the address, not the name.
policy::SignalSet signals_of(
    policy::Target const& target, std::span<std::uint16_t const> connect_ports, TunnelStart const& start);

} // namespace gatehouse::detect
