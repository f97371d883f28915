#pragma once
// TLS on a socket that does not block: each step does what it can at once and says what it waits for. OpenSSL reads and writes the socket
// itself and holds buffers only while there is something in them, so an idle connection costs little.

#include "policy/result.hpp"

#include <memory>
#include <openssl/types.h>
#include <span>
#include <string_view>

namespace gatehouse::net {

struct TlsFree {
    void operator()(SSL* connection) const;
};

class TlsConnection {
public:
    /// What a step came to. `size`: bytes moved, where the step moves bytes and needs nothing.
    /// Failures: `asio::error::eof` after the peer's close_notify, `asio::ssl::error::stream_truncated` at an end without one, the socket's,
    /// or OpenSSL's own (category of asio's SSL errors).
    enum class Needs : std::uint8_t { nothing, readable, writable };
    struct Step {
        Needs needs = Needs::nothing;
        error_code failure{};
        std::size_t size = 0;
    };

    /// As server, with what the client has already sent, or as client. Null inside if there is no memory: every step then fails.
    /// Lifetime: the socket outlives the connection; `already_read` lasts until the handshake is over.
    TlsConnection(SSL_CTX* context, int socket, std::string_view already_read);
    TlsConnection(SSL_CTX* context, int socket);

    Step handshake();
    Step read(std::span<char> into);
    /// Both parts in one record if they fit; `size` tells how much of them has gone, and is less than all as a rule for long ones.
    Step write(std::string_view first, std::string_view second);
    /// True if nothing came that nobody asked for, and the peer has not ended. Handshake messages that came meanwhile are taken in.
    bool is_silent();
    /// Tells the peer that no more comes (close_notify), if it can be told at once.
    void say_goodbye();

    /// Null without memory. Lifetime: the connection's.
    SSL* native() { return ssl_.get(); }

private:
    Step judge(int done);
    bool turn_to_socket();

    std::unique_ptr<SSL, TlsFree> ssl_;
    bool begins_in_memory_ = false; ///< what was already read is not used up yet
};

} // namespace gatehouse::net
