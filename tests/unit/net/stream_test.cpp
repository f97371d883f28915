#include "tests/unit/net/fixture.hpp"

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
