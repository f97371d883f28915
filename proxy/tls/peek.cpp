#include "proxy/tls/peek.hpp"

namespace gatehouse::tls {

net::task<Peeked> peek_client_hello(net::Stream& client, net::ReadBuffer& buffer)
{
    bool closed = false;
    for (;;) {
        if (!buffer.empty()) {
            auto hello = parse_client_hello(buffer.bytes(), Fingerprint::skip);
            if (hello)
                co_return Peeked{std::move(*hello), detect::Protocol::tls, false, false};
            if (hello.error() == errc::malformed || hello.error() == errc::too_large)
                co_return Peeked{std::nullopt, detect::Protocol::tls, true, false};
            auto const protocol = detect::recognise(buffer.bytes(), closed);
            if (hello.error() == errc::not_a_handshake && protocol != detect::Protocol::need_more)
                co_return Peeked{std::nullopt, protocol, false, false};
        }
        if (closed)
            co_return Peeked{std::nullopt, detect::Protocol::need_more, false, true};
        auto const size = co_await client.read_some(buffer.prepare(4096));
        if (size)
            buffer.commit(*size);
        else if (size.error() == net::asio::error::timed_out)
            co_return Peeked{};
        else
            closed = true;
    }
}

} // namespace gatehouse::tls
