// Both sides of HTTP/2 against each other: what goes in as HTTP/1.1 on one side comes out as HTTP/1.1 on the other.
#include "proxy/http2/client_connection.hpp"
#include "proxy/http2/limits.hpp"
#include "proxy/http2/origins.hpp"
#include "tests/unit/net/fixture.hpp"

#include <list>

namespace gatehouse::http2 {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr auto get = "GET /x HTTP/1.1\r\nHost: a.example\r\nX-Odd: 1\r\n\r\n";

class Connections : public net::NetTest {
protected:
    /// What stands behind the server side: hears requests as text, answers with text.
    struct Heard {
        explicit Heard(net::asio::io_context& context, net::ChannelPtr channel, net::DeadlineWheel& wheel)
            : stream(context.get_executor(), std::move(channel), wheel)
        {
        }
        net::Stream stream;
    };

    Connections()
    {
        auto pair = connect_pair();
        server_stream.emplace(std::move(pair.far), wheel);
        server.emplace(*server_stream,
            ClientTerms{[this](net::ChannelPtr channel) { return accept(std::move(channel)); }, 60s, draining, wide_windows, me});
        net::asio::co_spawn(context, server->run(), [this](std::exception_ptr const&) { server_ended = true; });
        client = adopt(std::move(pair.near), me);
    }

    Origins::ConnectionPtr adopt(net::Socket near, policy::IpAddress const& whose)
    {
        return origins.adopt(origin, std::make_unique<net::Upstream>(std::move(near), wheel, policy::IpAddress{}), whose);
    }

    void give_up(std::uint32_t times, policy::IpAddress const& whose)
    {
        for (std::uint32_t i = 0; i < times; ++i) {
            auto asked = origins.open(origin, whose);
            ASSERT_TRUE(run(say(asked->stream, get)));
            run(settle());
        }
    }

    ~Connections() override
    {
        heard.clear();
        server_stream->abort();
        origins.close_all();
        run(settle());
    }

    bool accept(net::ChannelPtr channel)
    {
        if (!accepts)
            return false;
        heard.emplace_back(context, std::move(channel), wheel);
        return true;
    }

    net::task<bool> settle()
    {
        auto const executor = co_await net::asio::this_coro::executor;
        net::asio::basic_waitable_timer<std::chrono::steady_clock, net::asio::wait_traits<std::chrono::steady_clock>,
            net::Executor>
            pause(executor, 30ms);
        co_await pause.async_wait(net::use_tuple);
        co_return true;
    }

    /// True once it holds; false after so long that it never will.
    template <class Condition>
    bool becomes(Condition const& condition)
    {
        auto const end = std::chrono::steady_clock::now() + 20s;
        while (!condition() && std::chrono::steady_clock::now() < end)
            run(settle());
        return condition();
    }

    static net::task<std::string> read_until(net::Stream& stream, std::string_view mark)
    {
        std::string text;
        std::array<char, 5000> bytes;
        stream.expire_after(10s);
        while (!text.ends_with(mark)) {
            auto const size = co_await stream.read_some(bytes);
            if (!size)
                co_return text + "<" + size.error().message() + ">";
            text.append(bytes.data(), *size);
        }
        co_return text;
    }

    static net::task<bool> say(net::Stream& stream, std::string text)
    {
        stream.expire_after(10s);
        auto const sent = co_await stream.write(text);
        co_return sent.has_value();
    }

    /// As much as there is room for, for a moment. False: not all.
    static net::task<bool> press(net::Stream& stream, std::string text)
    {
        stream.expire_after(300ms);
        auto const sent = co_await stream.write(text);
        stream.no_deadline();
        co_return sent.has_value();
    }

    /// Bytes of a body, each in a frame of its own.
    static net::task<bool> trickle(net::Stream& stream, std::size_t times)
    {
        stream.expire_after(20s);
        for (std::size_t i = 0; i < times; ++i) {
            auto const sent = co_await stream.write("1\r\nx\r\n");
            if (!sent)
                co_return false;
        }
        co_return true;
    }

    static net::task<std::size_t> read_once(net::Stream& stream)
    {
        std::array<char, 5000> bytes;
        stream.expire_after(10s);
        auto const size = co_await stream.read_some(bytes);
        co_return size ? *size : 0;
    }

    std::string hear(net::Stream& stream, std::string_view mark) { return run(read_until(stream, mark)); }

    policy::IpAddress const me = policy::IpAddress::from_v4(0x0a000001), other = policy::IpAddress::from_v4(0x0a000002);
    policy::Host const host = *policy::Host::parse("a.example");
    net::Origin const origin{host, 443, net::Security::tls, nullptr, net::Versions::http1_and_2};
    WideWindows wide_windows;
    Origins origins{60s};
    Origins::ConnectionPtr client;
    std::optional<net::Stream> server_stream;
    std::optional<ClientConnection> server;
    std::list<Heard> heard;
    bool accepts = true;
    bool draining = false;
    bool server_ended = false;
};

TEST_F(Connections, CarryARequestAndItsAnswer)
{
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    run(settle());
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(hear(heard.front().stream, "\r\n\r\n"), "GET /x HTTP/1.1\r\nhost: a.example\r\nx-odd: 1\r\n\r\n");
    ASSERT_TRUE(run(say(heard.front().stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")));
    EXPECT_EQ(hear(asked->stream, "hello"), "HTTP/1.1 200 \r\ncontent-length: 5\r\n\r\nhello");
    EXPECT_FALSE(asked->reused);
    EXPECT_TRUE(origins.open(origin, me)->reused);
}

TEST_F(Connections, CarryChunksAndTrailersBothWays)
{
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(
        run(say(asked->stream, "POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")));
    run(settle());
    auto const request = hear(heard.front().stream, "0\r\n\r\n");
    EXPECT_TRUE(request.ends_with("transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")) << request;
    ASSERT_TRUE(run(say(heard.front().stream,
        "HTTP/1.1 103 Early\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\nGrpc-Status: "
        "0\r\nAge: 1\r\n\r\n")));
    EXPECT_EQ(hear(asked->stream, "0\r\n\r\n"),
        "HTTP/1.1 103 \r\nlink: y\r\n\r\nHTTP/1.1 200 \r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n0\r\ngrpc-status: "
        "0\r\n\r\n");
}

TEST_F(Connections, WaitForWhoeverReadsSlowly)
{
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    run(settle());
    auto& answering = heard.front().stream;
    std::string const body(3'000'000, 'b');
    answering.expire_after(300ms); // nobody reads: what has no room makes the writer wait
    auto const stuck = run([](net::Stream& stream, std::string const& text) -> net::task<bool> {
        auto const sent = co_await stream.write(text);
        co_return !sent && sent.error() == net::asio::error::timed_out;
    }(answering, "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + body));
    EXPECT_TRUE(stuck);
    heard.clear(); // it gives up
    auto const got = hear(asked->stream, "<>");
    EXPECT_LT(got.size(), 1'500'000U) << "windows bound what waits";
    EXPECT_TRUE(got.ends_with("reset by peer>")) << got.substr(got.size() - 40) << ": half an answer does not look whole";
}

TEST_F(Connections, TellTheOtherSideWhenARequestIsGivenUp)
{
    auto asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    run(settle());
    auto& answering = heard.front().stream;
    auto pair = connect_pair();
    net::Stream waited_for(std::move(pair.near), wheel);
    answering.end_with(&waited_for);
    asked.reset();
    run(settle());
    EXPECT_TRUE(answering.is_given_up());
    EXPECT_TRUE(waited_for.aborted());
    answering.end_with(nullptr);
    EXPECT_NE(origins.open(origin, me), nullptr) << "the connection goes on";
}

TEST_F(Connections, RefuseWhatIsNotAcceptedSoThatItMayComeAgain)
{
    accepts = false;
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    EXPECT_TRUE(hear(asked->stream, "<>").ends_with("reset by peer>"));
}

TEST_F(Connections, EndAfterTheLastRequestWhenTheGatewayDrains)
{
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    run(settle());
    draining = true;
    ASSERT_TRUE(run(say(heard.front().stream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")));
    EXPECT_TRUE(hear(asked->stream, "x").ends_with("\r\n\r\nx"));
    heard.clear();
    run(settle());
    EXPECT_TRUE(server_ended);
    EXPECT_FALSE(origins.has(origin, me));
}

TEST_F(Connections, TakeNoMoreRequestsOnceTheOriginSaysNothingAtAll)
{
    accepts = true;
    auto asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    run(settle()); // settings and their acknowledgement have gone to and fro
    auto hasty = origins.open(origin, me);
    ASSERT_TRUE(run(say(hasty->stream, get)));
    run(settle());
    hasty.reset();
    EXPECT_TRUE(origins.has(origin, me)) << "who gives up at once says nothing about the origin";
    auto late = origins.open(origin, me);
    ASSERT_TRUE(run(say(late->stream, get)));
    run(settle());
    wheel.advance(std::chrono::steady_clock::now() + 6s);
    late.reset();
    EXPECT_FALSE(origins.has(origin, me)) << "a silent connection is not given further requests";
}

TEST_F(Connections, AreNoLongerSharedWithWhoeverGivesUpTooMuch)
{
    give_up(limits::given_up_by_one, me);
    EXPECT_TRUE(origins.has(origin, me));
    give_up(1, me);
    EXPECT_FALSE(origins.has(origin, me));
    EXPECT_TRUE(origins.has(origin, other));
    auto pair = connect_pair();
    auto const own = adopt(std::move(pair.near), me);
    EXPECT_TRUE(origins.has(origin, me));
    client->retire();
    EXPECT_TRUE(origins.has(origin, me)) << "its own goes on";
    EXPECT_FALSE(origins.has(origin, other)) << "it is nobody else's";
    wheel.advance(std::chrono::steady_clock::now() + 6s);
    own->retire();
    run(settle());
}

TEST_F(Connections, AreSharedAgainAfterAWhile)
{
    give_up(limits::given_up_by_one + 1, me);
    EXPECT_FALSE(origins.has(origin, me));
    wheel.advance(std::chrono::steady_clock::now() + limits::given_up_window + 1s);
    EXPECT_TRUE(origins.has(origin, me));
}

TEST_F(Connections, TakeNoMoreRequestsOnceAllTogetherGiveUpTooMuch)
{
    for (std::uint32_t i = 0; i <= limits::given_up_by_all; ++i) {
        EXPECT_TRUE(origins.has(origin, other));
        give_up(1, policy::IpAddress::from_v4(0x0a000100 + i));
    }
    EXPECT_FALSE(origins.has(origin, other));
}

TEST_F(Connections, HoldTheirWideWindowUntilTheyEnd)
{
    auto asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, "POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc")));
    run(settle());
    ASSERT_EQ(heard.size(), 1U);
    (void)hear(heard.front().stream, "abc");
    ASSERT_TRUE(run(say(heard.front().stream, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")));
    EXPECT_TRUE(hear(asked->stream, "x").ends_with("x"));
    heard.clear();
    asked.reset();
    run(settle());
    for (std::size_t i = 1; i < limits::wide_windows; ++i)
        EXPECT_TRUE(wide_windows.take(me)) << i;
    EXPECT_FALSE(wide_windows.take(me)) << "what the peer may send already cannot be taken back from it";
    EXPECT_TRUE(wide_windows.take(other));
}

TEST_F(Connections, GiveAClientFewWideWindowsForWhatItDoesNotRead)
{
    std::vector<std::unique_ptr<net::Upstream>> asked;
    auto const ask = [&](policy::IpAddress const& whose) {
        asked.push_back(origins.open(origin, whose));
        ASSERT_TRUE(asked.back());
        ASSERT_TRUE(run(say(asked.back()->stream, get)));
    };
    for (std::size_t i = 0; i < limits::wide_downloads; ++i)
        ask(me);
    ASSERT_TRUE(becomes([&] { return heard.size() == limits::wide_downloads; }));
    std::string const body(100'000, 'b');
    ASSERT_TRUE(run(say(heard.front().stream, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body)));
    ASSERT_TRUE(becomes([&] { return client->open_exchanges() == limits::wide_downloads - 1; }))
        << "it has come whole, and nobody reads it";
    ask(me);
    ask(other);
    ASSERT_TRUE(becomes([&] { return heard.size() == limits::wide_downloads + 2; }));
    /// True if that many bytes come, and no more.
    auto const adds = [&](Heard& one, std::size_t wanted) {
        auto const before = client->unread();
        (void)run(press(one.stream, "HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + body));
        bool const came = becomes([&] { return client->unread() >= before + wanted; });
        run(settle());
        return came && client->unread() == before + wanted;
    };
    EXPECT_TRUE(adds(*std::next(heard.begin()), body.size()));
    EXPECT_TRUE(adds(heard.back(), body.size())) << "what one client leaves unread takes nothing from another";
    auto& last = *asked[limits::wide_downloads];
    EXPECT_TRUE(adds(*std::prev(heard.end(), 2), limits::narrow_origin_window));
    asked.front().reset();
    auto const before = client->unread();
    EXPECT_GT(run(read_once(last.stream)), 0U);
    EXPECT_TRUE(becomes([&] { return client->unread() > before + limits::narrow_origin_window; }))
        << "a place became free for whoever reads";
}

TEST_F(Connections, LetThePeerSendNoMoreThanWasReadHoweverSmallItsFrames)
{
    constexpr std::size_t pieces = 8000; // in chunks of their own six times as much text
    constexpr std::size_t around = 200;  // the head, and few chunks
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    ASSERT_TRUE(becomes([&] { return heard.size() == 1; }));
    ASSERT_TRUE(run(say(heard.front().stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")));
    ASSERT_TRUE(run(trickle(heard.front().stream, pieces)));
    ASSERT_TRUE(becomes([&] { return client->unread() == pieces; })) << client->unread();
    std::size_t taken = 0;
    while (client->unread() > 0) {
        auto const size = run(read_once(asked->stream));
        ASSERT_GT(size, 0U);
        taken += size;
        EXPECT_GE(client->unread() + taken, pieces) << "more is credited than was read";
        EXPECT_LE(client->unread() + taken, pieces + around) << "they lie there with more than their own length";
    }
}

TEST_F(Connections, ResetAnAnswerWithMoreInterimHeadsThanAnybodyReads)
{
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    ASSERT_TRUE(becomes([&] { return heard.size() == 1; }));
    std::string heads;
    for (unsigned i = 0; i < 2 * http1::limits::interim_responses; ++i)
        heads += "HTTP/1.1 103 Early\r\nLink: y\r\n\r\n";
    (void)run(say(heard.front().stream, heads));
    std::string wanted;
    for (unsigned i = 0; i < http1::limits::interim_responses; ++i)
        wanted += "HTTP/1.1 103 \r\nlink: y\r\n\r\n";
    auto const got = hear(asked->stream, "<>");
    EXPECT_TRUE(got.starts_with(wanted + "<") && got.ends_with("reset by peer>")) << got;
}

TEST_F(Connections, LetNobodyWaitForWhatAnotherClientLeavesUnread)
{
    constexpr std::size_t downloads = 10; // more than 4 MiB
    std::vector<std::unique_ptr<net::Upstream>> asked;
    for (std::size_t i = 0; i <= downloads; ++i) {
        asked.push_back(origins.open(origin, i < downloads ? me : other));
        ASSERT_TRUE(asked.back());
        ASSERT_TRUE(run(say(asked.back()->stream, get)));
    }
    ASSERT_TRUE(becomes([&] { return heard.size() == downloads + 1; }));
    std::string const body(
        static_cast<std::size_t>(limits::origin_window) / 8 * 7, 'b'); // what a window holds is announced in steps
    for (std::size_t i = 0; i < downloads; ++i)
        ASSERT_TRUE(run(say(std::next(heard.begin(), static_cast<std::ptrdiff_t>(i))->stream,
            "HTTP/1.1 200 OK\r\nContent-Length: 600000\r\n\r\n" + body)));
    ASSERT_TRUE(becomes([&] { return client->unread() == downloads * body.size(); })) << client->unread();
    ASSERT_TRUE(run(say(heard.back().stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")));
    EXPECT_TRUE(hear(asked.back()->stream, "hello").ends_with("\r\n\r\nhello"));
    EXPECT_TRUE(origins.has(origin, other)) << "further requests need no other connection";
}

TEST_F(Connections, ResetWhatIsNotHttp)
{
    auto const asked = origins.open(origin, me);
    ASSERT_TRUE(run(say(asked->stream, get)));
    run(settle());
    (void)run(say(heard.front().stream, "nonsense\r\n\r\n"));
    EXPECT_TRUE(hear(asked->stream, "<>").ends_with("reset by peer>"));
}

} // namespace
} // namespace gatehouse::http2
