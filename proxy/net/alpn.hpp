#pragma once
// Which version of HTTP the two sides of a TLS connection agree on (RFC 7301).

#include <cstdint>
#include <openssl/types.h>

namespace gatehouse::net {

/// What this side can speak; HTTP/1.1 always.
enum class Versions : std::uint8_t { http1, http1_and_2 };

/// As client: what is offered in the hello. False: out of memory.
bool offer_versions(SSL* connection, Versions versions);

/// As server: what `choose_version` may pick for this connection.
void allow_versions(SSL* connection, Versions versions);
/// For SSL_CTX_set_alpn_select_cb: HTTP/2 where it is allowed and offered, HTTP/1.1 where it is offered, otherwise nothing: such a client goes on
/// without ALPN (RFC 7301 §3.2 lets the server ignore the extension) and then speaks HTTP/1.1 by default.
int choose_version(
    SSL* connection, unsigned char const** out, unsigned char* out_size, unsigned char const* offered, unsigned size, void*);

/// After the handshake.
bool speaks_http2(SSL const* connection);

} // namespace gatehouse::net
