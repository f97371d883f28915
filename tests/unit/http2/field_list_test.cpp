#include "proxy/http2/field_list.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http2 {
namespace {

std::string text_of(FieldList& list)
{
    std::string text;
    for (auto const& field : list.fields()) {
        text.append(reinterpret_cast<char const*>(field.name), field.namelen).append("=");
        text.append(reinterpret_cast<char const*>(field.value), field.valuelen);
        text.append(field.flags == NGHTTP2_NV_FLAG_NO_INDEX ? "! " : " ");
    }
    return text;
}

TEST(FieldList, LeavesTheConnectionsFieldsOutAndKeepsSecretsOutOfTheTable)
{
    http1::RequestHead head;
    ASSERT_EQ(http1::read_request_head("POST /a?b HTTP/1.1\r\nHost: c.example\r\nX-Odd: 1\r\nCookie: d=e\r\nAuthorization: f\r\n"
                                       "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
                  head)
                  .kind,
        http1::HeadStatus::Kind::done);
    FieldList list;
    list.set_request(head);
    EXPECT_EQ(text_of(list), ":method=POST :scheme=https :authority=c.example :path=/a?b x-odd=1 cookie=d=e! authorization=f! ");
}

TEST(FieldList, TellsServersOfGrpcThatTrailersComeThrough)
{
    http1::RequestHead head;
    (void)http1::read_request_head(
        "POST /s HTTP/1.1\r\nHost: c\r\nContent-Type: application/grpc+proto\r\nContent-Length: 0\r\n\r\n", head);
    FieldList list;
    list.set_request(head);
    EXPECT_TRUE(text_of(list).ends_with("te=trailers "));
}

TEST(FieldList, MakesOfAnUpgradeWhatHttp2HasForIt)
{
    http1::ResponseHead head;
    std::string scratch;
    unsigned deviations = 0;
    (void)http1::read_response_head("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: "
                                    "Upgrade\r\nSec-WebSocket-Accept: a\r\nSec-WebSocket-Protocol: b\r\n\r\n",
        {false, true}, head, scratch, deviations);
    FieldList list;
    list.set_response(head);
    EXPECT_EQ(text_of(list), ":status=200 sec-websocket-protocol=b ");
}

TEST(FieldList, ReadsTrailerLines)
{
    FieldList list;
    list.set_lines("Grpc-Status: 0\r\ngrpc-message:\tfine \r\n");
    EXPECT_EQ(text_of(list), "grpc-status=0 grpc-message=fine ");
    list.set_lines("");
    EXPECT_EQ(text_of(list), "");
}

} // namespace
} // namespace gatehouse::http2
