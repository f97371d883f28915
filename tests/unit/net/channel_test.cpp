#include "proxy/net/channel.hpp"

#include <boost/asio/io_context.hpp>
#include <charconv>
#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

struct Counting final : Carrier {
    void channel_written(Channel&) override { ++written; }
    void channel_read(Channel&) override { ++read; }
    std::size_t written = 0, read = 0;
};

class ChannelTest : public ::testing::Test {
protected:
    std::string take(std::size_t most)
    {
        std::string into(most, '\0');
        into.resize(channel.take(into));
        return into;
    }

    std::string take_all(std::size_t at_once)
    {
        std::string all;
        for (auto part = take(at_once); !part.empty(); part = take(at_once))
            all += part;
        return all;
    }

    asio::io_context context{1};
    Counting carrier;
    Channel channel{context.get_executor(), carrier};
};

/// The body of whole chunks; what is none stands in angle brackets.
std::string unchunked(std::string_view text)
{
    std::string body;
    while (!text.empty()) {
        std::size_t size = 0;
        auto const [end, ec] = std::from_chars(text.data(), text.data() + text.size(), size, 16);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (ec != std::errc{} || !text.starts_with("\r\n") || text.substr(2).size() < size + 2
            || text.substr(size + 2, 2) != "\r\n")
            return body + "<" + std::string{text} + ">";
        body += text.substr(2, size);
        text.remove_prefix(size + 4);
    }
    return body;
}

TEST_F(ChannelTest, GivesBytesAsTheyArrived)
{
    channel.arrive("ab");
    channel.arrive("cd");
    EXPECT_EQ(take(3), "abc");
    EXPECT_EQ(take(3), "d");
    EXPECT_EQ(take(3), "");
    EXPECT_EQ(carrier.read, 2U);
}

TEST_F(ChannelTest, HoldsNoMoreThanABodyIsLongHoweverSmallItsPieces)
{
    for (int i = 0; i < 4096; ++i)
        channel.arrive_in_chunks("x");
    EXPECT_EQ(channel.unread(), 4096U);
    EXPECT_EQ(take_all(10'000), "1000\r\n" + std::string(4096, 'x') + "\r\n");
    EXPECT_EQ(channel.unread(), 0U);
}

TEST_F(ChannelTest, GivesHeadChunksAndTrailersInOrderIntoAnyRoom)
{
    for (std::size_t room = 1; room < 40; ++room) {
        channel.arrive("HEAD");
        channel.arrive(" TOO|");
        std::string got = take(room);
        std::string body;
        for (char letter = 'a'; letter <= 'z'; ++letter) {
            auto const piece = std::string(static_cast<std::size_t>(letter - 'a') % 5 + 1, letter);
            channel.arrive_in_chunks(piece);
            body += piece;
            if (letter % 3 == 0)
                got += take(room);
        }
        channel.arrive("0\r\nx: y\r\n\r\n");
        got += take_all(room);
        constexpr std::string_view head = "HEAD TOO|", tail = "0\r\nx: y\r\n\r\n";
        ASSERT_TRUE(got.starts_with(head) && got.ends_with(tail)) << room << ": " << got;
        EXPECT_EQ(unchunked(std::string_view{got}.substr(head.size(), got.size() - head.size() - tail.size())), body) << room;
    }
}

TEST_F(ChannelTest, PromisesInAChunkOnlyWhatHasCome)
{
    channel.arrive_in_chunks("abc");
    EXPECT_EQ(take(4), "3\r\na");
    channel.arrive_in_chunks("de");
    EXPECT_EQ(take(100), "bc\r\n2\r\nde\r\n");
    channel.arrive_in_chunks("f");
    EXPECT_EQ(take(5), "1\r\nf\r") << "the chunk's end has no room";
    EXPECT_EQ(channel.unread(), 0U);
    EXPECT_EQ(take(5), "\n");
    EXPECT_EQ(take(5), "");
}

} // namespace
} // namespace gatehouse::net
