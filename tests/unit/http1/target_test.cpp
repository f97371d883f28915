// HOSTILE catalogue 2.4: one request, one destination.
#include "hostile_case.hpp"

#include "proxy/http1/target.hpp"

namespace gatehouse::http1 {
namespace {

Refusal refusal_of(std::string_view bytes)
{
    RequestHead head;
    auto const status = read_request_head(bytes, head);
    if (status.refusal != Refusal::none)
        return status.refusal;
    return resolve_target(head).refusal;
}

class RequestTarget : public testing::TestWithParam<HostileCase> { };

TEST_P(RequestTarget, IsDecided)
{
    EXPECT_EQ(to_text(refusal_of(GetParam().bytes)), to_text(GetParam().refusal));
}

std::string request(std::string const& line, std::string const& host)
{
    return line + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
}

HostileCase const cases[]{
    {114, "Host with comma list", request("GET http://a.example/", "a.example, b.example"), Refusal::bad_host},
    {114, "Host with space", request("GET http://a.example/", "a.example b.example"), Refusal::bad_host},
    {114, "Host with path", request("GET http://a.example/", "a.example/"), Refusal::bad_host},
    {114, "Host with userinfo", request("GET http://a.example/", "user@a.example"), Refusal::bad_host},
    {114, "Host with scheme", request("GET http://a.example/", "http://a.example"), Refusal::bad_host},
    {114, "Host with bad port", request("GET http://a.example/", "a.example:80x"), Refusal::bad_host},
    {114, "Host with empty port", request("GET http://a.example/", "a.example:"), Refusal::bad_host},
    {114, "Host with port 0", request("GET http://a.example/", "a.example:0"), Refusal::bad_host},
    {114, "Host with port 65616", request("GET http://a.example/", "a.example:65616"), Refusal::bad_host},
    {114, "Host empty", request("GET http://a.example/", ""), Refusal::bad_host},
    {114, "Host percent encoded", request("GET http://a.example/", "a%2eexample"), Refusal::bad_host},
    {114, "Host with unclosed bracket", request("GET http://[::1]/", "[::1"), Refusal::bad_host},
    {115, "Host differs", request("GET http://a.example/", "b.example"), Refusal::host_mismatch},
    {115, "Host is a parent", request("GET http://www.a.example/", "a.example"), Refusal::host_mismatch},
    {115, "Host in other case with dot", request("GET http://A.example/", "a.EXAMPLE."), Refusal::none},
    {115, "Host as other spelling of the address", request("GET http://127.0.0.1/", "2130706433"), Refusal::none},
    {116, "port differs", request("GET http://a.example:8080/", "a.example:8081"), Refusal::host_mismatch},
    {116, "port missing in Host", request("GET http://a.example:8080/", "a.example"), Refusal::host_mismatch},
    {116, "port only in Host", request("GET http://a.example/", "a.example:8080"), Refusal::host_mismatch},
    {116, "port of another scheme", request("GET http://a.example/", "a.example:443"), Refusal::host_mismatch},
    {117, "default port in the target", request("GET http://a.example:80/", "a.example"), Refusal::none},
    {117, "default port in Host", request("GET http://a.example/", "a.example:80"), Refusal::none},
    {118, "userinfo", request("GET http://user:pass@a.example/", "a.example"), Refusal::bad_target},
    {118, "userinfo that looks like a host", request("GET http://a.example:80@b.example/", "b.example"), Refusal::bad_target},
    {119, "fragment", request("GET http://a.example/x#y", "a.example"), Refusal::bad_target},
    {120, "authority ended by a question mark", request("GET http://a.example?@b.example/", "a.example"), Refusal::bad_target},
    {120, "authority ended by a hash", request("GET http://a.example#@b.example/", "a.example"), Refusal::bad_target},
    {120, "authority ended by a backslash", request("GET http://a.example\\@b.example/", "a.example"), Refusal::bad_target},
    {120, "authority with two at signs", request("GET http://a@b@c.example/", "c.example"), Refusal::bad_target},
    {120, "authority with two ports", request("GET http://a.example:80:81/", "a.example"), Refusal::bad_target},
    {121, "raw UTF-8 in the path", request("GET http://a.example/\xc3\xa4", "a.example"), Refusal::bad_target},
    {121, "backslash in the path", request("GET http://a.example/\\..", "a.example"), Refusal::bad_target},
    {121, "angle brackets", request("GET http://a.example/<script>", "a.example"), Refusal::bad_target},
    {121, "quote", request("GET http://a.example/\"", "a.example"), Refusal::bad_target},
    {122, "encoded NUL CR LF slash and dots", request("GET http://a.example/%00%0d%0a%2f%2e%2e/../x", "a.example"),
        Refusal::none},
    {123, "overlong UTF-8", request("GET http://a.example/%c0%ae%c0%AE", "a.example"), Refusal::none},
    {124, "scheme ftp", request("GET ftp://a.example/", "a.example"), Refusal::unsupported_scheme},
    {124, "scheme file", request("GET file:///etc/passwd", "a.example"), Refusal::unsupported_scheme},
    {124, "scheme gopher", request("GET gopher://a.example/", "a.example"), Refusal::unsupported_scheme},
    {124, "scheme urn", request("GET urn:a:b", "a.example"), Refusal::bad_target},
    {124, "scheme whois", request("GET whois://a.example/", "a.example"), Refusal::unsupported_scheme},
    {124, "scheme javascript", request("GET javascript:alert(1)", "a.example"), Refusal::bad_target},
    {124, "scheme ws", request("GET ws://a.example/", "a.example"), Refusal::unsupported_scheme},
    {124, "scheme https in clear", request("GET https://a.example/", "a.example"), Refusal::unsupported_scheme},
    {125, "origin form", request("GET /", "a.example"), Refusal::origin_form},
    {125, "two slashes", request("GET //a.example/", "a.example"), Refusal::origin_form},
    {126, "GET star", request("GET *", "a.example"), Refusal::bad_target},
    {126, "GET word", request("GET admin", "a.example"), Refusal::bad_target},
    {126, "GET authority form", request("GET a.example:80", "a.example"), Refusal::bad_target},
    {126, "GET without slashes", request("GET http:a.example/", "a.example"), Refusal::bad_target},
    {126, "GET with one slash", request("GET http:/a.example/", "a.example"), Refusal::bad_target},
    {126, "GET without host", request("GET http:///x", "a.example"), Refusal::bad_target},
    {127, "OPTIONS star", request("OPTIONS *", "a.example"), Refusal::method_not_implemented},
    {128, "CONNECT without port", request("CONNECT a.example", "a.example"), Refusal::bad_target},
    {128, "CONNECT with empty port", request("CONNECT a.example:", "a.example"), Refusal::bad_target},
    {128, "CONNECT with port 0", request("CONNECT a.example:0", "a.example"), Refusal::bad_target},
    {128, "CONNECT with port 65536", request("CONNECT a.example:65536", "a.example"), Refusal::bad_target},
    {128, "CONNECT with port 99999", request("CONNECT a.example:99999", "a.example"), Refusal::bad_target},
    {128, "CONNECT with port 443abc", request("CONNECT a.example:443abc", "a.example"), Refusal::bad_target},
    {128, "CONNECT with port plus 443", request("CONNECT a.example:+443", "a.example"), Refusal::bad_target},
    {128, "CONNECT without host", request("CONNECT :443", "a.example"), Refusal::bad_target},
    {129, "CONNECT with URL", request("CONNECT http://a.example:443/", "a.example"), Refusal::bad_target},
    {129, "CONNECT with path", request("CONNECT a.example:443/", "a.example:443"), Refusal::bad_target},
    {129, "CONNECT with query", request("CONNECT a.example:443?x", "a.example:443"), Refusal::bad_target},
    {129, "CONNECT with userinfo", request("CONNECT u@a.example:443", "a.example:443"), Refusal::bad_target},
    {129, "CONNECT star", request("CONNECT *", "a.example:443"), Refusal::bad_target},
    {130, "CONNECT with other host", request("CONNECT a.example:443", "b.example:443"), Refusal::host_mismatch},
    {130, "CONNECT with other port", request("CONNECT a.example:443", "a.example:80"), Refusal::host_mismatch},
    {130, "CONNECT with Host without port", request("CONNECT a.example:8443", "a.example"), Refusal::none},
    {135, "CONNECT by zone id", request("CONNECT [fe80::1%25eth0]:443", "[fe80::1]:443"), Refusal::bad_target},
    {140, "host of 254 bytes",
        request("GET http://" + std::string(62, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + "."
                + std::string(63, 'd') + "/",
            "a.example"),
        Refusal::bad_target},
    {140, "label of 64 bytes", request("GET http://" + std::string(64, 'a') + ".example/", "a.example"), Refusal::bad_target},
    {140, "empty label", request("GET http://a..example/", "a.example"), Refusal::bad_target},
    {141, "raw UTF-8 host", request("GET http://\xc3\xa4.example/", "a.example"), Refusal::bad_target},
    {141, "raw UTF-8 in Host", request("GET http://xn--4ca.example/", "\xc3\xa4.example"), Refusal::bad_host},
};

INSTANTIATE_TEST_SUITE_P(Hostile, RequestTarget, testing::ValuesIn(cases), case_name);

TEST(ResolveTarget, GivesTheOneCanonicalTarget) // catalogue lines 135, 142 and 143
{
    struct {
        std::string bytes, canonical;
    } const rows[]{
        {request("GET http://A.Example.:80/X?Y", "a.example"), "http://a.example/X?Y"},
        {request("GET HTTP://a.example", "a.example"), "http://a.example/"},
        {request("GET http://0x7f.1/", "127.0.0.1"), "http://127.0.0.1/"},
        {request("GET http://[::ffff:127.0.0.1]:8080/", "127.0.0.1:8080"), "http://127.0.0.1:8080/"},
        {request("CONNECT Blocked.Example.:443", "blocked.example:443"), "blocked.example:443"},
        {request("CONNECT [::1]:8443", "[::1]:8443"), "[::1]:8443"},
        {"GET http://a.example/ HTTP/1.0\r\n\r\n", "http://a.example/"},
        {"CONNECT a.example:443 HTTP/1.0\r\n\r\n", "a.example:443"},
    };
    for (auto const& row : rows) {
        RequestHead head;
        ASSERT_EQ(read_request_head(row.bytes, head).kind, HeadStatus::Kind::done) << row.bytes;
        auto const resolved = resolve_target(head);
        EXPECT_EQ(to_text(resolved.refusal), "none") << row.bytes;
        EXPECT_EQ(resolved.target.to_text(), row.canonical);
    }
}

TEST(ResolveInnerTarget, HoldsRequestsToTheTunnel) // catalogue line 146
{
    struct {
        std::string bytes;
        std::string_view outer, canonical;
        Refusal refusal;
    } const rows[]{
        {request("GET /x?y", "a.example"), "a.example:443", "https://a.example/x?y", Refusal::none},
        {request("GET /", "A.EXAMPLE.:443"), "a.example:443", "https://a.example/", Refusal::none},
        {request("GET /", "a.example:8443"), "a.example:8443", "https://a.example:8443/", Refusal::none},
        {request("GET /", "[::1]"), "[::1]:443", "https://[::1]/", Refusal::none},
        {request("GET /", "a.example"), "a.example:8443", "", Refusal::host_mismatch},
        {request("GET /", "blocked.example"), "a.example:443", "", Refusal::host_mismatch},
        {request("GET /", "a.example/"), "a.example:443", "", Refusal::bad_host},
        {request("GET https://a.example/", "a.example"), "a.example:443", "", Refusal::bad_target},
        {request("GET http://a.example/", "a.example"), "a.example:443", "", Refusal::bad_target},
        {request("GET /#x", "a.example"), "a.example:443", "", Refusal::bad_target},
        {request("GET /<", "a.example"), "a.example:443", "", Refusal::bad_target},
        {request("GET /\xc3\xa4", "a.example"), "a.example:443", "", Refusal::bad_target},
        {request("CONNECT b.example:443", "b.example:443"), "a.example:443", "", Refusal::bad_target},
        {request("OPTIONS *", "a.example"), "a.example:443", "", Refusal::method_not_implemented},
        {request("GET *", "a.example"), "a.example:443", "", Refusal::bad_target},
        {"GET / HTTP/1.0\r\n\r\n", "a.example:443", "", Refusal::missing_host},
    };
    for (auto const& row : rows) {
        RequestHead head;
        ASSERT_EQ(read_request_head(row.bytes, head).kind, HeadStatus::Kind::done) << row.bytes;
        auto const outer = policy::Target::parse_authority(row.outer);
        ASSERT_TRUE(outer);
        auto const resolved = resolve_inner_target(head, *outer);
        EXPECT_EQ(to_text(resolved.refusal), to_text(row.refusal)) << row.bytes;
        EXPECT_EQ(row.refusal == Refusal::none ? resolved.target.to_text() : "", row.canonical);
    }
}

TEST(ResolveInnerTarget, TakesTheAddressThatTheTunnelWasAskedForAsItsName)
{
    auto const outer = policy::Target::parse_authority("a.example:8443");
    auto const dialled = policy::Host::parse("198.51.100.7");
    ASSERT_TRUE(outer && dialled);
    struct {
        std::string host;
        Refusal refusal;
    } const rows[]{{"198.51.100.7:8443", Refusal::none}, {"a.example:8443", Refusal::none},
        {"198.51.100.7", Refusal::host_mismatch}, {"198.51.100.8:8443", Refusal::host_mismatch},
        {"b.example:8443", Refusal::host_mismatch}};
    for (auto const& row : rows) {
        RequestHead head;
        auto const bytes = request("GET /", row.host);
        ASSERT_EQ(read_request_head(bytes, head).kind, HeadStatus::Kind::done);
        auto const resolved = resolve_inner_target(head, *outer, &*dialled);
        EXPECT_EQ(to_text(resolved.refusal), to_text(row.refusal)) << row.host;
        EXPECT_EQ(resolved.target.host.text(), "a.example"); // whatever Host said, the tunnel decides
    }
}

TEST(ResolveInterceptedTarget, TakesTheHostFieldAndThePortConnectedTo)
{
    struct {
        std::string bytes;
        std::uint16_t port;
        std::string_view canonical;
        Refusal refusal;
    } const rows[]{
        {request("GET /x?y", "a.example"), 80, "http://a.example/x?y", Refusal::none},
        {request("GET /", "A.EXAMPLE.:80"), 80, "http://a.example/", Refusal::none},
        {request("GET /", "a.example:8080"), 8080, "http://a.example:8080/", Refusal::none},
        {request("GET /", "a.example"), 8080, "", Refusal::host_mismatch},
        {request("GET /", "a.example:81"), 80, "", Refusal::host_mismatch},
        {request("GET /", "a.example/"), 80, "", Refusal::bad_host},
        {request("GET /#x", "a.example"), 80, "", Refusal::bad_target},
        {request("GET /\xc3\xa4", "a.example"), 80, "", Refusal::bad_target},
        {request("GET http://a.example/x", "a.example"), 80, "http://a.example/x", Refusal::none},
        {request("GET http://b.example/x", "a.example"), 80, "", Refusal::host_mismatch},
        {request("GET http://a.example:81/x", "a.example:81"), 80, "", Refusal::host_mismatch},
        {request("GET https://a.example/x", "a.example"), 80, "", Refusal::unsupported_scheme},
        {request("CONNECT a.example:443", "a.example:443"), 80, "", Refusal::bad_target},
        {request("OPTIONS *", "a.example"), 80, "", Refusal::method_not_implemented},
        {"GET /x HTTP/1.0\r\n\r\n", 80, "http://198.51.100.7/x", Refusal::none},
    };
    auto const address = policy::IpAddress::from_v4(0xc6336407);
    for (auto const& row : rows) {
        RequestHead head;
        ASSERT_EQ(read_request_head(row.bytes, head).kind, HeadStatus::Kind::done) << row.bytes;
        auto const resolved = resolve_intercepted_target(head, address, row.port);
        EXPECT_EQ(to_text(resolved.refusal), to_text(row.refusal)) << row.bytes;
        EXPECT_EQ(row.refusal == Refusal::none ? resolved.target.to_text() : "", row.canonical);
    }
}

} // namespace
} // namespace gatehouse::http1
