#include "proxy/portal/form_data.hpp"

#include "proxy/portal/limits.hpp"

#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

TEST(ParseForm, ReadsWhatBrowsersSend)
{
    auto const form = parse_form("a=1&b=two+words&c=%C3%A9%26%3D&d=&e&a=2&f=x%0D%0Ay");
    ASSERT_TRUE(form);
    EXPECT_EQ(value_of(*form, "a"), "1") << "the first one counts";
    EXPECT_EQ(value_of(*form, "b"), "two words");
    EXPECT_EQ(value_of(*form, "c"), "\xc3\xa9&=");
    EXPECT_EQ(value_of(*form, "d"), "");
    EXPECT_EQ(value_of(*form, "e"), "");
    EXPECT_EQ(value_of(*form, "f"), "x\ny");
    EXPECT_EQ(value_of(*form, "missing"), "");
    EXPECT_TRUE(parse_form("")->empty());
}

TEST(ParseForm, RefusesWhatIsBroken)
{
    for (char const* bad : {"a=%", "a=%4", "a=%GG", "%=1", "a=%00", "a=%FF", "a=%C3", "a=%ED%A0%80"})
        EXPECT_FALSE(parse_form(bad)) << bad;
    std::string many;
    for (std::size_t i = 0; i <= most_fields; ++i)
        many += "a=1&";
    EXPECT_FALSE(parse_form(many));
}

TEST(ParseCookies, LeavesOutWhatIsNoPair)
{
    auto const cookies = parse_cookies("a=1; b=x=y;c; ; d=\"q\"");
    EXPECT_EQ(value_of(cookies, "a"), "1");
    EXPECT_EQ(value_of(cookies, "b"), "x=y");
    EXPECT_EQ(value_of(cookies, "d"), "\"q\"");
    EXPECT_EQ(cookies.size(), 3u);
}

TEST(WithQuery, EncodesEverythingThatCouldMislead)
{
    EXPECT_EQ(with_query("/log", {{"person", "a b&c=\r\n\"<"}, {"empty", ""}, {"x", "~ok-._"}}),
        "/log?person=a%20b%26c%3D%0D%0A%22%3C&x=~ok-._");
    EXPECT_EQ(with_query("/log", {}), "/log");
    EXPECT_EQ(with_query("/request/merge?id=7", {{"page", "2"}}), "/request/merge?id=7&page=2");
}

TEST(HasControlSigns, KnowsWhatNobodyTypes)
{
    for (char const* typed : {"", "plain", "two\nlines\r\n", "a\ttab", "\xc3\xa9", "\xf0\x9f\x98\x80"})
        EXPECT_FALSE(has_control_signs(typed)) << typed;
    for (char const* copied : {"a page\f", "\v", "\x1b[1m", "\x01", "\x7f"})
        EXPECT_TRUE(has_control_signs(copied)) << copied;
}

TEST(IsValidUtf8, FollowsTheStandard)
{
    for (char const* good : {"", "plain", "\xc3\xa9", "\xf0\x9f\x98\x80"})
        EXPECT_TRUE(is_valid_utf8(good));
    for (char const* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82"})
        EXPECT_FALSE(is_valid_utf8(bad));
}

} // namespace
} // namespace gatehouse::portal
