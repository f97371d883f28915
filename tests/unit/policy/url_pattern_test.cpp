#include "policy/explanation.hpp"
#include "policy/parse.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::HasSubstr;

bool matches(std::string const& pattern, std::string_view url)
{
    UrlPatterns patterns;
    EXPECT_EQ(patterns.add(pattern), "") << pattern;
    auto const target = url.find("://") == url.npos ? Target::parse_authority(url) : Target::parse_url(url);
    return patterns.matches(pattern, target.value());
}

TEST(UrlPatterns, StandAnywhereInTheCanonicalUrl)
{
    EXPECT_TRUE(matches("/games?/", "https://www.example.org/Game/x"));
    EXPECT_TRUE(matches(R"(^[^/]*\.example\.org/)", "http://www.example.org/"));
    EXPECT_TRUE(matches("[?&]mode=proxy(&|$)", "https://example.org/a?x=1&mode=proxy"));
    EXPECT_TRUE(matches("/secret", "https://example.org/%73%65cret"));
    EXPECT_TRUE(matches("/secret", "https://example.org/a/../secret"));
    EXPECT_FALSE(matches("/games?/", "https://www.example.org/gamer/"));
    EXPECT_FALSE(matches("example", "www.example.org:443")) << "a tunnel shows no path";
}

TEST(UrlPatterns, SeeTheEndOfTheLongestUrl)
{
    for (auto const filler : {'a', '^'})
        for (std::size_t const length : {2040U, 16000U})
            EXPECT_TRUE(matches("[?&]mode=proxy$", "https://example.org/a?x=" + std::string(length, filler) + "&mode=proxy"));
}

TEST(UrlPatterns, TakeTimeThatGrowsWithTheUrlOnly)
{
    EXPECT_FALSE(matches("(a+)+$", "https://example.org/" + std::string(2000, 'a') + "!"));
}

TEST(UrlPatterns, SayWhatIsWrong)
{
    UrlPatterns patterns;
    EXPECT_THAT(patterns.add("(unclosed"), HasSubstr("missing"));
    EXPECT_THAT(patterns.add(R"((a)\1)"), HasSubstr("escape"));
    EXPECT_THAT(patterns.add("x*"), HasSubstr("every address"));
    EXPECT_THAT(patterns.add(""), HasSubstr("characters"));
    EXPECT_THAT(patterns.add(std::string(600, 'a')), HasSubstr("characters"));
    EXPECT_THAT(patterns.add("((a{1000}){1000}){1000}"), HasSubstr("repetition"));
}

class PatternRuleTest : public ::testing::Test {
protected:
    static ParsedPolicy parse(std::string const& what)
    {
        auto sources = testing::school_sources();
        auto const rules = sources.policy.text.find("[[rule]]");
        sources.policy.text.insert(rules,
            "[[rule]]\nid = \"first\"\nwho = [\"everyone\"]\nwhat = ['" + what + "']\naction = \"block\"\nreason = \"x\"\n\n");
        return parse_policy(sources);
    }
};

TEST_F(PatternRuleTest, DecidesAboutUrls)
{
    auto parsed = parse(R"(pattern:^www\.example\.org/.*\.swf$)");
    ASSERT_TRUE(parsed.ok()) << parsed.problems.front().message;
    auto const& policy = parsed.policy;
    auto const subject = policy.subject_at(*IpAddress::parse("127.0.0.1"));
    Moment const now{{{2026, 11, 24}, 600}, {}};
    auto const rule_for = [&](std::string_view url) {
        auto const target = Target::parse_url(url).value();
        return std::string{rule_id(policy, decide(policy, {subject, target, now, {}}))};
    };
    EXPECT_EQ(rule_for("https://www.example.org/games/a.SWF"), "first");
    EXPECT_EQ(rule_for("https://www.example.org/games/a.swf?x"), "default-pupil");
}

TEST_F(PatternRuleTest, IsRefusedWithItsPlace)
{
    auto const parsed = parse("pattern:(unclosed");
    ASSERT_FALSE(parsed.ok());
    EXPECT_THAT(parsed.problems.front().message, HasSubstr("is no pattern"));
    EXPECT_GT(parsed.problems.front().line, 0U);
}

TEST_F(PatternRuleTest, GrantsHaveNone)
{
    auto const policy = testing::load_school();
    EXPECT_TRUE(std::holds_alternative<std::string>(parse_selector(policy, "what", "pattern:abc")));
}

} // namespace
} // namespace gatehouse::policy
