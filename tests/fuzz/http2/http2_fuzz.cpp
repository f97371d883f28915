// Frames of a hostile peer, on either side of HTTP/2. First byte: odd, we are the server and its client speaks; even, we are the client of an
// origin. The second byte cuts the rest into reads of that size.
//
// Held, whatever comes: what an exchange hands on is a head that the gate takes or refuses and a body that its reader takes, never bytes that
// two readers could read differently; and everything ends once the peer is gone.
#include "proxy/http2/client_connection.hpp"
#include "proxy/http2/origin_connection.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <list>

namespace {

using namespace gatehouse;
using namespace std::chrono_literals;

void check(bool holds, char const* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

/// The wire: takes what we say and forgets it.
struct Wire final : net::Carrier {
    void channel_written(net::Channel& channel) override { channel.sent(channel.outgoing().size()); }
    void channel_read(net::Channel&) override { }
};

std::string take_all(net::Channel& channel)
{
    std::string text(channel.unread(), '\0');
    text.resize(channel.take(text));
    return text;
}

/// The body behind a head, as the session reads it.
void check_body(http1::Framing framing, std::uint64_t length, http1::BodyReader::Side side, std::string_view rest)
{
    http1::BodyReader body(framing, length, side);
    while (!body.done()) {
        auto const piece = body.next(rest);
        check(piece.refusal == http1::Refusal::none || piece.refusal == http1::Refusal::bad_trailer
                || piece.refusal == http1::Refusal::bad_chunk,
            "the body is one that its reader knows");
        if (piece.refusal != http1::Refusal::none || piece.consumed == 0)
            return;
        rest.remove_prefix(piece.consumed);
    }
    check(rest.empty(), "nothing stands behind the body");
}

void check_request(std::string const& text)
{
    http1::RequestHead head;
    auto const status = http1::read_request_head(text, head);
    check(status.kind != http1::HeadStatus::Kind::need_more, "a head comes whole");
    if (status.kind == http1::HeadStatus::Kind::done && !head.wants_websocket)
        check_body(
            head.framing, head.content_length, http1::BodyReader::Side::request, std::string_view{text}.substr(status.size));
}

void check_response(std::string_view text)
{
    http1::ResponseHead head;
    std::string normalised;
    unsigned deviations = 0;
    while (!text.empty()) {
        auto const status = http1::read_response_head(text, {}, head, normalised, deviations);
        check(status.kind != http1::HeadStatus::Kind::need_more, "a head comes whole");
        if (status.kind == http1::HeadStatus::Kind::refused)
            return;
        text.remove_prefix(status.size);
        if (head.status >= 200)
            return check_body(head.framing, head.content_length, http1::BodyReader::Side::response, text);
    }
}

struct Bench {
    net::asio::io_context context{1};
    net::DeadlineWheel wheel;
    Wire wire;
    net::ChannelPtr below{new net::Channel(context.get_executor(), wire)};

    void feed(std::string_view bytes, std::size_t step)
    {
        while (!bytes.empty()) {
            below->arrive(bytes.substr(0, step));
            bytes.remove_prefix(std::min(step, bytes.size()));
            poll();
        }
    }
    void poll()
    {
        context.restart();
        context.poll();
    }
    void hang_up(bool const& ended)
    {
        below->end();
        for (int i = 0; i < 100 && !ended; ++i)
            poll();
        check(ended, "it ends once the peer is gone");
    }
};

void be_server(std::string_view bytes, std::size_t step)
{
    Bench bench;
    http2::WideWindows wide;
    bool draining = false;
    bool ended = false;
    std::list<net::ChannelPtr> served;
    net::Stream stream(bench.context.get_executor(), bench.below, bench.wheel);
    {
        http2::ClientConnection connection(stream,
            {[&served](net::ChannelPtr channel) {
                 served.push_back(std::move(channel));
                 return served.size() % 7 != 0;
             },
                60s, draining, wide, policy::IpAddress{}});
        net::asio::co_spawn(bench.context, connection.run(), [&ended](std::exception_ptr const& crash) {
            check(crash == nullptr, "nothing is thrown");
            ended = true;
        });
        bench.feed(bytes, step);
        std::size_t number = 0;
        for (auto const& channel : served) {
            check_request(take_all(*channel));
            if (++number % 3 != 0)
                channel->put("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx: 1\r\n\r\n");
            bench.poll();
            channel->close();
        }
        bench.hang_up(ended);
    }
}

void be_client(std::string_view bytes, std::size_t step)
{
    Bench bench;
    http2::WideWindowsPtr const wide(new http2::WideWindows(2));
    bool ended = false;
    auto upstream = std::make_unique<net::Upstream>(bench.context.get_executor(), bench.below, bench.wheel, policy::IpAddress{});
    http2::OriginConnection connection(std::move(upstream), 60s, wide);
    net::asio::co_spawn(bench.context, connection.run(), [&ended](std::exception_ptr const& crash) {
        check(crash == nullptr, "nothing is thrown");
        ended = true;
    });
    std::vector<std::unique_ptr<net::Upstream>> asked;
    for (auto const* text :
        {"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n", "POST /b HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nok"}) {
        asked.push_back(connection.open(policy::IpAddress{}));
        net::asio::co_spawn(
            bench.context,
            [](net::Stream& stream, std::string request) -> net::task<> { co_await stream.write(request); }(
                                                             asked.back()->stream, text),
            net::asio::detached);
        bench.poll();
    }
    bench.feed(bytes, step);
    for (auto const& one : asked) {
        std::string text(1 << 20, '\0');
        net::asio::co_spawn(
            bench.context,
            [](net::Stream& stream, std::string& into) -> net::task<> {
                std::size_t size = 0;
                for (;;) {
                    auto const read = co_await stream.read_some({into.data() + size, into.size() - size});
                    if (!read || size + *read == into.size())
                        break;
                    size += *read;
                }
                into.resize(size);
            }(one->stream, text),
            net::asio::detached);
        bench.poll();
        one->stream.abort();
        bench.poll();
        check_response(text);
    }
    asked.clear();
    bench.hang_up(ended);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2)
        return 0;
    std::string_view const bytes{reinterpret_cast<char const*>(data) + 2, size - 2};
    auto const step = static_cast<std::size_t>(data[1]) + 1;
    data[0] % 2 == 1 ? be_server(bytes, step) : be_client(bytes, step);
    return 0;
}
