#pragma once
// HTTP/2 with a client: every request becomes a channel in HTTP/1.1, handed to whoever serves it.

#include "proxy/http2/connection.hpp"
#include "proxy/http2/wide_windows.hpp"

#include <functional>

namespace gatehouse::http2 {

/// What a connection with a client is made with. Lifetime: all of it outlives the connection.
struct ClientTerms {
    std::function<bool(net::ChannelPtr)> serve; ///< takes the request in the channel. False: not now
    std::chrono::milliseconds idle;             ///< how long it may be without a request
    bool const& draining;                       ///< the requests that are open are its last
    WideWindows& wide;
    policy::IpAddress client;
};

class ClientConnection final : public Connection {
public:
    ClientConnection(net::Stream& stream, ClientTerms terms);
    ~ClientConnection() override;

private:
    void body_arrives() override;
    bool take_head(Exchange& exchange, bool ended) override;
    bool send_head(Exchange& exchange) override;
    Exchange* begin_exchange() override;
    void become_idle() override;
    bool answer(Exchange& exchange, http1::ResponseHead const& head);

    ClientTerms terms_;
    bool wide_ = false;        ///< its window, from its first upload on
    http1::ResponseHead head_; ///< only while it is looked at
    std::string normalised_;
};

} // namespace gatehouse::http2
