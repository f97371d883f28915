#include "proxy/portal/guard.hpp"
#include "proxy/portal/quota.hpp"
#include "proxy/settings.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Settings example()
{
    Settings settings;
    settings.portal = {policy::IpAddress::from_v4(0x7f000001), 8180};
    settings.console = {policy::IpAddress::from_v4(0x7f000001), 8181};
    settings.portal_url = "http://Filter.School.example";
    settings.console_url = "https://console.school.example:8181/";
    settings.own_names = {"gateway.school.example"};
    return settings;
}

TEST(AllowedAuthorities, AreTheConfiguredOnesWithTheirPorts)
{
    auto const portal = allowed_authorities(example(), Side::portal, 8180);
    for (char const* name : {"127.0.0.1:8180", "localhost:8180", "filter.school.example", "filter.school.example:8180",
             "gateway.school.example:8180"})
        EXPECT_THAT(portal, Contains(name));
    for (char const* name : {"evil.example", "evil.example:8180", "127.0.0.1", "127.0.0.1:8181", "localhost"})
        EXPECT_THAT(portal, Not(Contains(name)));
}

TEST(AllowedAuthorities, LeaveOutTheUsualPort)
{
    EXPECT_THAT(allowed_authorities(example(), Side::console, 443), Contains("localhost"));
    EXPECT_THAT(allowed_authorities(example(), Side::portal, 443), Not(Contains("localhost")));
}

TEST(IsFromOwnPage, TakesOnlyTheSameOrigin)
{
    struct Case {
        char const *origin, *fetch_site;
        bool console, portal;
    };
    for (auto const& [origin, fetch_site, console, portal] :
        {Case{"https://h:1", "", true, false}, Case{"http://h:1", "", false, true}, Case{"https://h:2", "", false, false},
            Case{"https://evil.example", "same-origin", false, false}, Case{"null", "", false, false},
            Case{"", "same-origin", true, true}, Case{"", "same-site", false, false}, Case{"", "cross-site", false, false},
            Case{"", "none", false, false}, Case{"", "", false, true}, Case{"https://h:1.evil.example", "", false, false}}) {
        Request request;
        request.host = "h:1";
        request.origin = origin;
        request.fetch_site = fetch_site;
        EXPECT_EQ(is_from_own_page(request, Side::console), console) << origin << " " << fetch_site;
        EXPECT_EQ(is_from_own_page(request, Side::portal), portal) << origin << " " << fetch_site;
    }
}

TEST(FormTokens, FitOneSessionOnly)
{
    FormTokens const tokens;
    auto const token = tokens.token_for("session-a");
    EXPECT_TRUE(tokens.fits("session-a", token));
    EXPECT_FALSE(tokens.fits("session-b", token));
    EXPECT_FALSE(tokens.fits("session-a", ""));
    EXPECT_FALSE(tokens.fits("session-a", token.substr(1)));
    EXPECT_FALSE(tokens.fits("", tokens.token_for(""))) << "nobody is no session";
    EXPECT_FALSE(FormTokens().fits("session-a", token)) << "another process, another key";
}

TEST(Cookies, AreBoundToTheConsole)
{
    EXPECT_EQ(set_cookie(session_cookie, "abc"), "__Host-gatehouse-session=abc; Path=/; Secure; HttpOnly; SameSite=Strict");
    EXPECT_THAT(clear_cookie(session_cookie), HasSubstr("Max-Age=0"));
}

TEST(SecurityHeaders, ForbidInlineAndFrames)
{
    for (auto const side : {Side::portal, Side::console}) {
        auto const headers = security_headers(side);
        EXPECT_THAT(std::string(value_of(headers, "Content-Security-Policy")), HasSubstr("default-src 'none'"));
        EXPECT_THAT(std::string(value_of(headers, "Content-Security-Policy")), Not(HasSubstr("unsafe-inline")));
        EXPECT_THAT(std::string(value_of(headers, "Content-Security-Policy")), HasSubstr("frame-ancestors 'none'"));
        EXPECT_EQ(value_of(headers, "X-Content-Type-Options"), "nosniff");
        EXPECT_EQ(value_of(headers, "Strict-Transport-Security").empty(), side == Side::portal);
    }
}

TEST(Quota, RefusesTheFlood)
{
    using std::chrono::seconds;
    Quota quota{2, seconds(10)};
    std::chrono::sys_seconds const start{seconds(1000)};
    EXPECT_TRUE(quota.admit("a", start));
    EXPECT_TRUE(quota.admit("a", start + seconds(5)));
    EXPECT_FALSE(quota.admit("a", start + seconds(9)));
    EXPECT_TRUE(quota.admit("b", start + seconds(9))) << "others are not punished";
    EXPECT_TRUE(quota.admit("a", start + seconds(10)));
}

} // namespace
} // namespace gatehouse::portal
