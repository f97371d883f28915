// HOSTILE catalogue 2.7: what an origin may answer.
#include "hostile_case.hpp"

#include "proxy/http1/body.hpp"

namespace gatehouse::http1 {
namespace {

using namespace std::string_literals;

struct Read {
    HeadStatus status;
    ResponseHead head;
    std::string scratch;
    unsigned deviations = 0;
};

/// Left in place: the head's views may point into `scratch`.
void read_into(Read& read, std::string_view bytes, ResponseContext context = {})
{
    read.status = read_response_head(bytes, context, read.head, read.scratch, read.deviations);
}

std::string ok(std::string const& field_lines)
{
    return "HTTP/1.1 200 OK\r\n" + field_lines + "\r\n";
}

class ResponseSyntax : public testing::TestWithParam<HostileCase> { };

TEST_P(ResponseSyntax, IsDecided)
{
    Read read;
    read_into(read, GetParam().bytes);
    EXPECT_EQ(to_text(read.status.refusal), to_text(GetParam().refusal));
    EXPECT_EQ(read.status.kind, GetParam().refusal == Refusal::none ? HeadStatus::Kind::done : HeadStatus::Kind::refused);
}

std::string many_fields(std::size_t count)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += "a:b\r\n";
    return text;
}

HostileCase const cases[]{
    {173, "length and coding", ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), Refusal::bad_response},
    {173, "coding and length", ok("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), Refusal::bad_response},
    {173, "unknown coding and length", ok("Transfer-Encoding: x\r\nContent-Length: 5\r\n"), Refusal::bad_response},
    {174, "two different lengths", ok("Content-Length: 5\r\nContent-Length: 6\r\n"), Refusal::bad_response},
    {174, "list of different lengths", ok("Content-Length: 5, 6\r\n"), Refusal::bad_response},
    {174, "two equal lengths", ok("Content-Length: 5\r\nContent-Length: 5\r\n"), Refusal::none},
    {174, "list of equal lengths", ok("Content-Length: 5 , 5\r\n"), Refusal::none},
    {174, "list with an empty member", ok("Content-Length: 5,\r\n"), Refusal::bad_response},
    {174, "length with plus", ok("Content-Length: +5\r\n"), Refusal::bad_response},
    {174, "length too large", ok("Content-Length: 9223372036854775807\r\n"), Refusal::bad_response},
    {175, "chunked in HTTP 1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Refusal::bad_response},
    {176, "unknown coding", ok("Transfer-Encoding: gzip\r\n"), Refusal::bad_response},
    {176, "gzip and chunked", ok("Transfer-Encoding: gzip, chunked\r\n"), Refusal::bad_response},
    {176, "chunked twice", ok("Transfer-Encoding: chunked, chunked\r\n"), Refusal::bad_response},
    {176, "identity", ok("Transfer-Encoding: identity\r\n"), Refusal::bad_response},
    {178, "status 000", "HTTP/1.1 000 X\r\n\r\n", Refusal::bad_response},
    {178, "status 099", "HTTP/1.1 099 X\r\n\r\n", Refusal::bad_response},
    {178, "status 600", "HTTP/1.1 600 X\r\n\r\n", Refusal::bad_response},
    {178, "status 999", "HTTP/1.1 999 X\r\n\r\n", Refusal::bad_response},
    {178, "status 1000", "HTTP/1.1 1000 X\r\n\r\n", Refusal::bad_response},
    {178, "status of two digits", "HTTP/1.1 20 X\r\n\r\n", Refusal::bad_response},
    {178, "status with sign", "HTTP/1.1 +20 X\r\n\r\n", Refusal::bad_response},
    {179, "no reason phrase", "HTTP/1.1 200\r\n\r\n", Refusal::none},
    {179, "empty reason phrase", "HTTP/1.1 200 \r\n\r\n", Refusal::none},
    {179, "bare LF line ends", "HTTP/1.1 200 OK\nX: y\n\n", Refusal::none},
    {180, "folded field", ok("X: a\r\n  b\r\n"), Refusal::none},
    {180, "space before colon", ok("X : a\r\n"), Refusal::none},
    {180, "folded length", ok("Content-Length:\r\n 5\r\n"), Refusal::bad_response},
    {180, "folded coding", ok("Transfer-Encoding: chunked,\r\n gzip\r\n"), Refusal::bad_response},
    {180, "fold under the status line", ok(" X: a\r\n"), Refusal::bad_response},
    {180, "fold of blanks", ok("X: a\r\n \r\nY: b\r\n"), Refusal::bad_response},
    {181, "NUL in a value", ok("X: a\0b\r\n"s), Refusal::bad_response},
    {181, "CR in a value", ok("X: a\rb\r\n"), Refusal::bad_response},
    {181, "CR in the reason", "HTTP/1.1 200 O\rK\r\n\r\n", Refusal::bad_response},
    {181, "NUL in the reason", "HTTP/1.1 200 O\0K\r\n\r\n"s, Refusal::bad_response},
    {181, "line without colon", ok("nonsense\r\n"), Refusal::bad_response},
    {181, "empty name", ok(": x\r\n"), Refusal::bad_response},
    {181, "blank name", ok("X\r\n : x\r\n"), Refusal::bad_response},
    {181, "high byte in a name", ok("\xe4: x\r\n"), Refusal::bad_response},
    {182, "head of 1 MiB", ok("X: " + std::string(1 << 20, 'a') + "\r\n"), Refusal::bad_response},
    {182, "100000 fields", ok(many_fields(100'000)), Refusal::bad_response},
    {184, "unasked 101", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", Refusal::bad_response},
    {184, "101 without protocol", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n", Refusal::bad_response},
    {190, "HTTP 0.9 body", "<html>", Refusal::bad_response},
    {190, "HTTP 2 response", "HTTP/2 200 OK\r\n\r\n", Refusal::bad_response},
    {190, "ICY", "ICY 200 OK\r\n\r\n", Refusal::bad_response},
    {190, "HTTP 1.2 response", "HTTP/1.2 200 OK\r\n\r\n", Refusal::bad_response},
    {0, "two spaces before the status", "HTTP/1.1  200 OK\r\n\r\n", Refusal::bad_response},
    {0, "empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", Refusal::bad_response},
};

INSTANTIATE_TEST_SUITE_P(Hostile, ResponseSyntax, testing::ValuesIn(cases), case_name);

TEST(ResponseFraming, DependsOnStatusAndRequest) // catalogue lines 174, 177 and 191
{
    struct {
        std::string bytes;
        bool head_request;
        Framing framing;
        std::uint64_t length;
        bool keep_alive;
    } const rows[]{
        {ok("Content-Length: 5\r\n"), false, Framing::length, 5, true},
        {ok("Content-Length: 5,5\r\n"), false, Framing::length, 5, true},
        {ok("Content-Length: 0\r\n"), false, Framing::length, 0, true},
        {ok("Content-Length: 5\r\nConnection: close\r\n"), false, Framing::length, 5, false},
        {ok("Transfer-Encoding: Chunked\r\n"), false, Framing::chunked, 0, true},
        {ok(""), false, Framing::until_close, 0, false},
        {ok("Content-Length: 5\r\n"), true, Framing::none, 5, true},
        {ok("Transfer-Encoding: chunked\r\n"), true, Framing::none, 0, true},
        {"HTTP/1.1 204 No Content\r\n\r\n", false, Framing::none, 0, true},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", false, Framing::none, 0, true},
        {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false, Framing::none, 5, false},
        {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", false, Framing::none, 0, false},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, Framing::none, 5, true},
        {"HTTP/1.1 100 Continue\r\n\r\n", false, Framing::none, 0, true},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", false, Framing::length, 5, false},
        {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", false, Framing::length, 5, true},
        {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", false, Framing::until_close, 0, false},
    };
    for (auto const& row : rows) {
        Read read;
        read_into(read, row.bytes, {row.head_request, false});
        ASSERT_EQ(read.status.kind, HeadStatus::Kind::done) << row.bytes;
        EXPECT_EQ(read.head.framing, row.framing) << row.bytes;
        EXPECT_EQ(read.head.content_length, row.length) << row.bytes;
        EXPECT_EQ(read.head.keep_alive, row.keep_alive) << row.bytes;
    }
}

TEST(ResponseUpgrade, IsTakenWhenAsked)
{
    Read read;
    read_into(read, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", {false, true});
    ASSERT_EQ(read.status.kind, HeadStatus::Kind::done);
    EXPECT_TRUE(read.head.switches_protocol);
    EXPECT_FALSE(read.head.keep_alive);
}

TEST(ResponseUpgrade, IsRefusedToAnyOtherProtocolThanTheOneAskedFor) // catalogue line 184
{
    for (auto const* const fields : {"Connection: Upgrade\r\nUpgrade: h2c\r\n", "Upgrade: websocket\r\n",
             "Connection: Upgrade\r\n", "Connection: Upgrade\r\nUpgrade: websocket\r\nUpgrade: h2c\r\n"}) {
        Read read;
        read_into(read, std::string{"HTTP/1.1 101 Switching Protocols\r\n"} + fields + "\r\n", {false, true});
        EXPECT_EQ(read.status.kind, HeadStatus::Kind::refused) << fields;
    }
}

TEST(ResponseDeviations, AreNormalisedAndCounted)
{
    struct {
        std::string bytes;
        unsigned deviations;
        std::string_view reason, value;
    } const rows[]{
        {ok("X: a b\r\n"), 0, "OK", "a b"},
        {"HTTP/1.1 200\r\nX: a b\r\n\r\n", 1, "", "a b"},
        {"HTTP/1.1 200 OK\nX: a b\n\n", 3, "OK", "a b"},
        {"HTTP/1.1 200\nX :a b\n\n", 5, "", "a b"},
        {ok("X\t : a b\r\n"), 1, "OK", "a b"},
        {ok("X: a\r\n\t  b\r\n"), 1, "OK", "a b"},
        {ok("X: a\r\n b \r\n\tc\r\n"), 2, "OK", "a b c"},
        {ok("X:\r\n a b\r\n"), 1, "OK", "a b"},
    };
    for (auto const& row : rows) {
        Read read;
        auto const bytes = row.bytes + "body";
        read_into(read, bytes);
        ASSERT_EQ(read.status.kind, HeadStatus::Kind::done) << row.bytes;
        EXPECT_EQ(read.status.size, row.bytes.size()) << row.bytes;
        EXPECT_EQ(read.deviations, row.deviations) << row.bytes;
        EXPECT_EQ(read.head.reason, row.reason) << row.bytes;
        EXPECT_EQ(read.head.find("x"), std::optional{row.value}) << row.bytes;
    }
}

TEST(ResponseHead, KeepsTheTypeThatBrowsersTake)
{
    struct Case {
        std::string_view fields, type;
    };
    for (auto const& [fields, type] : {Case{"Content-Type: image/png\r\n", "image/png"},
             Case{"Content-Type: image/png\r\nX: y\r\ncontent-type: text/html\r\n", "text/html"},
             Case{"Content-Type: image/png, text/html\r\n", "text/html"},
             Case{"Content-Type: text/html\r\nContent-Type: */*\r\nContent-Type: png\r\nContent-Type: \r\n", "text/html"},
             Case{"Content-Type: text/html; charset=utf-8\r\nContent-Type: TEXT/html\r\n", "text/html; charset=utf-8"},
             Case{"Content-Type: text/html\r\nContent-Type: text/html; charset=utf-8\r\n", "text/html; charset=utf-8"},
             Case{"Content-Type: html\r\nContent-Type: image/png\r\n", "image/png"}}) {
        Read read;
        auto const bytes = ok("A: b\r\n" + std::string{fields} + "Z: b\r\nContent-Length: 0\r\n");
        read_into(read, bytes);
        ASSERT_EQ(read.status.kind, HeadStatus::Kind::done) << fields;
        EXPECT_EQ(read.head.find("Content-Type"), type) << fields;
        EXPECT_EQ(read.head.joined("Content-Type"), type) << fields;
        EXPECT_EQ(read.head.find("Z"), "b") << fields;
    }
}

TEST(ResponseHead, JoinsTheValuesOfSeveralFields)
{
    Read read;
    auto const bytes = ok("Content-Encoding: gzip\r\nX: y\r\ncontent-encoding: br\r\nContent-Length: 0\r\n");
    read_into(read, bytes);
    EXPECT_EQ(read.head.joined("Content-Encoding"), "gzip, br");
    EXPECT_EQ(read.head.joined("Content-Language"), "");
}

TEST(ResponseHead, NeedsMoreUntilTheLastByte)
{
    std::string const bytes = "HTTP/1.1 200 OK\r\nX : a\r\n b\r\nContent-Length: 5\n\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Read read;
        read_into(read, std::string_view{bytes}.substr(0, size));
        EXPECT_EQ(read.status.kind, HeadStatus::Kind::need_more) << size;
    }
    Read read;
    read_into(read, bytes);
    EXPECT_EQ(read.status.kind, HeadStatus::Kind::done);
}

} // namespace
} // namespace gatehouse::http1
