#pragma once
// Kept-alive connections to origins, reused across the clients of one worker. Only plain, unauthenticated connections enter.

#include "proxy/net/dialer.hpp"
#include "proxy/net/read_buffer.hpp"

#include <deque>

namespace gatehouse::net {

/// One connection to an origin with what was read from it.
struct Upstream {
    Upstream(Socket socket, DeadlineWheel& wheel, policy::IpAddress const& at)
        : stream(std::move(socket), wheel)
        , address(at)
    {
    }
    /// One stream of a multiplexed connection.
    Upstream(Executor executor, ChannelPtr channel, DeadlineWheel& wheel, policy::IpAddress const& at)
        : stream(executor, std::move(channel), wheel)
        , address(at)
    {
    }

    Stream stream;
    ReadBuffer buffer;
    policy::IpAddress address;
    Aliases aliases{}; ///< of the name that led there
    bool reused = false;
};

struct Acquired {
    std::string_view failure; ///< Dialed::failure
    std::unique_ptr<Upstream> upstream;
};

struct PoolLimits {
    std::size_t total = 512;
    std::size_t per_host = 32;
    std::chrono::milliseconds idle{30000};
    std::chrono::milliseconds handshake{10000};
    SSL_CTX* origins = nullptr; ///< for TLS towards origins. Lifetime: the pool's at least
};

/// What a connection to an origin is spoken in.
enum class Security : std::uint8_t { plain, tls };

/// Which origin. Lifetime: of the call.
struct Origin {
    policy::Host const& host; ///< its name, which it proves under TLS
    std::uint16_t port = 0;
    Security security = Security::plain;
    policy::Host const* dialled = nullptr; ///< the name connected to in its place; null: its own
    Versions versions = Versions::http1;   ///< offered under TLS
};

/// A name for everything that makes connections to origins differ: those that lead elsewhere, or are spoken differently, are never taken for each
/// other.
void make_key(std::string& key, Origin const& origin);

/// Not thread-safe: one for each worker.
class UpstreamPool {
public:
    UpstreamPool(Dialer& dialer, DeadlineWheel& wheel, PoolLimits limits);

    /// A kept connection that is still silent and open, or a new one. `fresh`: a new one in any case.
    /// With TLS the origin has proved its name; failures are then also those of `handshake_failure`. Where HTTP/2 was offered `speaks_http2` tells
    /// what the origin took.
    /// `judge`: as for `Dialer::dial`, of a new one.
    task<Acquired> acquire(Origin origin, bool fresh = false, AliasJudge* judge = nullptr);
    /// A kept connection only; null if there is none.
    std::unique_ptr<Upstream> take(Origin const& origin);
    /// TLS over a connection just made. Empty, or the cause of failure. The stream's deadline must be set.
    task<std::string_view> secure(Upstream& upstream, policy::Host const& host, Versions versions);
    /// Keeps the connection, unless it is a stream of another. Precondition: its last response was complete and allows reuse.
    void release(Origin const& origin, std::unique_ptr<Upstream> upstream);
    /// Closes what has been idle too long. Called by the worker's ticker.
    void sweep();
    void close_all()
    {
        idle_.clear();
        count_ = 0;
    }
    std::size_t size() const { return count_; }

private:
    struct Idle {
        std::unique_ptr<Upstream> upstream;
        std::chrono::milliseconds since; ///< by the wheel: a tick more or less does not matter
    };
    std::unique_ptr<Upstream> take_by_key();

    Dialer& dialer_;
    DeadlineWheel& wheel_;
    PoolLimits limits_;
    std::unordered_map<std::string, std::deque<Idle>> idle_;
    std::size_t count_ = 0;
    std::string key_; ///< reused for look-ups
};

} // namespace gatehouse::net
