#include "policy/self_check.hpp"

#include "policy/explanation.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>

namespace gatehouse::policy {
namespace {

Host host(std::string_view text)
{
    return Host::parse(text).value();
}

class TestSites : public ::testing::Test {
protected:
    Explanation ask(std::string_view address, std::string const& url, std::uint16_t minute = 600)
    {
        subject = policy.subject_at(*IpAddress::parse(address));
        Moment const now{{{2026, 11, 24}, minute}, testing::as_utc({{2026, 11, 24}, minute})};
        return explain(policy, {subject, Target::parse_url(url).value(), now, {}});
    }

    Policy policy = testing::load_school();
    Subject subject;
};

TEST_F(TestSites, AreTheirZoneAndWhatIsBelowIt)
{
    EXPECT_TRUE(is_self_check(host("self-check.invalid")));
    EXPECT_TRUE(is_self_check(host("ADULT.self-check.invalid.")));
    EXPECT_TRUE(is_self_check(host("a.b.self-check.invalid")));
    EXPECT_FALSE(is_self_check(host("myself-check.invalid")));
    EXPECT_FALSE(is_self_check(host("self-check.invalid.example.org")));
    EXPECT_EQ(self_check_name("adult"), "adult.self-check.invalid");
}

TEST_F(TestSites, StandForTheCategoryOfTheirName)
{
    for (std::size_t i = 0; i < policy.categories.size(); ++i)
        EXPECT_EQ(self_check_category(policy, host(self_check_name(policy.categories[i].id))), i);
    for (auto const* const other :
        {"self-check.invalid", "no-such.self-check.invalid", "x.adult.self-check.invalid", "adult.example"})
        EXPECT_EQ(self_check_category(policy, host(other)), none) << other;
}

TEST_F(TestSites, AreDecidedByTheRulesOfTheirCategory)
{
    auto const closed = ask("127.0.1.10", "http://adult.self-check.invalid/");
    EXPECT_EQ(closed.verdict, Verdict::block);
    EXPECT_EQ(closed.category, "adult");
    EXPECT_TRUE(closed.is_test);
    EXPECT_FALSE(closed.may_ask) << "there is nothing to ask for";
    EXPECT_EQ(closed.list, "");
    auto const below = ask("127.0.1.20", "http://micro-blogging.self-check.invalid/", 640);
    EXPECT_EQ(below.rule, "staff-social-media-at-break") << "a category lies within its parent, here as everywhere";
    EXPECT_EQ(below.verdict, Verdict::allow);
    EXPECT_EQ(ask("127.0.1.10", "http://education.self-check.invalid/").verdict, Verdict::allow);
    EXPECT_FALSE(ask("127.0.1.10", "http://www.example.org/").is_test);
}

TEST_F(TestSites, OfASealedCategoryAreSealed)
{
    auto const e = ask("127.0.1.20", "http://illegal.self-check.invalid/");
    EXPECT_EQ(e.stage, Stage::sealed);
    EXPECT_TRUE(e.sealed);
}

TEST_F(TestSites, AreNotForListsToPutElsewhere)
{
    ListEntry entry;
    entry.host = std::string{self_check_zone};
    std::vector<ListFile> const files{{"school-block", "typed", {entry}}};
    auto const image = std::make_shared<std::vector<std::byte> const>(encode_list_image(files, 7));
    policy.attach(image, *image);
    EXPECT_EQ(ask("127.0.1.10", "http://education.self-check.invalid/").verdict, Verdict::allow);
}

TEST_F(TestSites, SayTheirCategoryInTheSteps)
{
    auto const e = ask("127.0.1.20", "http://gambling.self-check.invalid/");
    EXPECT_THAT(e.steps.front().id, "sealed");
    bool told = false;
    for (auto const& step : e.steps)
        told |= step.because.find("gambling.self-check.invalid, category:gambling") != std::string::npos;
    EXPECT_TRUE(told);
}

} // namespace
} // namespace gatehouse::policy
