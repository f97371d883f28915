#include "proxy/portal/visitor_note.hpp"

#include "proxy/portal/ask_token.hpp"

#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

constexpr std::int64_t noon = 1'795'000'000;
auto const pupil = policy::IpAddress::from_v4(0x7f00010aU);

std::string value_of(std::string_view field)
{
    std::string const begin = std::string{visitor_field_name} + ": ";
    EXPECT_TRUE(field.starts_with(begin) && field.ends_with("\r\n")) << field;
    return std::string{field.substr(begin.size(), field.size() - begin.size() - 2)};
}

TEST(VisitorNote, SaysForWhomTheGatewayAsks)
{
    EXPECT_EQ(visitor_in(value_of(visitor_field(pupil, noon)), noon + 1), pupil);
    auto const v6 = policy::IpAddress::parse("2001:db8::7").value();
    EXPECT_EQ(visitor_in(value_of(visitor_field(v6, noon)), noon), v6);
}

TEST(VisitorNote, IsMadeByNobodyElse)
{
    for (std::string const& bad :
        {std::string{}, std::string{"127.0.1.20"}, std::string(200, 'A'), value_of(visitor_field(pupil, noon)) + "A"})
        EXPECT_FALSE(visitor_in(bad, noon)) << bad;
}

TEST(VisitorNote, IsNotTheNoteOfABlockPageWhichPeopleHaveInTheirHands)
{
    AskToken page;
    page.at = noon;
    page.host = "www.instagram.com";
    page.url = "https://www.instagram.com";
    page.address = "127.0.1.20";
    EXPECT_FALSE(visitor_in(seal_token(page), noon));
}

} // namespace
} // namespace gatehouse::portal
