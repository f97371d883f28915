#include "proxy/net/ending_context.hpp"
#include "proxy/net/relay.hpp"
#include "tests/unit/net/fixture.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <random>
#include <thread>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

class RelayTest : public NetTest {
protected:
    Pair left = connect_pair(); ///< far end of `left` is the client's side of the relay
    Pair right = connect_pair();
    std::vector<char> buffer = std::vector<char>(64 * 1024);
};

std::string random_bytes(std::size_t size)
{
    std::mt19937 random(5);
    std::string bytes(size, '\0');
    for (auto& byte : bytes)
        byte = static_cast<char>(random());
    return bytes;
}

/// A peer on a thread of its own with blocking calls: sends, half-closes, reads to the end.
std::string talk(Socket& socket, std::string const& to_send)
{
    socket.non_blocking(false);
    std::string received;
    std::thread reader([&] {
        error_code ec;
        asio::read(socket, asio::dynamic_buffer(received), ec);
    });
    asio::write(socket, asio::buffer(to_send));
    socket.shutdown(Socket::shutdown_send);
    reader.join();
    return received;
}

TEST_F(RelayTest, CarriesBothDirectionsByteForByteAndPassesHalfClosesOn)
{
    Stream client(std::move(left.far), wheel);
    Stream upstream(std::move(right.far), wheel);
    auto const from_client = random_bytes(3'000'000);
    auto const to_client = random_bytes(5'000'000);
    std::string at_client, at_origin;
    std::thread one([&] { at_client = talk(left.near, from_client); });
    std::thread other([&] { at_origin = talk(right.near, to_client); });
    auto const result = run(relay(client, upstream, buffer, 60s));
    client.close();
    upstream.close();
    one.join();
    other.join();
    EXPECT_EQ(result.end, RelayEnd::finished);
    EXPECT_EQ(result.counts.from_client, from_client.size());
    EXPECT_EQ(result.counts.to_client, to_client.size());
    EXPECT_TRUE(at_origin == from_client);
    EXPECT_TRUE(at_client == to_client);
}

TEST_F(RelayTest, WaitsForNoSocketThatBlocks)
{
    left.far.non_blocking(false);
    right.far.non_blocking(false);
    Stream client(std::move(left.far), wheel);
    Stream upstream(std::move(right.far), wheel);
    asio::write(left.near, asio::buffer(std::string_view("first")));
    EXPECT_EQ(run(relay(client, upstream, buffer, 1s)).end, RelayEnd::idle) << "the other side says nothing";
    EXPECT_EQ(right.near.available(), 5U);
}

TEST_F(RelayTest, EndsASilentTunnelAfterTheIdleTime)
{
    Stream client(std::move(left.far), wheel);
    Stream upstream(std::move(right.far), wheel);
    auto const result = run(relay(client, upstream, buffer, 200ms));
    EXPECT_EQ(result.end, RelayEnd::idle);
}

TEST_F(RelayTest, EndsAHalfClosedSilentTunnelAfterTheIdleTime)
{
    left.near.shutdown(Socket::shutdown_send);
    Stream client(std::move(left.far), wheel);
    Stream upstream(std::move(right.far), wheel);
    auto const result = run(relay(client, upstream, buffer, 200ms));
    EXPECT_EQ(result.end, RelayEnd::idle);
}

task<RelayResult> relay_and_abort(Stream& client, Stream& upstream, std::span<char> buffer)
{
    asio::post(client.socket().get_executor(), [&client, &upstream] {
        client.abort();
        upstream.abort();
    });
    co_return co_await relay(client, upstream, buffer, 60s);
}

TEST_F(RelayTest, EndsAtOnceWhenAborted)
{
    Stream client(std::move(left.far), wheel);
    Stream upstream(std::move(right.far), wheel);
    EXPECT_EQ(run(relay_and_abort(client, upstream, buffer)).end, RelayEnd::aborted);
}

TEST_F(RelayTest, EndsWhenASideIsReset)
{
    left.near.set_option(asio::socket_base::linger(true, 0));
    left.near.close();
    Stream client(std::move(left.far), wheel);
    Stream upstream(std::move(right.far), wheel);
    EXPECT_EQ(run(relay(client, upstream, buffer, 60s)).end, RelayEnd::failed);
}

task<> relay_and_tell(Stream& client, Stream& upstream, std::span<char> buffer, bool& gone)
{
    struct Teller {
        bool& gone;
        ~Teller() { gone = true; }
    } const teller{gone};
    co_await relay(client, upstream, buffer, 60s);
}

TEST_F(RelayTest, IsDestroyedWithItsContext)
{
    EndingContext ending{1};
    auto const move_there = [&ending](Socket& socket) {
        Socket moved(ending.get_executor(), asio::ip::tcp::v4(), socket.release());
        moved.non_blocking(true);
        return moved;
    };
    Stream client(move_there(left.far), wheel);
    Stream upstream(move_there(right.far), wheel);
    bool gone = false;
    asio::co_spawn(ending, relay_and_tell(client, upstream, buffer, gone), asio::detached);
    ending.poll();
    EXPECT_FALSE(gone);
    ending.destroy_waiting();
    EXPECT_TRUE(gone);
}

} // namespace
} // namespace gatehouse::net
