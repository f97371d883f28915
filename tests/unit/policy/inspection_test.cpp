#include "policy/explanation.hpp"
#include "policy/parse.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::HasSubstr;

/// The example school with entries of [[inspection]] behind its policy.
class InspectionTest : public ::testing::Test {
protected:
    ParsedPolicy parse(std::string const& entries, std::string const& role_line = "")
    {
        auto sources = testing::school_sources();
        sources.policy.text += entries;
        if (!role_line.empty())
            sources.policy.text.replace(sources.policy.text.find("[[role]]"), 8, "[[role]]\n" + role_line);
        return parse_policy(sources);
    }
    void load(std::string const& entries, std::string const& role_line = "")
    {
        auto parsed = parse(entries, role_line);
        ASSERT_TRUE(parsed.ok()) << parsed.problems.front().message;
        policy_ = std::move(parsed.policy);
        testing::attach_lists(policy_, "tests/golden/school");
    }
    Explanation ask(std::string_view address, std::string_view url, std::uint16_t minute = 600)
    {
        subject_ = policy_.subject_at(*IpAddress::parse(address));
        target_ = Target::parse_url(url).value();
        Moment const now{{{2026, 11, 24}, minute}, testing::as_utc({{2026, 11, 24}, minute})};
        visible_ = visible_part(policy_, {subject_, target_, now, {}});
        return explain(policy_, {subject_, target_.seen_without_inspection(), now, {}});
    }
    static std::string entry(std::string const& id, std::string const& rest)
    {
        return "\n[[inspection]]\nid = \"" + id + "\"\nreason = \"For the test.\"\n" + rest;
    }

    Policy policy_;
    Subject subject_;
    Target target_, visible_;
};

constexpr auto school_device = "127.0.0.1"; // a pupil's place in the ICT suite, trusts the CA
constexpr auto own_device = "127.0.1.20";   // in the staff room

TEST_F(InspectionTest, NothingIsLookedIntoWithoutAWordAboutIt)
{
    load("");
    auto const e = ask(school_device, "https://www.example.org/page");
    EXPECT_EQ(e.tls, TlsAction::splice);
    EXPECT_EQ(e.inspection, "name-only");
    EXPECT_EQ(e.inspection_by, "default-pupil");
    EXPECT_THAT(e.inspection_why, HasSubstr("Only the name of the site is seen, not its pages or searches."));
    EXPECT_EQ(visible_.scheme, Scheme::tunnel);
}

TEST_F(InspectionTest, AnEntryLooksIntoWhatItNames)
{
    load(entry("pupils-search",
        "who = [\"pupil\"]\nwhat = [\"host:example.org\"]\nwhere = [\"device:school\"]\naction = \"inspect\"\n"));
    auto const e = ask(school_device, "https://www.example.org/page?q=x");
    EXPECT_EQ(e.tls, TlsAction::bump);
    EXPECT_EQ(e.verdict, Verdict::allow);
    EXPECT_EQ(e.inspection, "inspect");
    EXPECT_EQ(e.inspection_by, "pupils-search");
    EXPECT_THAT(e.inspection_why, HasSubstr("For the test. Pages and searches are seen"));
    EXPECT_EQ(visible_.scheme, Scheme::https);
    EXPECT_EQ(visible_.path, "/page?q=x");
    EXPECT_EQ(ask(school_device, "https://www.example.net/").tls, TlsAction::splice);
}

TEST_F(InspectionTest, TheFirstEntryThatMatchesDecides)
{
    load(entry("not-lunch", "who = [\"everyone\"]\nwhat = [\"everything\"]\nwhen = [\"lunch\"]\naction = \"do-not-inspect\"\n")
        + entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n"));
    EXPECT_EQ(ask(school_device, "https://www.example.org/", 600).inspection_by, "all");
    auto const lunch = ask(school_device, "https://www.example.org/", 770);
    EXPECT_EQ(lunch.inspection_by, "not-lunch");
    EXPECT_EQ(lunch.tls, TlsAction::splice);
}

TEST_F(InspectionTest, TheRoleDecidesWhereNoEntryDoes)
{
    load("", "inspect = true");
    auto const role = policy_.roles.front().id;
    subject_ = policy_.subject_at(*IpAddress::parse(school_device));
    subject_.role = role;
    auto const target = Target::parse_authority("www.example.org:443").value();
    Moment const now{{{2026, 11, 24}, 600}, testing::as_utc({{2026, 11, 24}, 600})};
    auto const decision = decide(policy_, {subject_, target, now, {}});
    EXPECT_EQ(decision.inspection.basis, InspectionBasis::role_default);
    EXPECT_EQ(decision.inspection.inspection, Inspection::inspect);
}

TEST_F(InspectionTest, PrivateKindsOfSitesAreNeverLookedInto)
{
    load(entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n"));
    for (auto const* const url :
        {"https://www.bank.test/account", "https://www.nhs.uk/mental-health", "https://www.childline.org.uk/"}) {
        auto const e = ask(school_device, url);
        EXPECT_EQ(e.tls, TlsAction::splice) << url;
        EXPECT_EQ(e.inspection, "name-only") << url;
        EXPECT_THAT(e.inspection_why, HasSubstr("never looked into")) << url;
        EXPECT_EQ(visible_.scheme, Scheme::tunnel) << url;
    }
}

TEST_F(InspectionTest, DevicesWithoutTheSchoolsCertificateAreHandledByName)
{
    load(entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n"));
    auto const e = ask(own_device, "https://www.example.org/");
    EXPECT_EQ(e.tls, TlsAction::splice);
    EXPECT_EQ(e.inspection_by, "");
    EXPECT_THAT(e.inspection_why, HasSubstr("does not trust the school's certificate"));
}

TEST_F(InspectionTest, WhatWouldHaveToBeSeenIsRefused)
{
    load(entry("closed", "clause = \"7\"\nwho = [\"everyone\"]\nwhat = [\"host:example.org\"]\naction = \"refuse\"\n"));
    for (auto const* const device : {school_device, own_device}) {
        auto const e = ask(device, "https://www.example.org/");
        EXPECT_EQ(e.verdict, Verdict::block) << device;
        EXPECT_EQ(e.rule, "closed");
        EXPECT_EQ(e.clause, "7");
        EXPECT_EQ(e.reason, "For the test.");
        EXPECT_EQ(e.inspection, "refuse");
        EXPECT_TRUE(e.may_ask);
        EXPECT_EQ(to_text(e.stage), "inspection");
        EXPECT_EQ(std::count_if(e.steps.begin(), e.steps.end(), [](Step const& step) { return step.decided; }), 1);
        EXPECT_TRUE(e.steps.back().decided);
        EXPECT_EQ(e.tls, device == school_device ? TlsAction::bump : TlsAction::terminate);
        EXPECT_EQ(visible_.scheme, Scheme::tunnel);
    }
    EXPECT_EQ(ask(own_device, "https://www.example.net/").verdict, Verdict::allow);
}

TEST_F(InspectionTest, WhatIsSeenOnSomeDevicesIsRefusedOnTheOthers)
{
    std::string const who_and_what = "who = [\"everyone\"]\nwhat = [\"host:example.org\"]\n";
    load(entry("seen", who_and_what + "action = \"inspect\"\n") + entry("unseen", who_and_what + "action = \"refuse\"\n"));
    EXPECT_EQ(ask(school_device, "https://www.example.org/").inspection, "inspect");
    auto const refused = ask(own_device, "https://www.example.org/");
    EXPECT_EQ(refused.rule, "unseen");
    EXPECT_THAT(refused.steps.back().because, HasSubstr("does not trust the school's certificate"));
    for (auto const& problem : lint(policy_))
        EXPECT_THAT(problem.message, ::testing::Not(HasSubstr("unseen"))) << "it can match";
}

TEST_F(InspectionTest, GrantsAndPrivateKindsOfSitesAreNotRefused)
{
    load(entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"refuse\"\n"));
    EXPECT_EQ(ask(own_device, "https://www.childline.org.uk/").verdict, Verdict::allow);
    EXPECT_EQ(ask(school_device, "https://www.nhs.uk/").verdict, Verdict::allow);
    EXPECT_EQ(ask(own_device, "https://www.example.org/").verdict, Verdict::block);
    Override grant;
    grant.id = "ask-1";
    grant.reason = "For a lesson.";
    grant.who = {{Selector::Kind::everyone, ""}};
    grant.what = {{Selector::Kind::host, "example.org"}};
    grant.from = testing::as_utc({{2026, 11, 24}, 0});
    grant.until = grant.from + std::chrono::hours{24};
    policy_.overrides.push_back(grant);
    policy_.prepare();
    auto const opened = ask(own_device, "https://www.example.org/");
    EXPECT_EQ(opened.verdict, Verdict::allow);
    EXPECT_EQ(opened.rule, "ask-1");
}

TEST_F(InspectionTest, NothingIsSaidOfWhatIsBlockedOrInClear)
{
    load(entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n"));
    auto const blocked = ask(school_device, "https://www.instagram.com/");
    EXPECT_EQ(blocked.verdict, Verdict::block);
    EXPECT_EQ(blocked.tls, TlsAction::bump); // to show the page
    EXPECT_EQ(blocked.inspection, "");
    EXPECT_EQ(visible_.scheme, Scheme::tunnel);
}

TEST_F(InspectionTest, ExpectationsSeeThePathWhereItIsInspected)
{
    std::string const rule = "\n[[rule]]\nid = \"closed-page\"\nclause = \"12\"\nreason = \"x\"\nwho = [\"everyone\"]\n"
                             "what = [\"url:example.org/closed\"]\naction = \"block\"\n";
    std::string const expect = "\n[[expect]]\nwho = \"pupil\"\nnetwork = \"ict-suite\"\nat = \"2026-11-24T10:00\"\n"
                               "url = \"https://www.example.org/closed/x\"\nverdict = \"block\"\nrule = \"closed-page\"\n";
    auto sources = testing::school_sources();
    auto const first_rule = sources.policy.text.find("[[rule]]");
    sources.policy.text.insert(first_rule, rule.substr(1) + "\n");
    sources.policy.text += expect;
    auto const failing = [&](std::string const& entries) {
        auto all = sources;
        all.policy.text += entries;
        auto parsed = parse_policy(all);
        EXPECT_TRUE(parsed.ok());
        testing::attach_lists(parsed.policy, "tests/golden/school");
        return check_expectations(parsed.policy, [](LocalTime const& time) { return testing::as_utc(time); }).size();
    };
    auto const without = failing("");
    EXPECT_EQ(failing(entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n")) + 1, without);
}

TEST_F(InspectionTest, MistakesAreToldWithTheirPlace)
{
    auto const message = [&](std::string const& rest) {
        auto const parsed = parse(entry("x", rest));
        return parsed.problems.empty() ? "" : parsed.problems.front().message;
    };
    EXPECT_THAT(message("who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"look\"\n"), HasSubstr("action"));
    EXPECT_THAT(message("who = [\"everyone\"]\nwhat = [\"url:example.org/a\"]\naction = \"inspect\"\n"),
        HasSubstr("paths and searches are seen only by inspecting"));
    EXPECT_THAT(message("who = [\"nobody\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n"), HasSubstr("nobody"));
}

TEST_F(InspectionTest, EntriesThatCanNeverMatchAreFound)
{
    load(entry("all", "who = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"inspect\"\n")
        + entry("late", "who = [\"pupil\"]\nwhat = [\"host:example.org\"]\naction = \"do-not-inspect\"\n")
        + entry("banks", "who = [\"pupil\"]\nwhat = [\"category:bank\"]\naction = \"inspect\"\n"));
    std::string all;
    for (auto const& problem : lint(policy_))
        all += problem.message + "\n";
    EXPECT_THAT(all, HasSubstr("inspection \"late\" can never match: \"all\""));
    EXPECT_THAT(all, HasSubstr("inspection \"banks\" has no effect"));
}

} // namespace
} // namespace gatehouse::policy
