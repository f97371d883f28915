#include "proxy/http2/websocket_key.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http2 {
namespace {

TEST(WebsocketKey, IsAnsweredAsTheRfcSays)
{
    EXPECT_EQ(accept_of("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="); // RFC 6455 §1.3
}

TEST(WebsocketKey, IsNewEachTimeAndOfTheRightSize)
{
    auto const key = make_websocket_key();
    EXPECT_EQ(key.size(), 24U);
    EXPECT_NE(key, make_websocket_key());
}

} // namespace
} // namespace gatehouse::http2
