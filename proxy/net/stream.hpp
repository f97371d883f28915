#pragma once
// One connection with its deadline: plain, TLS after accept_tls, or one stream of a multiplexed connection. Every wait on it is bounded.

#include "policy/host.hpp"
#include "proxy/net/alpn.hpp"
#include "proxy/net/channel.hpp"
#include "proxy/net/deadline.hpp"
#include "proxy/net/task.hpp"
#include "proxy/net/tls_connection.hpp"

#include <boost/asio/buffer.hpp>
#include <memory>
#include <openssl/types.h>
#include <span>
#include <string_view>

namespace gatehouse::net {

/// Errors: `asio::error::timed_out` when the deadline passed, `asio::error::eof` at the end, otherwise the socket's.
/// Lifetime: stays where it was made (the deadline points to it).
class Stream {
public:
    Stream(Socket socket, DeadlineWheel& wheel);
    Stream(Executor executor, ChannelPtr channel, DeadlineWheel& wheel);
    ~Stream();
    Stream(Stream const&) = delete;
    Stream& operator=(Stream const&) = delete;

    task<result<std::size_t>> read_some(std::span<char> into);
    task<result<void>> write(std::string_view bytes);
    task<result<void>> write(std::string_view first, std::string_view second);

    /// TLS as server with what the client has already sent (RFC 8446 §4); afterwards reads and writes are of the plain text.
    /// Lifetime: the context and `already_read` last until the handshake is over.
    task<result<void>> accept_tls(SSL_CTX* context, std::string_view already_read, Versions versions);

    /// TLS as client towards the host, which the context verifies (origin_tls.hpp). `tls()` tells why it failed.
    task<result<void>> connect_tls(SSL_CTX* context, policy::Host const& host, Versions versions);

    /// Time for all that follows, until set again. Units: milliseconds.
    void expire_after(std::chrono::milliseconds duration) { deadline_.expire_after(duration); }
    /// The same between requests: the gateway may end the connection early when it shuts down.
    void idle_for(std::chrono::milliseconds duration) { deadline_.expire_after(duration, Deadline::While::idle); }
    void no_deadline() { deadline_.clear(); }
    bool timed_out() const { return deadline_.expired(); }

    /// Ends the operations that wait now; later ones may start.
    void cancel();
    /// Ends all waiting operations; later ones fail at once.
    void abort();
    bool aborted() const { return aborted_; }
    /// Sends FIN (close_notify before it under TLS, best effort) and reads what the peer still sends for a moment, so that our last bytes are not lost to a reset.
    task<> close_gently();
    void close();

    Socket& socket() { return socket_; }
    DeadlineWheel& wheel() const { return deadline_.wheel(); }
    bool is_tls() const { return tls_ != nullptr; }
    /// One of many on its connection: there is no socket of its own.
    bool is_multiplexed() const { return channel_ != nullptr; }
    /// A multiplexed one that its peer has given up.
    bool is_given_up() const { return channel_ && channel_->has_failed(); }
    /// Multiplexed only, nothing otherwise: when the peer gives this one up, `other` is aborted. Null: no longer. Lifetime: until then.
    void end_with(Stream* other)
    {
        if (channel_)
            channel_->end_with(other);
    }
    /// Under TLS only: true if nothing came that nobody asked for, and the peer has not ended.
    bool is_silent() { return tls_->is_silent(); }
    /// Null without TLS. Lifetime: the stream's.
    SSL* tls();

private:
    task<result<void>> wait_for(TlsConnection::Needs needs);
    task<result<std::size_t>> read_tls(std::span<char> into);
    task<result<void>> write_tls(std::string_view first, std::string_view second);
    task<result<void>> shake_hands();
    /// What waits for this thread comes first. A socket does that at each read; TLS hands out what it has, as long as the other side keeps sending.
    task<result<void>> give_way();
    task<result<std::size_t>> read_channel(std::span<char> into);
    task<result<void>> write_channel(std::string_view first, std::string_view second);
    error_code failure(error_code code) const;

    Socket socket_;
    Deadline deadline_;
    std::unique_ptr<TlsConnection> tls_;
    ChannelPtr channel_;
    bool aborted_ = false;
    unsigned straight_ = 0; ///< reads and writes of TLS since the last that waited
};

} // namespace gatehouse::net
