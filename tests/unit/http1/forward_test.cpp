// Heads as we send them; catalogue lines 14, 21, 38, 64, 79 and 104 to 107, 139, 256.
#include "hostile_case.hpp"

#include "proxy/http1/forward.hpp"
#include "proxy/http1/target.hpp"

#include <gmock/gmock.h>

namespace gatehouse::http1 {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string forwarded(std::string_view bytes, ForwardOptions const& options = {})
{
    RequestHead head;
    if (read_request_head(bytes, head).kind != HeadStatus::Kind::done)
        return "refused";
    auto const resolved = resolve_target(head);
    if (resolved.refusal != Refusal::none)
        return "refused";
    std::string out;
    append_request_head(out, head, resolved.target, options);
    return out;
}

TEST(AppendRequestHead, SendsOriginFormWithFramingRebuilt)
{
    EXPECT_EQ(forwarded("GET http://A.example.:80/x?y HTTP/1.1\r\nhost: a.EXAMPLE\r\nAccept: */*\r\n\r\n"),
        "GET /x?y HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\nVia: 1.1 gatehouse\r\n\r\n");
    EXPECT_EQ(forwarded("POST http://[::1]:8080 HTTP/1.0\r\nContent-Length: 5\r\n\r\n", {"school", false}),
        "POST / HTTP/1.1\r\nHost: [::1]:8080\r\nVia: 1.0 school\r\nContent-Length: 5\r\n\r\n");
    EXPECT_EQ(forwarded(post("Transfer-Encoding: cHuNkEd\r\nExpect: 100-Continue\r\n")),
        "POST / HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 gatehouse\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(forwarded(post("")), "POST / HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 gatehouse\r\nContent-Length: 0\r\n\r\n");
}

TEST(AppendRequestHead, DropsWhatIsForThisHopOnly) // lines 105, 106, 256
{
    auto const out = forwarded(
        get("Connection: close, X-Hop, TE\r\nProxy-Connection: close\r\nKeep-Alive: timeout=5\r\nTE: trailers\r\n"
            "Trailer: X\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nX-Hop: secret\r\n"
            "Proxy-Authorization: Basic YTpi\r\nForwarded: for=10.0.0.1\r\nX-Forwarded-For: 10.0.0.1\r\nX-End: stays\r\n"
            "Gatehouse-Visitor: made up\r\nGatehouse_Visitor: made up\r\n"));
    EXPECT_EQ(out, "GET / HTTP/1.1\r\nHost: a.example\r\nX-End: stays\r\nVia: 1.1 gatehouse\r\n\r\n");
}

TEST(AppendRequestHead, AddsFieldsOfOurOwn)
{
    EXPECT_EQ(forwarded(get("Gatehouse-Visitor: made up\r\n"), {.extra_fields = "Gatehouse-Visitor: ours\r\n"}),
        "GET / HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 gatehouse\r\nGatehouse-Visitor: ours\r\n\r\n");
}

TEST(AppendRequestHead, KeepsFieldsThatPolicyReadsThoughConnectionNamesThem) // line 104
{
    auto const out
        = forwarded(get("Connection: Authorization, Cookie, Via\r\nAuthorization: Basic x\r\nCookie: a=b\r\nVia: 1.1 other\r\n"));
    EXPECT_THAT(out, HasSubstr("\r\nAuthorization: Basic x\r\nCookie: a=b\r\nVia: 1.1 other\r\nVia: 1.1 gatehouse\r\n"));
}

TEST(AppendRequestHead, DropsFramingFieldsSpelledWithUnderscores) // line 21
{
    auto const out
        = forwarded(get("Content_Length: 5\r\nTRANSFER_ENCODING: chunked\r\nProxy_Authorization: x\r\nX_Forwarded_For: y\r\n"
                        "My_Field: stays\r\nUser_Agent: stays\r\n"));
    EXPECT_EQ(out, "GET / HTTP/1.1\r\nHost: a.example\r\nMy_Field: stays\r\nUser_Agent: stays\r\nVia: 1.1 gatehouse\r\n\r\n");
}

TEST(AppendRequestHead, PassesHighBytesUnchanged) // line 79
{
    EXPECT_THAT(forwarded(get("X:  \xa0\xe4\x85\r\n")), HasSubstr("\r\nX: \xa0\xe4\x85\r\n"));
}

TEST(AppendRequestHead, SendsAnUpgradeOnlyWhenTold) // line 107
{
    auto const bytes = get("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n");
    EXPECT_THAT(forwarded(bytes), Not(HasSubstr("Upgrade")));
    EXPECT_THAT(forwarded(bytes, {"gatehouse", true}), HasSubstr("\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"));
}

TEST(AppendRequestHead, AppendsToWhatIsThere)
{
    RequestHead head;
    auto const bytes = get("");
    ASSERT_EQ(read_request_head(bytes, head).kind, HeadStatus::Kind::done);
    std::string out = "before";
    append_request_head(out, head, resolve_target(head).target, {});
    EXPECT_THAT(out, testing::StartsWith("beforeGET / HTTP/1.1\r\n"));
}

struct Answer {
    std::string text;
    Framing framing = Framing::none;
};

Answer answered(std::string_view bytes, ResponseOptions const& options, ResponseContext context = {})
{
    ResponseHead head;
    std::string scratch;
    unsigned deviations = 0;
    Answer answer;
    if (read_response_head(bytes, context, head, scratch, deviations).kind == HeadStatus::Kind::done)
        answer.framing = append_response_head(answer.text, head, options);
    return answer;
}

ResponseOptions to_client(unsigned minor_version, bool keep_alive)
{
    return {"gatehouse", minor_version, keep_alive, false};
}

TEST(AppendResponseHead, RebuildsFramingForTheClient)
{
    struct {
        std::string_view bytes;
        unsigned minor_version;
        bool keep_alive;
        Framing framing;
        std::string_view fields;
    } const rows[]{
        {"HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", 1, true, Framing::length, "Content-Length: 5\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 1, false, Framing::length, "Content-Length: 5\r\nConnection: close\r\n"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 0, true, Framing::length,
            "Content-Length: 5\r\nConnection: keep-alive\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 1, true, Framing::chunked, "Transfer-Encoding: chunked\r\n"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 0, true, Framing::until_close, "Connection: close\r\n"},
        {"HTTP/1.1 200 OK\r\n\r\n", 1, true, Framing::chunked, "Transfer-Encoding: chunked\r\n"},
        {"HTTP/1.1 200 OK\r\n\r\n", 0, true, Framing::until_close, "Connection: close\r\n"},
    };
    for (auto const& row : rows) {
        auto const answer = answered(row.bytes, to_client(row.minor_version, row.keep_alive));
        EXPECT_EQ(answer.framing, row.framing) << row.bytes;
        EXPECT_EQ(answer.text, "HTTP/1.1 200 OK\r\nVia: 1.1 gatehouse\r\n" + std::string(row.fields) + "\r\n");
    }
}

TEST(AppendResponseHead, DeclaresALengthWithoutBodyOnlyWhereItMeansSomething)
{
    auto const head = answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {}, {true, false});
    EXPECT_EQ(head.framing, Framing::none);
    EXPECT_THAT(head.text, HasSubstr("Content-Length: 5\r\n"));
    EXPECT_THAT(answered("HTTP/1.1 200 OK\r\n\r\n", {}, {true, false}).text, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(
        answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", {}, {true, false}).text, Not(HasSubstr("chunked")));
    EXPECT_THAT(answered("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", {}).text, HasSubstr("Content-Length: 5\r\n"));
    EXPECT_THAT(answered("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", {}).text, Not(HasSubstr("Content-Length")));
}

TEST(AppendResponseHead, DropsWhatIsForThisHopOrOnlyOursToSay)
{
    auto const answer = answered(
        "HTTP/1.0 200 Fine\r\nConnection: close, X-Hop\r\nX-Hop: a\r\nKeep-Alive: x\r\nProxy-Authenticate: Basic\r\n"
        "Upgrade: h2\r\nTrailer: X\r\nGatehouse-Decision: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
        {});
    EXPECT_EQ(
        answer.text, "HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nVia: 1.0 gatehouse\r\nContent-Length: 0\r\n\r\n");
}

TEST(AppendResponseHead, SwitchesProtocolForWebsocketOnly)
{
    auto options = to_client(1, true);
    options.websocket = true;
    auto const answer = answered(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
        options, {false, true});
    EXPECT_EQ(answer.text,
        "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\nVia: 1.1 gatehouse\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
}

TEST(AppendInterimHead, CarriesEndToEndFields)
{
    ResponseHead head;
    std::string scratch;
    unsigned deviations = 0;
    ASSERT_EQ(read_response_head(
                  "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\nConnection: close\r\n\r\n", {}, head, scratch, deviations)
                  .kind,
        HeadStatus::Kind::done);
    std::string out;
    append_interim_head(out, head);
    EXPECT_EQ(out, "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
}

TEST(IsLoop, SeesOurselvesAndLongChains) // line 139
{
    std::string chain = "1.1 a";
    for (int i = 1; i < 20; ++i)
        chain += ", 1.1 a";
    struct {
        std::string fields;
        bool loop;
    } const rows[]{
        {"", false},
        {"Via: 1.1 other\r\n", false},
        {"Via: 1.1 gatehouse2\r\n", false},
        {"Via: 1.1 gatehouse\r\n", true},
        {"Via: 1.1 other, HTTP/1.0\tGateHouse (v1)\r\n", true},
        {"Via: 1.1 other\r\nvia: 1.1 gatehouse(x)\r\n", true},
        {"Via: " + chain + "\r\n", false},
        {"Via: " + chain + ", 1.1 b\r\n", true},
        {"Via: " + chain + "\r\nVia: 1.1 b\r\n", true},
    };
    for (auto const& row : rows) {
        RequestHead head;
        auto const bytes = get(row.fields);
        ASSERT_EQ(read_request_head(bytes, head).kind, HeadStatus::Kind::done) << bytes;
        EXPECT_EQ(is_loop(head, "gatehouse"), row.loop) << bytes;
    }
}

} // namespace
} // namespace gatehouse::http1
