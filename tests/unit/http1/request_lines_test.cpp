// HOSTILE catalogue 2.3: lines, names, values and what else a request head may hold.
#include "hostile_case.hpp"

namespace gatehouse::http1 {
namespace {

using namespace std::string_literals;

class RequestLines : public testing::TestWithParam<HostileCase> { };

TEST_P(RequestLines, AreDecided)
{
    RequestHead head;
    auto const status = read_request_head(GetParam().bytes, head);
    EXPECT_EQ(to_text(status.refusal), to_text(GetParam().refusal));
    EXPECT_EQ(status.kind, GetParam().refusal == Refusal::none ? HeadStatus::Kind::done : HeadStatus::Kind::refused);
}

std::string request_line(std::string const& line)
{
    return line + "\r\nHost: a.example\r\n\r\n";
}

std::string many_fields(std::size_t count, std::string const& line)
{
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += line;
    return text;
}

HostileCase const cases[]{
    {73, "bare LF line ends", "GET http://a.example/ HTTP/1.1\nHost: a.example\n\n", Refusal::syntax},
    {73, "bare LF at one line", "GET http://a.example/ HTTP/1.1\r\nHost: a.example\nX: y\r\n\r\n", Refusal::syntax},
    {73, "bare LF at the empty line", "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\n", Refusal::syntax},
    {74, "bare CR line ends", "GET http://a.example/ HTTP/1.1\rHost: a.example\r\r", Refusal::syntax},
    {75, "CR inside a value", get("X: a\rb\r\n"), Refusal::syntax},
    {75, "CR CR LF", get("X: a\r\r\n"), Refusal::syntax},
    {76, "LF inside a value", get("X: a\nb\r\n"), Refusal::syntax},
    {77, "NUL inside a value", get("X: a\0b\r\n"s), Refusal::syntax},
    {77, "NUL inside a name", get("X\0: b\r\n"s), Refusal::syntax},
    {78, "control byte inside a value",
        get("X: a\x01"
            "b\r\n"),
        Refusal::syntax},
    {78, "DEL inside a value",
        get("X: a\x7f"
            "b\r\n"),
        Refusal::syntax},
    {79, "high bytes in a value", get("X: \xe4\xf6\xfc\r\n"), Refusal::none},
    {79, "high bytes in Host", "GET http://a.example/ HTTP/1.1\r\nHost: \xe4.example\r\n\r\n", Refusal::bad_host},
    {79, "high byte behind Host", "GET http://a.example/ HTTP/1.1\r\nHost: a.example\x85\r\n\r\n", Refusal::bad_host},
    {79, "high bytes in Connection", get("Connection: close\xa0\r\n"), Refusal::syntax},
    {79, "high bytes in a length", post("Content-Length: 5\xa0\r\n"), Refusal::bad_content_length},
    {80, "empty name", get(": x\r\n"), Refusal::syntax},
    {81, "line without colon", get("nonsense\r\n"), Refusal::syntax},
    {82, "space inside a name", get("X Y: z\r\n"), Refusal::syntax},
    {82, "space behind a name", get("X : z\r\n"), Refusal::syntax},
    {83, "high byte in a name", get("X\xe4: z\r\n"), Refusal::syntax},
    {84, "white space before the first field", "GET http://a.example/ HTTP/1.1\r\n Host: a.example\r\n\r\n",
        Refusal::obsolete_folding},
    {84, "tab before the first field", "GET http://a.example/ HTTP/1.1\r\n\tX: y\r\nHost: a.example\r\n\r\n",
        Refusal::obsolete_folding},
    {85, "folded field", get("X: a\r\n b\r\n"), Refusal::obsolete_folding},
    {85, "field folded with a tab", get("X: a\r\n\tb\r\n"), Refusal::obsolete_folding},
    {85, "folded blank line", get("X: a\r\n \r\n"), Refusal::obsolete_folding},
    {86, "name continued on the next line", get("X-\r\nName: b\r\n"), Refusal::syntax},
    {87, "a thousand short fields", get(many_fields(1000, "a:b\r\n")), Refusal::too_many_fields},
    {88, "a hundred fields of 1 KiB", get(many_fields(100, "X: " + std::string(1019, 'a') + "\r\n")), Refusal::head_too_large},
    {89, "one field of 1 MiB", get("X: " + std::string(1 << 20, 'a') + "\r\n"), Refusal::head_too_large},
    {90, "method of 8 KiB", std::string(8192, 'A') + " http://a.example/ HTTP/1.1\r\n\r\n", Refusal::method_too_long},
    {91, "target of 70 kB", request_line("GET http://a.example/" + std::string(70000, 'a') + " HTTP/1.1"),
        Refusal::target_too_long},
    {92, "one empty line first", "\r\n" + get(""), Refusal::none},
    {93, "four empty lines first", "\r\n\r\n\r\n\r\n" + get(""), Refusal::none},
    {93, "five empty lines first", "\r\n\r\n\r\n\r\n\r\n" + get(""), Refusal::syntax},
    {93, "bare LF first", "\n" + get(""), Refusal::syntax},
    {94, "two spaces before the target", request_line("GET  http://a.example/ HTTP/1.1"), Refusal::syntax},
    {94, "two spaces before the version", request_line("GET http://a.example/  HTTP/1.1"), Refusal::syntax},
    {94, "tab before the target", request_line("GET\thttp://a.example/ HTTP/1.1"), Refusal::syntax},
    {94, "tab before the version", request_line("GET http://a.example/\tHTTP/1.1"), Refusal::syntax},
    {94, "trailing space", request_line("GET http://a.example/ HTTP/1.1 "), Refusal::syntax},
    {94, "leading space", request_line(" GET http://a.example/ HTTP/1.1"), Refusal::syntax},
    {95, "space inside the target", request_line("GET http://a.example/a b HTTP/1.1"), Refusal::syntax},
    {96, "HTTP 0.9", "GET http://a.example/\r\n", Refusal::syntax},
    {96, "HTTP 0.1", request_line("GET http://a.example/ HTTP/0.1"), Refusal::syntax},
    {96, "HTTP 1.10", request_line("GET http://a.example/ HTTP/1.10"), Refusal::syntax},
    {96, "HTTP 01.1", request_line("GET http://a.example/ HTTP/01.1"), Refusal::syntax},
    {96, "lower case http", request_line("GET http://a.example/ http/1.1"), Refusal::syntax},
    {96, "other protocol name", request_line("GET http://a.example/ HTCPCP/1.0"), Refusal::syntax},
    {97, "HTTP 1.2", request_line("GET http://a.example/ HTTP/1.2"), Refusal::version_not_supported},
    {97, "HTTP 1.9", request_line("GET http://a.example/ HTTP/1.9"), Refusal::version_not_supported},
    {97, "HTTP 2.0", request_line("GET http://a.example/ HTTP/2.0"), Refusal::version_not_supported},
    {97, "HTTP 9.0", request_line("GET http://a.example/ HTTP/9.0"), Refusal::version_not_supported},
    {98, "method with comma", request_line("GE,T http://a.example/ HTTP/1.1"), Refusal::syntax},
    {98, "method with brackets", request_line("G[]T http://a.example/ HTTP/1.1"), Refusal::syntax},
    {98, "unknown method", request_line("BREW http://a.example/ HTTP/1.1"), Refusal::method_not_implemented},
    {98, "lower case method", request_line("get http://a.example/ HTTP/1.1"), Refusal::method_not_implemented},
    {98, "WebDAV method", request_line("PROPFIND http://a.example/ HTTP/1.1"), Refusal::none},
    {99, "HTTP 2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Refusal::version_not_supported},
    {100, "TLS ClientHello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s, Refusal::not_http},
    {100, "first byte of TLS", "\x16", Refusal::not_http},
    {101, "SSH banner", "SSH-2.0-OpenSSH_9.2\r\n", Refusal::not_http},
    {101, "SMTP line", "EHLO a.example\r\n", Refusal::syntax},
    {100, "TLS with line feeds in its random bytes", "\x16\x03\x01\x02\n\x01\r\n\r\n", Refusal::not_http},
    {101, "binary", "\x00\x01\x02\xff"s, Refusal::not_http},
    {101, "letters then binary", "GE\x80\x81", Refusal::not_http},
    {102, "60000 commas", get("X-Forwarded-For: " + std::string(60000, ',') + "\r\n"), Refusal::head_too_large},
    {102, "30000 commas", get("X-Forwarded-For: " + std::string(30000, ',') + "\r\n"), Refusal::none},
    {103, "degenerate values",
        get("Date: x\r\nRange: bytes=--1,99999999999999999999-,,,\r\nContent-Range: bytes */*/*\r\nWarning: 999 - \"\r\n"
            "Vary: ,,*,,\r\nCache-Control: max-age=-99999999999999999999, =, \"\r\n"),
        Refusal::none},
    {104, "Connection names Host", get("Connection: Host\r\n"), Refusal::bad_connection_option},
    {104, "Connection names a length", get("Connection: close, content-length\r\n"), Refusal::bad_connection_option},
    {104, "Connection names the coding", get("Connection: Transfer-Encoding\r\n"), Refusal::bad_connection_option},
    {104, "Connection names Authorization", get("Connection: Authorization\r\n"), Refusal::none},
    {104, "Connection with 32 options", get("Connection: " + many_fields(31, "a,") + "a\r\n"), Refusal::none},
    {104, "Connection with 33 options", get("Connection: " + many_fields(32, "a,") + "a\r\n"), Refusal::bad_connection_option},
    {104, "Connection in two words", get("Connection: keep alive\r\n"), Refusal::syntax},
    {106, "two Proxy-Authorization", get("Proxy-Authorization: Basic YQ==\r\nProxy-Authorization: Basic Yg==\r\n"),
        Refusal::syntax},
    {108, "unknown expectation", get("Expect: the-unexpected\r\n"), Refusal::expectation_failed},
    {109, "expectation twice", post("Content-Length: 1\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n"), Refusal::none},
    {111, "TRACE", request_line("TRACE http://a.example/ HTTP/1.1"), Refusal::method_not_allowed},
    {111, "TRACE without hops left", request_line("TRACE http://a.example/ HTTP/1.1\r\nMax-Forwards: 0"),
        Refusal::method_not_allowed},
    {112, "no Host in 1.1", "GET http://a.example/ HTTP/1.1\r\n\r\n", Refusal::missing_host},
    {112, "no Host in 1.0", "GET http://a.example/ HTTP/1.0\r\n\r\n", Refusal::none},
    {113, "two equal Host", get("Host: a.example\r\n"), Refusal::bad_host},
    {113, "two different Host", get("Host: b.example\r\n"), Refusal::bad_host},
};

INSTANTIATE_TEST_SUITE_P(Hostile, RequestLines, testing::ValuesIn(cases), case_name);

TEST(RequestHead, IsReadIntoViewsOfTheBytes)
{
    std::string const bytes
        = "\r\nGET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\nProxy-Authorization:  Basic YQ== \r\nEmpty:\r\n\r\nrest";
    RequestHead head;
    auto const status = read_request_head(bytes, head);
    ASSERT_EQ(status.kind, HeadStatus::Kind::done);
    EXPECT_EQ(status.size, bytes.size() - 4);
    EXPECT_EQ(head.method, "GET");
    EXPECT_EQ(head.target, "http://a.example/x?y");
    EXPECT_EQ(head.target.data(), bytes.data() + 6);
    EXPECT_EQ(head.minor_version, 1U);
    EXPECT_EQ(head.host, "a.example");
    EXPECT_EQ(head.proxy_authorization, "Basic YQ==");
    ASSERT_EQ(head.fields().size(), 3U);
    EXPECT_EQ(head.find("EMPTY"), std::optional<std::string_view>{""});
    EXPECT_EQ(head.find("absent"), std::nullopt);
}

TEST(RequestHead, NeedsMoreUntilTheLastByte)
{
    auto const bytes = "\r\n" + get("X: y\r\n");
    RequestHead head;
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_EQ(read_request_head(std::string_view{bytes}.substr(0, size), head).kind, HeadStatus::Kind::need_more) << size;
    EXPECT_EQ(read_request_head(bytes, head).kind, HeadStatus::Kind::done);
}

TEST(RequestHead, KeepsNothingOfTheMessageBefore)
{
    RequestHead head;
    auto const first
        = post("Content-Length: 5\r\nExpect: 100-continue\r\nProxy-Authorization: Basic YQ==\r\nConnection: close\r\n");
    ASSERT_EQ(read_request_head(first, head).kind, HeadStatus::Kind::done);
    ASSERT_EQ(read_request_head("GET http://b.example/ HTTP/1.1\r\nHost: b.example\r\n\r\n", head).kind, HeadStatus::Kind::done);
    EXPECT_EQ(head.framing, Framing::none);
    EXPECT_EQ(head.content_length, 0U);
    EXPECT_TRUE(head.keep_alive);
    EXPECT_FALSE(head.expects_continue);
    EXPECT_EQ(head.proxy_authorization, "");
    EXPECT_EQ(head.fields().size(), 1U);
}

TEST(RequestHead, TellsMethodAndTargetOfARefusedRequest)
{
    RequestHead head;
    auto const bytes = get("X : y\r\n");
    EXPECT_EQ(read_request_head(bytes, head).kind, HeadStatus::Kind::refused);
    EXPECT_EQ(head.method, "GET");
    EXPECT_EQ(head.target, "http://a.example/");
}

TEST(RequestHead, RefusesAsSoonAsTheFaultIsSeen)
{
    struct {
        std::string opening;
        Refusal refusal;
    } const rows[]{
        {std::string(33, 'A'), Refusal::method_too_long},
        {"GET " + std::string(16385, 'a'), Refusal::target_too_long},
        {"GET a HTTP/1.1x", Refusal::syntax},
        {"GET a b HTTP/1", Refusal::syntax},
        {"GET /\r\n", Refusal::syntax},
        {"GET http://a/ HTTP/3.0\r\n", Refusal::version_not_supported},
        {"GET http://a/ HTTP/1.1\r\nX: a\n", Refusal::syntax},
        {"GET http://a/ HTTP/1.1\r\nX: a\rb", Refusal::syntax},
        {"GET http://a/ HTTP/1.1\r\nX: a\r\n b\r\n", Refusal::obsolete_folding},
        {"GET http://a/ HTTP/1.1\r\nX: " + std::string(32 * 1024, 'a'), Refusal::head_too_large},
        {"\x16", Refusal::not_http},
        {"SSH-", Refusal::not_http},
        {"\n", Refusal::syntax},
        {" ", Refusal::syntax},
    };
    for (auto const& row : rows) {
        RequestHead head;
        EXPECT_EQ(to_text(read_request_head(row.opening, head).refusal), to_text(row.refusal)) << row.opening.substr(0, 60);
    }
}

} // namespace
} // namespace gatehouse::http1
