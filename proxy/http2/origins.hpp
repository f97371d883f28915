#pragma once
// The connections of one worker to origins that speak HTTP/2, by the origin that they lead to.

#include "proxy/http2/limits.hpp"
#include "proxy/http2/origin_connection.hpp"

#include <unordered_map>

namespace gatehouse::http2 {

/// Not thread-safe: one for each worker.
class Origins {
public:
    using ConnectionPtr = boost::local_shared_ptr<OriginConnection>;

    /// `idle`: how long a connection is kept without a request.
    explicit Origins(std::chrono::milliseconds idle)
        : idle_(idle)
    {
    }

    /// A stream for that client on a connection that is open already; null if there is none with room.
    std::unique_ptr<net::Upstream> open(net::Origin const& origin, policy::IpAddress const& client);
    bool has(net::Origin const& origin, policy::IpAddress const& client) { return find(origin, client) != nullptr; }
    /// Takes over a connection on which HTTP/2 was agreed, made for that client: for everyone, unless a shared one has had enough of the client.
    ConnectionPtr adopt(net::Origin const& origin, std::unique_ptr<net::Upstream> upstream, policy::IpAddress const& client);
    /// No new requests; each connection ends after those that are open.
    void close_all();

private:
    using Connections = std::vector<ConnectionPtr>;
    net::task<> run(std::string key, ConnectionPtr connection);
    OriginConnection* find(net::Origin const& origin, policy::IpAddress const& client);

    std::chrono::milliseconds idle_;
    WideWindowsPtr wide_{new WideWindows(limits::wide_downloads)}; ///< of clients' streams, on all connections
    std::unordered_map<std::string, Connections> by_origin_;
    std::string key_; ///< reused for look-ups
};

} // namespace gatehouse::http2
