#include "proxy/http1/forward.hpp"

#include <gtest/gtest.h>

namespace gatehouse::http1 {
namespace {

TEST(OwnResponse, CarriesTheFieldsOfEveryAnswerOfOurs)
{
    std::string out;
    append_own_response(out, {403, "text/html; charset=utf-8", "<p>no</p>", "d-1", "X: y\r\n", true, false});
    EXPECT_EQ(out,
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 9\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nGatehouse-Decision: d-1\r\nX: y\r\nConnection: keep-alive\r\n\r\n<p>no</p>");
}

TEST(OwnResponse, HasNoBodyWhereNoneMayBe)
{
    std::string out;
    append_own_response(out, {405, "text/plain", "no", "", "", false, true});
    EXPECT_EQ(out,
        "HTTP/1.1 405 Method Not Allowed\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
    out.clear();
    append_own_response(out, {204, "text/plain", "no", "", "", false, false});
    EXPECT_EQ(out,
        "HTTP/1.1 204 No Content\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n");
}

TEST(ReasonPhrase, IsTheRegisteredOne)
{
    EXPECT_EQ(reason_phrase(502), "Bad Gateway");
    EXPECT_EQ(reason_phrase(508), "Loop Detected");
    EXPECT_EQ(reason_phrase(599), "Unknown");
}

} // namespace
} // namespace gatehouse::http1
