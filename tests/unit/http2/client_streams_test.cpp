#include "proxy/http2/client_streams.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http2 {
namespace {

TEST(ClientStreamsTest, CountOverAllConnectionsOfAClientAndOfNoOther)
{
    ClientStreams streams;
    auto const me = policy::IpAddress::from_v4(0x0a000001), other = policy::IpAddress::from_v4(0x0a000002);
    ClientStreams::Share first(streams, me), second(streams, me), others(streams, other);
    EXPECT_TRUE(first.take(2));
    EXPECT_TRUE(second.take(2));
    EXPECT_FALSE(first.take(2)) << "another connection took the last";
    EXPECT_TRUE(others.take(2));
    second.give_back();
    EXPECT_TRUE(first.take(2));
}

TEST(ClientStreamsTest, RemainCountedUntilTheLastConnectionEnds)
{
    ClientStreams streams;
    auto const me = policy::IpAddress::from_v4(0x0a000001);
    {
        ClientStreams::Share first(streams, me);
        EXPECT_TRUE(first.take(1));
        {
            ClientStreams::Share const second(streams, me);
        }
        EXPECT_FALSE(first.take(1)) << "a connection that ended took nothing with it";
    }
    ClientStreams::Share next(streams, me);
    EXPECT_TRUE(next.take(1));
}

} // namespace
} // namespace gatehouse::http2
