#include "proxy/question/question.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::question {
namespace {

using ::testing::HasSubstr;

/// The example school, where pupils' connections to open sites are looked into on school devices.
class QuestionTest : public ::testing::Test {
protected:
    QuestionTest()
    {
        auto sources = policy::testing::school_sources();
        sources.policy.text += "\n[[inspection]]\nid = \"look\"\nreason = \"For the test.\"\nwho = [\"pupil\"]\nwhat = "
                               "[\"everything\"]\naction = \"inspect\"\n"
                               "\n[[rule]]\nid = \"no-games\"\nreason = \"For the test.\"\nwho = [\"everyone\"]\nwhat = "
                               "[\"url:fresh.example/games\"]\naction = \"block\"\n";
        auto parsed = policy::parse_policy(sources);
        EXPECT_TRUE(parsed.ok()) << parsed.problems.front().message;
        policy_ = std::move(parsed.policy);
        policy::testing::attach_lists(policy_, "tests/golden/school");
    }

    std::variant<Answer, Complaint> ask(Question question)
    {
        question.at = question.at.empty() ? "2026-11-24T10:00" : question.at;
        return answer(policy_, question, clock_, ports_);
    }
    Answer answered(Question const& question)
    {
        auto const said = ask(question);
        if (auto const* const complaint = std::get_if<Complaint>(&said)) {
            ADD_FAILURE() << complaint->text;
            return {};
        }
        return std::get<Answer>(said);
    }
    std::string_view field_of(Question const& question)
    {
        auto const said = ask(question);
        auto const* const complaint = std::get_if<Complaint>(&said);
        return complaint ? complaint->field : "none";
    }

    policy::Policy policy_;
    Clock clock_{"Europe/London"};
    std::vector<std::uint16_t> ports_{443};
};

TEST_F(QuestionTest, APartOfAnEncryptedSiteIsDecidedWhereTheConnectionIsLookedInto)
{
    auto const inside = answered({.url = "https://fresh.example/games", .network = "ict-suite"});
    EXPECT_EQ(inside.explanation.rule, "no-games");
    EXPECT_FALSE(inside.by_name);
    auto const by_name = answered({.url = "https://fresh.example/games", .network = "staff-room"});
    EXPECT_EQ(by_name.explanation.verdict, policy::Verdict::allow);
    EXPECT_TRUE(by_name.by_name);
}

TEST_F(QuestionTest, AnAddressIsTakenAsPeoplePasteIt)
{
    for (auto const* const pasted : {"https://fresh.example/games#top", "fresh.example/games?next=https://other.example/",
             "fresh.example/games#https://other.example/", "HTTPS://fresh.example/games"})
        EXPECT_EQ(answered({.url = pasted, .network = "ict-suite"}).explanation.rule, "no-games") << pasted;
    for (auto const* const none : {"ftp://fresh.example/games", "#top", "?next=https://other.example/"})
        EXPECT_EQ(field_of({.url = none, .network = "ict-suite"}), "url") << none;
}

TEST_F(QuestionTest, APartOfAPlainSiteIsDecidedEverywhere)
{
    auto const plain = answered({.url = "http://fresh.example/games", .network = "staff-room"});
    EXPECT_EQ(plain.explanation.rule, "no-games");
    EXPECT_FALSE(plain.by_name);
}

TEST_F(QuestionTest, AWholeSiteIsNotSaidToBeDecidedByItsName)
{
    EXPECT_FALSE(answered({.url = "fresh.example", .network = "staff-room"}).by_name);
    EXPECT_FALSE(answered({.url = "https://fresh.example/", .network = "staff-room"}).by_name);
}

TEST_F(QuestionTest, AGrantForAPartOpensNothingWhereTheNameIsClosed)
{
    policy::Override grant;
    grant.id = "override-1";
    grant.who = {std::get<policy::Selector>(policy::parse_selector(policy_, "who", "everyone"))};
    grant.what = {std::get<policy::Selector>(policy::parse_selector(policy_, "what", "url:www.instagram.com/schoolaccount"))};
    grant.until = std::chrono::sys_days{std::chrono::year{2030} / 1 / 1};
    policy_.overrides.push_back(grant);
    policy_.prepare();
    for (auto const* const network : {"ict-suite", "staff-room"}) {
        auto const said = answered({.url = "https://www.instagram.com/schoolaccount", .network = network});
        EXPECT_EQ(said.explanation.verdict, policy::Verdict::block) << network;
    }
    EXPECT_EQ(answered({.url = "http://www.instagram.com/schoolaccount", .network = "ict-suite"}).explanation.rule, "override-1");
}

TEST_F(QuestionTest, TheTunnelToAnOddPortIsNotLookedInto)
{
    auto const said = answered({.url = "https://fresh.example:1194/games", .network = "ict-suite"});
    EXPECT_EQ(said.explanation.rule, "blocked-disguised-tunnels");
}

TEST_F(QuestionTest, WhoAsksIsDescribedByThePlaceAndThenByTheQuestion)
{
    auto const there = answered({.url = "fresh.example", .network = "year-9-room"}).subject;
    EXPECT_EQ(there.role, "pupil");
    EXPECT_EQ(there.groups, std::vector<std::string>{"year-9"});
    EXPECT_TRUE(there.trusts_ca);
    auto const other
        = answered({.url = "fresh.example", .role = "staff", .network = "year-9-room", .groups = {"teaching"}}).subject;
    EXPECT_EQ(other.role, "staff");
    EXPECT_EQ(other.groups, std::vector<std::string>{"teaching"});
    EXPECT_EQ(answered({.url = "fresh.example", .device = "library-kiosk"}).subject.network, "library");
    EXPECT_EQ(answered({.url = "fresh.example", .address = "127.0.1.20"}).subject.role, "staff");
}

TEST_F(QuestionTest, TheMinuteThatRunsIsNow)
{
    auto const before = clock_.now();
    auto const said = moment_of(clock_, before.local.to_text()).value();
    auto const after = clock_.now();
    if (before.local == after.local) { // not at the turn of a minute
        EXPECT_GE(said.instant, before.instant);
        EXPECT_LE(said.instant, after.instant);
    }
    EXPECT_EQ(moment_of(clock_, "2026-11-24T10:00").value().instant, std::chrono::sys_seconds{std::chrono::seconds{1795514400}});
}

TEST_F(QuestionTest, AComplaintNamesTheField)
{
    EXPECT_EQ(field_of({.url = "fresh.example"}), "role");
    EXPECT_EQ(field_of({.url = "not a site", .role = "pupil"}), "url");
    EXPECT_EQ(field_of({.url = "", .role = "pupil"}), "url");
    EXPECT_EQ(field_of({.url = "fresh.example", .role = "wizard"}), "role");
    EXPECT_EQ(field_of({.url = "fresh.example", .role = "pupil", .groups = {"year-99"}}), "group");
    EXPECT_EQ(field_of({.url = "fresh.example", .network = "moon"}), "network");
    EXPECT_EQ(field_of({.url = "fresh.example", .device = "toaster"}), "device");
    EXPECT_EQ(field_of({.url = "fresh.example", .address = "moon"}), "address");
    EXPECT_EQ(field_of({.url = "fresh.example", .role = "pupil", .at = "yesterday"}), "at");
    auto const said = ask({.url = "fresh.example", .role = "pupli"});
    EXPECT_THAT(std::get<Complaint>(said).text, HasSubstr("pupil"));
}

} // namespace
} // namespace gatehouse::question
