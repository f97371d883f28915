#pragma once
// HTTP/2 with an origin: one connection for the requests of all clients of a worker, each a channel that is written and read in HTTP/1.1.

#include "proxy/http2/connection.hpp"
#include "proxy/http2/wide_windows.hpp"
#include "proxy/net/upstream_pool.hpp"

namespace gatehouse::http2 {

class OriginConnection final : public Connection {
public:
    /// `upstream` speaks HTTP/2 and its origin has proved its name. `idle`: how long it is kept without a request.
    /// `wide`: of the streams of each client.
    OriginConnection(std::unique_ptr<net::Upstream> upstream, std::chrono::milliseconds idle, WideWindowsPtr wide);

    /// True if one more request of that client may be sent on it.
    bool has_room_for(policy::IpAddress const& client);
    /// A stream for one request of that client.
    std::unique_ptr<net::Upstream> open(policy::IpAddress const& client);
    /// True if the client has given up so many requests of late that its origin may end the connection, which others use too.
    bool has_had_enough_of(policy::IpAddress const& client) const;
    /// It is that client's alone from now on.
    void keep_for(policy::IpAddress const& client) { kept_for_ = client; }
    /// Takes no more requests; ends after those that are open.
    void retire();
    bool is_retired() const { return retired_; }

private:
    bool take_head(Exchange& exchange, bool ended) override;
    bool send_head(Exchange& exchange) override;
    void become_idle() override;
    void peer_retires() override { retired_ = true; }
    void peer_is_silent() override { retired_ = true; }
    void was_given_up(Exchange const& exchange) override;
    void request_left(Exchange& exchange) override { widen(exchange); }
    void body_read(Exchange& exchange) override { widen(exchange); }
    void widen(Exchange& exchange);

    /// Requests given up in the window that began then.
    struct GivenUp {
        policy::IpAddress client;
        std::chrono::milliseconds since{};
        std::uint32_t times = 0;
    };
    bool is_recent(GivenUp const& given_up) const;
    void count(GivenUp& given_up) const;

    std::unique_ptr<net::Upstream> upstream_;
    std::chrono::milliseconds idle_;
    WideWindowsPtr wide_;
    std::optional<policy::IpAddress> kept_for_; ///< nothing: everyone
    std::vector<GivenUp> given_up_;             ///< by client
    GivenUp all_given_up_;
    bool used_ = false; ///< somebody had a stream on it
    bool retired_ = false;
    http1::RequestHead head_; ///< only while it is looked at
};

} // namespace gatehouse::http2
