#include "proxy/net/tls_connection.hpp"
#include "tests/unit/net/fixture.hpp"
#include "tests/unit/net/server_context.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <thread>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;
using StreamTest = NetTest;

task<result<std::size_t>> read_within(Stream& stream, std::chrono::milliseconds time)
{
    std::array<char, 16> bytes;
    stream.expire_after(time);
    co_return co_await stream.read_some(bytes);
}

TEST_F(StreamTest, GivesUpOnASilentPeerAtItsDeadline)
{
    auto pair = connect_pair();
    Stream stream(std::move(pair.far), wheel);
    auto const read = run(read_within(stream, 200ms));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), asio::error::timed_out);
}

TEST_F(StreamTest, CanBeUsedAgainWithANewDeadline)
{
    auto pair = connect_pair();
    Stream stream(std::move(pair.far), wheel);
    ASSERT_FALSE(run(read_within(stream, 200ms)));
    pair.near.write_some(asio::buffer("x", 1));
    EXPECT_TRUE(run(read_within(stream, 60s)));
}

/// Somebody else on the same thread: the client, which shakes hands and sends everything at once, and then counts its turns.
struct Neighbour {
    Executor executor;
    TlsConnection client;
    std::string_view text;
    bool greeted = false, ended = false;
    std::size_t turns = 0;

    task<> live()
    {
        for (; !ended; ++turns) {
            if (!greeted)
                greeted = client.handshake().needs == TlsConnection::Needs::nothing;
            else if (!text.empty())
                text.remove_prefix(client.write(text, {}).size);
            co_await asio::post(executor, use_tuple);
        }
    }
};

/// How many reads it took, and how many turns the neighbour had between the first and the last.
task<std::pair<std::size_t, std::size_t>> read_all(Stream& stream, SSL_CTX* context, Neighbour& neighbour)
{
    std::size_t const wanted = neighbour.text.size();
    std::array<char, 50> piece;
    EXPECT_TRUE(co_await stream.accept_tls(context, {}, Versions::http1));
    std::size_t size = 0, reads = 0, before = 0;
    for (; size < wanted; ++reads) {
        auto const read = co_await stream.read_some(piece);
        EXPECT_TRUE(read);
        if (!read)
            break;
        size += *read;
        before = reads == 0 ? neighbour.turns : before;
    }
    neighbour.ended = true;
    co_return std::pair{reads, neighbour.turns - before};
}

/// Whoever keeps sending under TLS would else have the thread alone: nothing of what was decrypted has to be waited for.
TEST_F(StreamTest, UnderTlsLetsOthersHaveTheirTurn)
{
    auto pair = connect_pair();
    auto const server = server_context();
    Context const client{SSL_CTX_new(TLS_client_method())};
    Stream stream(std::move(pair.far), wheel);
    std::string const text(16000, 'x'); // one record
    Neighbour neighbour{context.get_executor(), TlsConnection{client.get(), pair.near.native_handle()}, text};
    asio::co_spawn(context, neighbour.live(), asio::detached);
    auto const [reads, turns] = run(read_all(stream, server.get(), neighbour));
    EXPECT_EQ(reads, 320U);
    EXPECT_GE(turns, reads / 20);
}

TEST_F(StreamTest, FailsAtOnceAfterAbort)
{
    auto pair = connect_pair();
    Stream stream(std::move(pair.far), wheel);
    stream.abort();
    EXPECT_FALSE(run(read_within(stream, 60s)));
}

task<result<void>> write_much(Stream& stream, std::string const& first, std::string const& second)
{
    stream.expire_after(60s);
    co_return co_await stream.write(first, second);
}

TEST_F(StreamTest, WritesMoreThanTheSocketTakesAtOnce)
{
    auto pair = connect_pair();
    Stream stream(std::move(pair.far), wheel);
    std::string const first(700'000, 'a'), second(9'000'000, 'b');
    pair.near.non_blocking(false);
    std::string got;
    std::thread reader([&] {
        std::vector<char> bytes(65536);
        error_code ec;
        while (auto const size = pair.near.read_some(asio::buffer(bytes), ec))
            got.append(bytes.data(), size);
    });
    EXPECT_TRUE(run(write_much(stream, first, second)));
    stream.close();
    reader.join();
    EXPECT_TRUE(got == first + second);
}

task<bool> close_it(Stream& stream)
{
    co_await stream.close_gently();
    co_return true;
}

TEST_F(StreamTest, ClosesInBoundedTimeAlthoughThePeerStaysSilent)
{
    auto pair = connect_pair();
    Stream stream(std::move(pair.far), wheel);
    EXPECT_TRUE(run(close_it(stream)));
    EXPECT_FALSE(stream.socket().is_open());
}

} // namespace
} // namespace gatehouse::net
