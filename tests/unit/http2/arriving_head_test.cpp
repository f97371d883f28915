#include "proxy/http2/arriving_head.hpp"

#include "proxy/http1/head.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http2 {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

ArrivingHead head_of(Fields const& fields)
{
    ArrivingHead head;
    for (auto const& [name, value] : fields)
        head.add(name, value);
    return head;
}

Fields request(Fields more = {}, std::string const& method = "GET", std::string const& scheme = "https")
{
    Fields fields{{":method", method}, {":scheme", scheme}, {":authority", "a.example"}, {":path", "/b?c"}};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
}

std::string request_text(Fields const& fields, bool ended = true)
{
    auto const head = head_of(fields);
    std::string text;
    return head.append_request(text, head.body(ended), "KEY") ? text : "nothing";
}

std::string response_text(Fields const& fields, bool ended, std::string_view method = "GET")
{
    auto const head = head_of(fields);
    std::string text;
    head.append_response(text, head.body(ended), method);
    return text;
}

TEST(ArrivingHead, BecomesARequestOfOneNameAndOneCookieField)
{
    EXPECT_EQ(request_text(request({{"cookie", "a=1"}, {"x-odd", "1"}, {"cookie", "b=2"}, {"host", "a.example"}})),
        "GET /b?c HTTP/1.1\r\nhost: a.example\r\nx-odd: 1\r\ncookie: a=1; b=2\r\n\r\n");
    EXPECT_EQ(request_text({{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"host", "a.example"}}),
        "GET / HTTP/1.1\r\nhost: a.example\r\n\r\n");
}

TEST(ArrivingHead, SaysHowTheBodyIsFramed)
{
    EXPECT_EQ(
        request_text(request({}, "POST"), false), "POST /b?c HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n");
    EXPECT_EQ(request_text(request({{"content-length", "3"}}, "POST"), false),
        "POST /b?c HTTP/1.1\r\nhost: a.example\r\ncontent-length: 3\r\n\r\n");
}

http1::Refusal refusal_of(std::string const& text)
{
    http1::RequestHead head;
    return http1::read_request_head(text, head).refusal;
}

TEST(ArrivingHead, LeavesToTheGateWhatTheGateRefuses)
{
    EXPECT_EQ(refusal_of(request_text(request({{"host", "b.example"}}))), http1::Refusal::bad_host);
    EXPECT_EQ(refusal_of(request_text(request({{"x", std::string(40000, 'v')}}))), http1::Refusal::head_too_large);
    EXPECT_EQ(refusal_of(request_text(request({{"x", std::string(400000, 'v')}}))), http1::Refusal::head_too_large);
    EXPECT_TRUE(request_text(request({}, "GET", "http")).starts_with("GET http://a.example/b?c HTTP/1.1\r\n"));
    EXPECT_TRUE(request_text({{":method", "CONNECT"}, {":authority", "a.example:443"}})
                    .starts_with("CONNECT a.example:443 HTTP/1.1\r\n"));
}

TEST(ArrivingHead, SaysWhenNobodyNeedLookAtTheRest)
{
    ArrivingHead head;
    std::size_t fields = 0;
    while (head.add("x", std::string(4000, 'v')))
        ++fields;
    EXPECT_GT(fields, 100U) << "what is only too large is answered";
    EXPECT_LT(fields, 300U);
}

TEST(ArrivingHead, IsNothingIfAWordHoldsBlanks)
{
    for (auto const* text : {"/a b", "/a\r\nx: 1", "/a\tb", "/\x7f"})
        EXPECT_EQ(
            request_text({{":method", "GET"}, {":scheme", "https"}, {":authority", "a.example"}, {":path", text}}), "nothing")
            << text;
    EXPECT_EQ(request_text({{":method", "G T"}, {":scheme", "https"}, {":authority", "a.example"}, {":path", "/"}}), "nothing");
    EXPECT_EQ(request_text({{":method", "GET"}, {":scheme", "https"}, {":authority", "a example"}, {":path", "/"}}), "nothing");
}

TEST(ArrivingHead, OpensAWebSocketAsHttp1Does)
{
    auto fields = request({{":protocol", "websocket"}, {"sec-websocket-version", "13"}}, "CONNECT");
    auto const text = request_text(fields, false);
    EXPECT_EQ(text,
        "GET /b?c HTTP/1.1\r\nhost: a.example\r\nsec-websocket-version: 13\r\n"
        "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: KEY\r\n\r\n");
    http1::RequestHead head;
    EXPECT_EQ(http1::read_request_head(text, head).kind, http1::HeadStatus::Kind::done);
    EXPECT_TRUE(head.wants_websocket);
}

TEST(ArrivingHead, BecomesAResponseWhoseEndIsKnown)
{
    EXPECT_EQ(
        response_text({{":status", "200"}, {"x", "1"}}, false), "HTTP/1.1 200 \r\nx: 1\r\ntransfer-encoding: chunked\r\n\r\n");
    EXPECT_EQ(response_text({{":status", "200"}}, true), "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n");
    EXPECT_EQ(response_text({{":status", "200"}}, true, "HEAD"), "HTTP/1.1 200 \r\n\r\n");
    EXPECT_EQ(response_text({{":status", "304"}}, true), "HTTP/1.1 304 \r\n\r\n");
    EXPECT_EQ(response_text({{":status", "103"}, {"link", "x"}}, true), "HTTP/1.1 103 \r\nlink: x\r\n\r\n");
}

} // namespace
} // namespace gatehouse::http2
