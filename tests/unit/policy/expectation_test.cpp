#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

Expectation expect(std::string role, std::string_view at, std::string url, Verdict verdict, std::string rule = {})
{
    Expectation made;
    made.role = std::move(role);
    made.at = LocalTime::parse(at).value();
    made.url = std::move(url);
    made.verdict = verdict;
    made.rule = std::move(rule);
    made.source = {"policy.toml", 12};
    return made;
}

TEST(CheckExpectations, PassesWhatHolds)
{
    auto policy = testing::load_school();
    policy.expectations = {expect("staff", "2026-11-24T10:40", "https://www.instagram.com/", Verdict::allow),
        expect("pupil", "2026-11-24T10:40", "https://www.instagram.com/", Verdict::block, "blocked-social-media")};
    EXPECT_TRUE(check_expectations(policy, &testing::as_utc).empty());
}

TEST(CheckExpectations, ReportsWhatDoesNotHoldWithItsPlace)
{
    auto policy = testing::load_school();
    policy.expectations = {expect("staff", "2026-11-24T11:00", "https://www.instagram.com/", Verdict::allow),
        expect("pupil", "2026-11-24T10:40", "https://www.instagram.com/", Verdict::block, "pupils-chat")};
    auto const problems = check_expectations(policy, &testing::as_utc);
    ASSERT_EQ(problems.size(), 2U);
    EXPECT_EQ(problems[0].line, 12U);
    EXPECT_EQ(problems[0].severity, Problem::Severity::error);
    EXPECT_THAT(
        problems[0].message, ::testing::HasSubstr("expected to allow, but \"staff-social-media-in-lessons\" decides to block"));
    EXPECT_THAT(problems[1].message, ::testing::HasSubstr("decided by \"blocked-social-media\", not by \"pupils-chat\""));
}

TEST(CheckExpectations, JudgesHttpsByNameAlone)
{
    auto policy = testing::load_school();
    // The path of an https URL is not visible, so a list entry with a path cannot match it; with http it does.
    policy.expectations = {expect("unknown", "2026-11-24T10:00", "https://www.bbc.co.uk/bitesize/x", Verdict::block),
        expect("unknown", "2026-11-24T10:00", "http://www.bbc.co.uk/bitesize/x", Verdict::allow)};
    EXPECT_TRUE(check_expectations(policy, &testing::as_utc).empty());
}

TEST(CheckExpectations, TakesThePersonFromNetworkAndDevice)
{
    auto policy = testing::load_school();
    auto at_desk = expect("staff", "2026-11-24T10:00", "https://www.facebook.com/", Verdict::allow, "marketing-school-accounts");
    at_desk.device = "marketing-desk";
    auto in_room = expect("pupil", "2026-11-24T12:00", "https://www.roblox.com/", Verdict::allow);
    in_room.network = "year-7-room";
    policy.expectations = {at_desk, in_room};
    EXPECT_TRUE(check_expectations(policy, &testing::as_utc).empty());
}

} // namespace
} // namespace gatehouse::policy
