#include "proxy/session/portal_place.hpp"

#include <gtest/gtest.h>

namespace gatehouse::session {
namespace {

policy::IpAddress address(std::string_view text)
{
    return policy::IpAddress::parse(text).value();
}

bool holds(PortalPlace const& place, std::string_view url)
{
    return place.holds(policy::Target::parse_url(url).value());
}

TEST(PortalPlace, IsWhereItIsBoundAndWhereItsUrlSays)
{
    auto const place = make_portal_place(address("10.20.0.1"), 8180, "http://filter.school.example");
    EXPECT_TRUE(holds(place, "http://10.20.0.1:8180/ask"));
    EXPECT_TRUE(holds(place, "http://Filter.school.example./tell"));
    for (auto const* const other : {"http://10.20.0.1/", "http://filter.school.example:8180/", "http://www.school.example/",
             "https://filter.school.example:80/", "http://10.20.0.2:8180/"})
        EXPECT_FALSE(holds(place, other)) << other;
    EXPECT_EQ(place.bound.text(), "10.20.0.1");
}

TEST(PortalPlace, ThatListensEverywhereIsReachedOnTheMachine)
{
    EXPECT_EQ(make_portal_place(address("0.0.0.0"), 8180, {}).bound.text(), "127.0.0.1");
    auto const place = make_portal_place(address("::"), 8180, "http://10.20.0.1:8180");
    EXPECT_EQ(place.bound.text(), "::1");
    EXPECT_TRUE(holds(place, "http://10.20.0.1:8180/"));
}

TEST(PortalPlace, WithoutAUrlIsOnlyWhereItIsBound)
{
    auto const place = make_portal_place(address("127.0.0.1"), 8180, {});
    EXPECT_TRUE(holds(place, "http://127.0.0.1:8180/"));
    EXPECT_FALSE(holds(place, "http://127.0.0.1/"));
}

} // namespace
} // namespace gatehouse::session
