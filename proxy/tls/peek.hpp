#pragma once
// Reading the ClientHello of a tunnel without touching it: the bytes stay in the buffer for whoever comes next.

#include "proxy/detect/first_bytes.hpp"
#include "proxy/net/read_buffer.hpp"
#include "proxy/net/stream.hpp"
#include "proxy/tls/client_hello.hpp"

#include <optional>

namespace gatehouse::tls {

struct Peeked {
    std::optional<ClientHello> hello;                        ///< none: not TLS, malformed, or nothing came
    detect::Protocol protocol = detect::Protocol::need_more; ///< need_more: the client sent nothing that tells
    bool malformed = false;                                  ///< TLS, but broken or too large
    bool closed = false;                                     ///< the client went away
};

/// Waits until the first bytes tell what they are, or the stream's deadline passes. `buffer` may hold early bytes already.
net::task<Peeked> peek_client_hello(net::Stream& client, net::ReadBuffer& buffer);

} // namespace gatehouse::tls
