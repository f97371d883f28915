// HOSTILE catalogue 2.1: who can tell where a request body ends.
#include "hostile_case.hpp"

#include "proxy/http1/framing.hpp"

#include <gmock/gmock.h>

namespace gatehouse::http1 {
namespace {

using namespace std::string_literals;

class RequestFraming : public testing::TestWithParam<HostileCase> { };

TEST_P(RequestFraming, IsDecided)
{
    RequestHead head;
    auto const status = read_request_head(GetParam().bytes, head);
    EXPECT_EQ(to_text(status.refusal), to_text(GetParam().refusal));
    EXPECT_EQ(status.kind, GetParam().refusal == Refusal::none ? HeadStatus::Kind::done : HeadStatus::Kind::refused);
}

HostileCase const cases[]{
    {1, "length and coding", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), Refusal::framing_conflict},
    {2, "coding and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), Refusal::framing_conflict},
    {3, "both and close", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n"),
        Refusal::framing_conflict},
    {4, "two different lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n"), Refusal::framing_conflict},
    {5, "two identical lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n"), Refusal::framing_conflict},
    {6, "length list with equal members", post("Content-Length: 5, 5\r\n"), Refusal::bad_content_length},
    {7, "length list with different members", post("Content-Length: 5, 6\r\n"), Refusal::bad_content_length},
    {8, "length with plus", post("Content-Length: +5\r\n"), Refusal::bad_content_length},
    {9, "length negative", post("Content-Length: -1\r\n"), Refusal::bad_content_length},
    {9, "length minus zero", post("Content-Length: -0\r\n"), Refusal::bad_content_length},
    {10, "length in hexadecimal", post("Content-Length: 0x5\r\n"), Refusal::bad_content_length},
    {11, "length with underscore", post("Content-Length: 1_0\r\n"), Refusal::bad_content_length},
    {12, "length empty", post("Content-Length:\r\n"), Refusal::bad_content_length},
    {12, "length blank", post("Content-Length: \t \r\n"), Refusal::bad_content_length},
    {13, "empty length and a good one", post("Content-Length:\r\nContent-Length: 5\r\n"), Refusal::bad_content_length},
    {13, "good length and an empty one", post("Content-Length: 5\r\nContent-Length:\r\n"), Refusal::bad_content_length},
    {14, "length with leading zero", post("Content-Length: 05\r\n"), Refusal::bad_content_length},
    {14, "length of two zeros", post("Content-Length: 00\r\n"), Refusal::bad_content_length},
    {15, "length of 2 to the 64", post("Content-Length: 18446744073709551616\r\n"), Refusal::bad_content_length},
    {15, "length of 2 to the 64 plus 1", post("Content-Length: 18446744073709551617\r\n"), Refusal::bad_content_length},
    {16, "length of 2 to the 63 minus 1", post("Content-Length: 9223372036854775807\r\n"), Refusal::body_too_large},
    {17, "length with inner space", post("Content-Length: 1 0\r\n"), Refusal::bad_content_length},
    {18, "length with space before colon", post("Content-Length : 5\r\n"), Refusal::syntax},
    {19, "length on a folded line", post("Content-Length:\r\n 5\r\n"), Refusal::obsolete_folding},
    {20, "length with trailing letters", post("Content-Length: 1Z\r\n"), Refusal::bad_content_length},
    {21, "length spelled with underscore is no length", post("Content_Length: 5\r\n"), Refusal::none},
    {22, "chunked in HTTP 1.0", "POST http://a.example/ HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n",
        Refusal::bad_transfer_encoding},
    {23, "chunked in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        Refusal::framing_conflict},
    {24, "chunked twice", post("Transfer-Encoding: chunked, chunked\r\n"), Refusal::bad_transfer_encoding},
    {25, "chunked then gzip", post("Transfer-Encoding: chunked, gzip\r\n"), Refusal::bad_transfer_encoding},
    {26, "gzip then chunked", post("Transfer-Encoding: gzip, chunked\r\n"), Refusal::unsupported_transfer_coding},
    {27, "gzip alone", post("Transfer-Encoding: gzip\r\n"), Refusal::bad_transfer_encoding},
    {28, "xchunked with length", post("Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n"), Refusal::framing_conflict},
    {28, "xchunked alone", post("Transfer-Encoding: xchunked\r\n"), Refusal::bad_transfer_encoding},
    {29, "identity with length", post("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), Refusal::framing_conflict},
    {29, "length with identity", post("Content-Length: 5\r\nTransfer-Encoding: identity\r\n"), Refusal::framing_conflict},
    {30, "comma before chunked", post("Transfer-Encoding: ,chunked\r\n"), Refusal::bad_transfer_encoding},
    {30, "comma behind chunked", post("Transfer-Encoding: chunked,\r\n"), Refusal::bad_transfer_encoding},
    {31, "coding empty with length", post("Transfer-Encoding:\r\nContent-Length: 5\r\n"), Refusal::framing_conflict},
    {31, "coding empty", post("Transfer-Encoding:\r\n"), Refusal::bad_transfer_encoding},
    {32, "vertical tab before chunked", post("Transfer-Encoding: \vchunked\r\n"), Refusal::syntax},
    {32, "form feed before chunked", post("Transfer-Encoding: \fchunked\r\n"), Refusal::syntax},
    {33, "a0 before chunked",
        post("Transfer-Encoding: \xa0"
             "chunked\r\n"),
        Refusal::bad_transfer_encoding},
    {33, "85 behind chunked", post("Transfer-Encoding: chunked\x85\r\n"), Refusal::bad_transfer_encoding},
    {34, "quoted chunked", post("Transfer-Encoding: \"chunked\"\r\n"), Refusal::bad_transfer_encoding},
    {34, "quoted chunked with length", post("Transfer-Encoding: \"chunked\"\r\nContent-Length: 5\r\n"),
        Refusal::framing_conflict},
    {35, "chunked with parameter", post("Transfer-Encoding: chunked;a=b\r\n"), Refusal::bad_transfer_encoding},
    {36, "chunked on a folded line", post("Transfer-Encoding:\r\n chunked\r\n"), Refusal::obsolete_folding},
    {37, "coding with space before colon", post("Transfer-Encoding : chunked\r\n"), Refusal::syntax},
    {37, "coding with tab before colon", post("Transfer-Encoding\t: chunked\r\n"), Refusal::syntax},
    {38, "chunked in mixed case", post("Transfer-Encoding: cHuNkEd\r\n"), Refusal::none},
    {39, "coding behind a CR in a value", post("X: a\rTransfer-Encoding: chunked\r\n"), Refusal::syntax},
    {40, "GET with a body", get("Content-Length: 5\r\n"), Refusal::none},
    {41, "HEAD with a length", "HEAD http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\n",
        Refusal::body_not_allowed},
    {41, "HEAD with chunks", "HEAD http://a.example/ HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n",
        Refusal::body_not_allowed},
    {42, "OPTIONS with a body", "OPTIONS http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\n",
        Refusal::none},
    {42, "DELETE with a body", "DELETE http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\n",
        Refusal::none},
    {45, "POST without framing", post(""), Refusal::none},
    {131, "CONNECT with a length", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nContent-Length: 5\r\n\r\n",
        Refusal::body_not_allowed},
    {131, "CONNECT with chunks", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nTransfer-Encoding: chunked\r\n\r\n",
        Refusal::body_not_allowed},
    {0, "CONNECT with a length of zero", "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nContent-Length: 0\r\n\r\n",
        Refusal::none},
};

INSTANTIATE_TEST_SUITE_P(Hostile, RequestFraming, testing::ValuesIn(cases), case_name);

TEST(RequestFramingValues, AreDerivedFromTheFields)
{
    struct {
        std::string bytes;
        Framing framing;
        std::uint64_t length;
    } const rows[]{
        {post(""), Framing::none, 0},
        {post("Content-Length: 0\r\n"), Framing::length, 0},
        {post("Content-Length: 4611686018427387904\r\n"), Framing::length, limits::body_size},
        {post("content-length:  12\t\r\n"), Framing::length, 12},
        {post("Transfer-Encoding: CHUNKED\r\n"), Framing::chunked, 0},
        {post("Content_Length: 12\r\nTransfer_Encoding: chunked\r\n"), Framing::none, 0},
        {"HEAD http://a.example/ HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\n\r\n", Framing::none, 0},
    };
    for (auto const& row : rows) {
        RequestHead head;
        ASSERT_EQ(read_request_head(row.bytes, head).kind, HeadStatus::Kind::done) << row.bytes;
        EXPECT_EQ(head.framing, row.framing) << row.bytes;
        EXPECT_EQ(head.content_length, row.length) << row.bytes;
    }
}

TEST(RequestFramingValues, BytesBehindTheHeadAreNotPartOfIt) // catalogue lines 44 and 45
{
    auto const bytes = post("", "GET http://b.example/ HTTP/1.1\r\n");
    RequestHead head;
    EXPECT_EQ(read_request_head(bytes, head).size, bytes.size() - 32);
}

TEST(RequestPersistence, FollowsVersionAndConnection)
{
    struct {
        std::string_view version, fields;
        bool keep_alive;
    } const rows[]{
        {"1.1", "", true},
        {"1.1", "Connection: close\r\n", false},
        {"1.1", "Connection: Keep-Alive, CLOSE\r\n", false},
        {"1.1", "Proxy-Connection: close\r\n", false},
        {"1.1", "Connection: TE\r\nTE: trailers\r\n", true},
        {"1.0", "", false},
        {"1.0", "Connection: keep-alive\r\n", true},
        {"1.0", "Proxy-Connection: Keep-Alive\r\n", true},
        {"1.0", "Proxy-Connection: keep-alive\r\nConnection: close\r\n", false},
    };
    for (auto const& row : rows) {
        auto const bytes = "GET http://a.example/ HTTP/" + std::string(row.version) + "\r\nHost: a.example\r\n"
            + std::string(row.fields) + "\r\n";
        RequestHead head;
        ASSERT_EQ(read_request_head(bytes, head).kind, HeadStatus::Kind::done) << bytes;
        EXPECT_EQ(head.keep_alive, row.keep_alive) << bytes;
    }
}

TEST(RequestExpectation, CountsOnlyWithABodyToWaitFor) // catalogue lines 108 and 109
{
    struct {
        std::string bytes;
        Refusal refusal;
        bool expects;
    } const rows[]{
        {post("Content-Length: 5\r\nExpect: 100-continue\r\n"), Refusal::none, true},
        {post("Content-Length: 5\r\nExpect: 100-Continue\r\nExpect: 100-continue\r\n"), Refusal::none, true},
        {post("Expect: 100-continue\r\n"), Refusal::none, false},
        {"POST http://a.example/ HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", Refusal::none, false},
        {post("Content-Length: 5\r\nExpect: 200-ok\r\n"), Refusal::expectation_failed, false},
        {post("Content-Length: 5\r\nExpect:\r\n"), Refusal::expectation_failed, false},
        {post("Content-Length: 5\r\nExpect: 100-continue, x\r\n"), Refusal::expectation_failed, false},
    };
    for (auto const& row : rows) {
        RequestHead head;
        EXPECT_EQ(read_request_head(row.bytes, head).refusal, row.refusal) << row.bytes;
        EXPECT_EQ(head.expects_continue, row.expects) << row.bytes;
    }
}

TEST(RequestUpgrade, HonoursOnlyANominatedWebsocket) // catalogue line 107
{
    struct {
        std::string bytes;
        bool wanted;
    } const rows[]{
        {get("Connection: Upgrade\r\nUpgrade: websocket\r\n"), true},
        {get("Connection: keep-alive, upgrade\r\nUpgrade: WebSocket\r\n"), true},
        {get("Upgrade: websocket\r\n"), false},
        {get("Connection: Upgrade\r\nUpgrade: h2c\r\n"), false},
        {get("Connection: Upgrade\r\nUpgrade: websocket, h2c\r\n"), false},
        {get("Connection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n"), false},
        {get("Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n"), false},
        {get("Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 3\r\n"), false},
        {post("Connection: Upgrade\r\nUpgrade: websocket\r\n"), false},
        {"GET http://a.example/ HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false},
    };
    for (auto const& row : rows) {
        RequestHead head;
        ASSERT_EQ(read_request_head(row.bytes, head).kind, HeadStatus::Kind::done) << row.bytes;
        EXPECT_EQ(head.wants_websocket, row.wanted) << row.bytes;
    }
}

} // namespace
} // namespace gatehouse::http1
