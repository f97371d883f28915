#pragma once
// The handshake of RFC 6455 §4 towards an origin, for a client that opened its WebSocket over HTTP/2, where there is none (RFC 8441 §5).

#include <string>
#include <string_view>

namespace gatehouse::http2 {

/// 16 random bytes in base64.
std::string make_websocket_key();

/// What an origin has to answer to the key.
std::string accept_of(std::string_view key);

} // namespace gatehouse::http2
