#pragma once
// HTTP/2 with an origin: one connection for the requests of all clients of a worker, each a channel that is written and read in HTTP/1.1.

#include "proxy/http2/connection.hpp"
#include "proxy/net/upstream_pool.hpp"

namespace gatehouse::http2 {

class OriginConnection final : public Connection {
public:
    /// `upstream` speaks HTTP/2 and its origin has proved its name. `idle`: how long it is kept without a request.
    OriginConnection(std::unique_ptr<net::Upstream> upstream, std::chrono::milliseconds idle);

    /// True if one more request may be sent on it.
    bool has_room();
    /// A stream for one request.
    std::unique_ptr<net::Upstream> open();
    /// Takes no more requests; ends after those that are open.
    void retire();
    bool is_retired() const { return retired_; }

private:
    bool take_head(Exchange& exchange, bool ended) override;
    bool send_head(Exchange& exchange) override;
    void become_idle() override;
    void peer_retires() override { retired_ = true; }
    void peer_is_silent() override { retired_ = true; }

    std::unique_ptr<net::Upstream> upstream_;
    std::chrono::milliseconds idle_;
    bool used_ = false; ///< somebody had a stream on it
    bool retired_ = false;
    http1::RequestHead head_; ///< only while it is looked at
};

} // namespace gatehouse::http2
