#include "policy/service_switch.hpp"

#include "policy/decide.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

struct ServiceSwitch : ::testing::Test {
    Policy policy = testing::load_school();

    Service const& service(std::string_view id) { return *policy.service(id); }
    Role const& role(std::string_view id) { return *policy.role(id); }
    void turn(std::string_view id, std::string_view who, Switch position)
    {
        for (auto const& edit : edits_for(policy, service(id), role(who), {position, "10", "Closed for you."})) {
            auto const outcome = apply(policy, edit);
            ASSERT_TRUE(outcome.changed && outcome.problems.empty()) << edit.text;
            policy.prepare();
        }
        EXPECT_EQ(switch_of(policy, service(id), role(who)), position);
    }
    /// What `decide` says of the service's site on a Tuesday.
    bool is_open(std::string const& url, std::string_view who, std::string_view at, std::string_view network = {})
    {
        Subject subject;
        subject.role = who;
        subject.network = network;
        subject.device_kind = DeviceKind::personal;
        auto const target = Target::parse_url(url).value();
        auto const local = LocalTime::parse("2026-11-24T" + std::string(at)).value();
        return decide(policy, {subject, target, {local, testing::as_utc(local)}, {}}).verdict == Verdict::allow;
    }
    Standing::Answer standing(std::string_view id, std::string_view who)
    {
        return standing_of(policy, service(id), role(who)).answer;
    }
};

constexpr char tiktok[] = "https://www.tiktok.com/";

TEST_F(ServiceSwitch, StandingIsReadFromTheRules)
{
    EXPECT_EQ(standing("tiktok", "pupil"), Standing::Answer::blocked);
    EXPECT_EQ(standing("tiktok", "staff"), Standing::Answer::depends);
    EXPECT_EQ(standing("youtube", "staff"), Standing::Answer::open);
    EXPECT_EQ(
        standing_of(policy, service("youtube"), role("staff")).exceptions, std::vector<std::string>{"marketing-school-accounts"});
    EXPECT_EQ(standing("instagram", "guest"), Standing::Answer::blocked);
    EXPECT_EQ(standing_of(policy, service("instagram"), role("guest")).rules.back(), "blocked-social-media");
    EXPECT_EQ(switch_of(policy, service("tiktok"), role("pupil")), Switch::rules);
}

TEST_F(ServiceSwitch, OpensClosesAndOpensAtBreaks)
{
    EXPECT_FALSE(is_open(tiktok, "pupil", "10:45"));
    turn("tiktok", "pupil", Switch::open);
    EXPECT_TRUE(is_open(tiktok, "pupil", "10:00"));
    EXPECT_EQ(standing("tiktok", "pupil"), Standing::Answer::depends) << "their own Wi-Fi";
    turn("tiktok", "pupil", Switch::breaks);
    EXPECT_FALSE(is_open(tiktok, "pupil", "10:00"));
    EXPECT_TRUE(is_open(tiktok, "pupil", "10:45"));
    EXPECT_TRUE(is_open(tiktok, "pupil", "12:45"));
    turn("tiktok", "pupil", Switch::blocked);
    EXPECT_FALSE(is_open(tiktok, "pupil", "10:45"));
    turn("tiktok", "pupil", Switch::rules);
    EXPECT_FALSE(is_open(tiktok, "pupil", "10:45"));
    EXPECT_EQ(standing("tiktok", "pupil"), Standing::Answer::blocked);
}

TEST_F(ServiceSwitch, LeavesTheOtherRolesAndServicesAlone)
{
    turn("tiktok", "staff", Switch::blocked);
    EXPECT_FALSE(is_open(tiktok, "staff", "10:45"));
    EXPECT_TRUE(is_open("https://www.instagram.com/", "staff", "10:45"));
    turn("tiktok", "pupil", Switch::open);
    EXPECT_FALSE(is_open(tiktok, "staff", "10:45"));
    EXPECT_FALSE(is_open(tiktok, "guest", "10:45"));
}

TEST_F(ServiceSwitch, RulesOfWholeNetworksKeepTheirSay)
{
    turn("tiktok", "pupil", Switch::open);
    EXPECT_FALSE(is_open(tiktok, "pupil", "10:45", "pupil-wifi"));
}

TEST_F(ServiceSwitch, NothingIsToDoWhereItStandsAlready)
{
    EXPECT_TRUE(edits_for(policy, service("tiktok"), role("pupil"), {Switch::rules, "", ""}).empty());
    turn("tiktok", "pupil", Switch::breaks);
    EXPECT_TRUE(edits_for(policy, service("tiktok"), role("pupil"), {Switch::breaks, "", "x"}).empty());
}

TEST_F(ServiceSwitch, KnowsTheClause)
{
    EXPECT_EQ(clause_for(policy, service("instagram"), role("pupil")), "12");
    EXPECT_EQ(clause_for(policy, service("tiktok"), role("pupil")), "10");
}

TEST(SwitchText, ReadsWhatItWrites)
{
    for (auto const position : {Switch::rules, Switch::blocked, Switch::breaks, Switch::open})
        EXPECT_EQ(parse_switch(to_text(position)), position);
    EXPECT_FALSE(parse_switch("off"));
}

} // namespace
} // namespace gatehouse::policy
