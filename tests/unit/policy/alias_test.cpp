#include "policy/alias.hpp"

#include "policy/explanation.hpp"
#include "tests/golden/school_fixture.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

constexpr auto policy_text = R"(
school = "Test"
unknown_role = "open"
[[role]]
id = "open"
title = "Person"
default = "allow"
default_reason = "Open."
[[role]]
id = "strict"
title = "Person"
default = "block"
default_reason = "Closed."
[[rule]]
id = "friend-is-open"
who = ["everyone"]
what = ["host:friend.example"]
action = "allow"
reason = "Open."
[[rule]]
id = "casinos-are-closed"
who = ["everyone"]
what = ["signal:ech", "host:casino.example"]
action = "block"
reason = "Closed."
[[rule]]
id = "news-are-open"
who = ["everyone"]
what = ["host:news.example"]
action = "allow"
reason = "Open."
[[rule]]
id = "addresses-are-closed"
who = ["open"]
what = ["signal:ip-literal"]
action = "block"
reason = "Closed."
)";

class JudgeAlias : public ::testing::Test {
protected:
    Query query(Target const& target) const { return {subject, target, now, signals}; }

    /// The id of what closes the site by its other name; empty: it is open.
    std::string closing(std::string_view site, std::string_view other)
    {
        Target const target{Scheme::tunnel, Host::parse(site).value(), 443, {}};
        auto const made = decide(policy, query(target));
        EXPECT_EQ(made.verdict, Verdict::allow) << site;
        Target const alias{Scheme::tunnel, Host::parse(other).value(), 443, {}};
        auto const closed = judge_alias(policy, query(alias), made);
        return closed ? std::string{rule_id(policy, *closed)} : std::string{};
    }

    Policy policy = testing::parse_or_fail(policy_text);
    Subject subject = [] {
        Subject made;
        made.role = "open";
        return made;
    }();
    Moment now{{{2026, 11, 24}, 600}, testing::as_utc({{2026, 11, 24}, 600})};
    SignalSet signals;
};

TEST_F(JudgeAlias, ClosesASiteThatIsAnotherNameOfAClosedOne)
{
    EXPECT_EQ(closing("shop.example", "www.casino.example"), "casinos-are-closed");
    EXPECT_EQ(closing("shop.example", "edge.provider.example"), "");
}

TEST_F(JudgeAlias, KeepsToTheOrderOfTheRules)
{
    EXPECT_EQ(closing("friend.example", "casino.example"), "") << "opened before";
    EXPECT_EQ(closing("news.example", "casino.example"), "casinos-are-closed");
    EXPECT_EQ(closing("shop.example", "friend.example"), "");
}

TEST_F(JudgeAlias, CountsOnlyWhatNamesSites)
{
    EXPECT_EQ(closing("shop.example", "10.20.5.7"), "") << "closed as a bare address, which was not asked for";
    subject.role = "strict";
    EXPECT_EQ(closing("news.example", "edge.provider.example"), "") << "closed by default, which is about what people ask for";
    EXPECT_EQ(closing("news.example", "casino.example"), "casinos-are-closed");
}

TEST_F(JudgeAlias, CountsTheNameAlsoWhereTheRuleHasSignals)
{
    signals.add(Signal::ech);
    auto const target = Target{Scheme::tunnel, Host::parse("edge.provider.example").value(), 443, {}};
    Decision made;
    made.verdict = Verdict::allow;
    EXPECT_FALSE(judge_alias(policy, query(target), made)) << "the signal alone is no name";
    auto const casino = Target{Scheme::tunnel, Host::parse("casino.example").value(), 443, {}};
    EXPECT_TRUE(judge_alias(policy, query(casino), made));
}

TEST_F(JudgeAlias, LeavesOpenWhatAGrantOpened)
{
    policy.overrides.push_back({"override-1", "12", "Wanted.", {{}}, {{Selector::Kind::host, "shop.example"}}, {}, {},
        now.instant, now.instant + std::chrono::hours{1}});
    policy.prepare();
    EXPECT_EQ(closing("shop.example", "casino.example"), "");
}

TEST_F(JudgeAlias, HoldsARuleAboutAnAddressAgainstNamesThatLeadThere)
{
    EXPECT_FALSE(policy.names_addresses);
    std::string text{policy_text};
    text.replace(text.find("host:casino.example"), 19, "host:10.20.5.7");
    policy = testing::parse_or_fail(text);
    policy.prepare(); // as attach does for a policy that is to run
    EXPECT_TRUE(policy.names_addresses);
    EXPECT_EQ(closing("shop.example", "10.20.5.7"), "casinos-are-closed");
    EXPECT_EQ(closing("friend.example", "10.20.5.7"), "");
}

TEST_F(JudgeAlias, HoldsEachOfTheAddressesThatANameLeadsToAgainstTheRules)
{
    std::string text{policy_text};
    text.replace(text.find("host:casino.example"), 19, "host:10.20.5.7\", \"host:198.20.0.9");
    policy = testing::parse_or_fail(text);
    policy.prepare();
    auto const closed_by = [&](std::string_view site, std::initializer_list<char const*> leads) -> std::string {
        std::vector<IpAddress> addresses;
        for (auto const* address : leads)
            addresses.push_back(*IpAddress::parse(address));
        Target const target{Scheme::tunnel, Host::parse(site).value(), 443, {}};
        auto const made = decide(policy, query(target));
        auto const closed = judge_names(policy, query(target), made, {{}, addresses});
        EXPECT_TRUE(!closed || may_be_closed_by_name(policy, target, made, {{}, addresses}));
        return closed ? std::string{closed->name.text()} : std::string{};
    };
    EXPECT_EQ(closed_by("shop.example", {"10.20.5.8", "198.20.0.1", "10.20.5.7"}), "10.20.5.7");
    EXPECT_EQ(closed_by("shop.example", {"10.20.5.8", "198.20.0.9"}), "") << "many sites share a public address";
    EXPECT_EQ(closed_by("friend.example", {"10.20.5.7"}), "") << "opened before";
    EXPECT_EQ(closed_by("shop.example", {}), "");
}

TEST_F(JudgeAlias, FindsTheFirstNameThatCloses)
{
    std::vector<Host> const names{Host::parse("edge.provider.example").value(), Host::parse("www.casino.example").value()};
    Target const target{Scheme::tunnel, Host::parse("shop.example").value(), 443, {}};
    auto const made = decide(policy, query(target));
    auto const closed = judge_names(policy, query(target), made, {names, {}});
    ASSERT_TRUE(closed);
    EXPECT_EQ(closed->name.text(), "www.casino.example");
    EXPECT_EQ(rule_id(policy, closed->decision), "casinos-are-closed");
    EXPECT_FALSE(may_be_closed_by_name(policy, target, made, {}));
    EXPECT_FALSE(may_be_closed_by_name(policy, target, closed->decision, {names, {}})) << "closed already";
}

TEST_F(JudgeAlias, IsExplained)
{
    policy = testing::load_school();
    subject = policy.subject_at(*IpAddress::parse("127.0.1.10"));
    Target const target{Scheme::tunnel, Host::parse("www.wikipedia.org").value(), 443, {}};
    auto const explained_by = [&](char const* name) {
        std::vector<Host> const names{Host::parse(name).value()};
        return explain_by_names(policy, query(target), {names, {}});
    };
    EXPECT_TRUE(explain(policy, query(target)).names_unasked);
    EXPECT_FALSE(explained_by("edge.provider.test").names_unasked);
    std::vector<IpAddress> const outside{IpAddress::parse("93.184.216.34").value()},
        inside{IpAddress::parse("10.20.5.7").value()};
    EXPECT_TRUE(explain_by_names(policy, query(target), {{}, outside}).names_unasked) << "a public address says nothing";
    EXPECT_FALSE(explain_by_names(policy, query(target), {{}, inside}).names_unasked);
    auto const closed = explained_by("www.tiktok.com");
    EXPECT_EQ(closed.verdict, Verdict::block);
    EXPECT_EQ(closed.rule, "pupils-media-sharing");
    EXPECT_EQ(closed.alias, "www.tiktok.com");
    EXPECT_FALSE(closed.names_unasked);
    ASSERT_FALSE(closed.steps.empty());
    EXPECT_TRUE(closed.steps.back().decided);
    EXPECT_EQ(closed.steps.back().because, "www.tiktok.com is another name of this site");
    auto const sealed = explained_by("sealed.test");
    EXPECT_TRUE(sealed.sealed);
    EXPECT_FALSE(sealed.may_ask);
    EXPECT_EQ(to_json(sealed).find("sealed.test"), std::string::npos);
    EXPECT_EQ(to_text(sealed).find("sealed.test"), std::string::npos);
}

TEST_F(JudgeAlias, SaysWhenTheSiteOpensUnderAllOfItsNames)
{
    auto const day = R"(
[[period]]
name = "lesson-1"
kind = "lesson"
start = "09:00"
end = "10:40"
[[period]]
name = "break"
kind = "break"
start = "10:40"
end = "11:00"
)";
    policy = testing::parse_or_fail(R"(
school = "Test"
unknown_role = "open"
[[role]]
id = "open"
title = "Person"
default = "allow"
default_reason = "Open."
[[rule]]
id = "games-are-closed"
who = ["everyone"]
what = ["host:games.example"]
when = ["lesson"]
action = "block"
reason = "No games in lessons."
[[rule]]
id = "chat-is-closed"
who = ["everyone"]
what = ["host:chat.example", "host:club.example"]
when = ["break", "lesson"]
action = "block"
reason = "No chat."
[[rule]]
id = "casinos-are-closed"
who = ["everyone"]
what = ["host:casino.example"]
action = "block"
reason = "Never."
)",
        day);
    auto const explained_by = [&](char const* site, std::vector<char const*> const& others) {
        std::vector<Host> names;
        for (auto const* other : others)
            names.push_back(Host::parse(other).value());
        Target const target{Scheme::tunnel, Host::parse(site).value(), 443, {}};
        return explain_by_names(policy, query(target), {names, {}});
    };
    EXPECT_EQ(explained_by("shop.example", {"games.example"}).allowed_from, "10:40");
    EXPECT_EQ(explained_by("shop.example", {"games.example"}).reason, "No games in lessons.");
    EXPECT_EQ(explained_by("shop.example", {"games.example", "chat.example"}).allowed_from, "11:00");
    EXPECT_EQ(explained_by("shop.example", {"games.example", "casino.example"}).allowed_from, "");
    EXPECT_EQ(explained_by("games.example", {}).allowed_from, "10:40");
    EXPECT_EQ(explained_by("games.example", {"chat.example"}).allowed_from, "11:00")
        << "closed by itself, then by its other name";
    EXPECT_EQ(explained_by("club.example", {"games.example"}).allowed_from, "11:00");
}

TEST_F(JudgeAlias, LooksPastARuleThatHoldsForTheOtherNameWithoutNamingIt)
{
    policy = testing::parse_or_fail(std::string{policy_text} + R"(
[[rule]]
id = "printer-is-closed"
who = ["everyone"]
what = ["host:10.20.5.7"]
action = "block"
reason = "Closed."
)");
    policy.prepare();
    EXPECT_EQ(closing("shop.example", "10.20.5.7"), "printer-is-closed") << "addresses-are-closed stands before it";
    EXPECT_EQ(closing("shop.example", "10.20.5.8"), "");
    EXPECT_EQ(closing("news.example", "10.20.5.7"), "") << "opened before";
}

TEST_F(JudgeAlias, ClosesWhatIsClosedForOlderPupilsForTheYoungestToo)
{
    policy = testing::load_school();
    subject = policy.subject_at(*IpAddress::parse("127.0.1.10")); // Year 9
    EXPECT_EQ(closing("www.wikipedia.org", "www.tiktok.com"), "pupils-media-sharing");
    EXPECT_EQ(closing("www.wikipedia.org", "edge.provider.test"), "");
    subject = policy.subject_at(*IpAddress::parse("127.0.1.11")); // Year 7, below the age of the service
    EXPECT_EQ(closing("www.wikipedia.org", "www.tiktok.com"), "pupils-below-minimum-age");
    EXPECT_EQ(closing("www.wikipedia.org", "www.reddit.com"), "pupils-below-minimum-age");
    EXPECT_EQ(closing("www.wikipedia.org", "www.instagram.com"), "blocked-social-media");
    EXPECT_EQ(closing("www.wikipedia.org", "edge.provider.test"), "");
}

/// The school's list with its names counted or not as other names of sites.
Policy with_aliases(std::string_view list, bool count)
{
    auto made = testing::load_school();
    for (auto& info : made.lists)
        if (info.id == list)
            info.aliases = count;
    return made;
}

TEST_F(JudgeAlias, LeavesOpenWhatAListNamesOnlyForThoseWhoAskForIt)
{
    Target const reddit{Scheme::tunnel, Host::parse("www.reddit.com").value(), 443, {}};
    for (auto const* address : {"127.0.1.10", "127.0.1.11"}) { // Years 9 and 7
        policy = with_aliases("reddit", true);
        subject = policy.subject_at(*IpAddress::parse(address));
        EXPECT_NE(closing("www.wikipedia.org", "www.reddit.com"), "");
        policy = with_aliases("reddit", false);
        EXPECT_EQ(closing("www.wikipedia.org", "www.reddit.com"), "");
        EXPECT_NE(closing("www.wikipedia.org", "www.tiktok.com"), "") << "it is about one list";
        EXPECT_EQ(decide(policy, query(reddit)).verdict, Verdict::block) << "asked for itself it is closed";
    }
    policy = with_aliases("sealed-test", false);
    EXPECT_EQ(closing("www.wikipedia.org", "sealed.test"), "sealed");
}

TEST_F(JudgeAlias, LeavesOpenSitesOnThePlatformsOfTheShippedLists)
{
    auto const sources = testing::example_sources();
    policy = parse_policy(sources).policy;
    testing::attach_lists(policy, "config");
    subject = policy.subject_at(*IpAddress::parse("127.0.1.11"));
    for (auto const* platform : {"bakery.ghost.io", "bakery.wordpress.com", "cname.bitly.com", "domains.tumblr.com",
             "domains.smugmug.com", "dom.bandcamp.com", "bakers.ning.com"}) {
        Target const itself{Scheme::tunnel, Host::parse(platform).value(), 443, {}};
        EXPECT_EQ(decide(policy, query(itself)).verdict, Verdict::block) << platform;
        EXPECT_EQ(closing("www.bakery.example", platform), "") << platform;
    }
    auto const assistants = std::ranges::find_if(policy.lists, [](auto const& list) { return list.id == "ai-assistants"; });
    ASSERT_NE(assistants, policy.lists.end());
    EXPECT_FALSE(assistants->aliases) << "hf.space, to which sites of others lead; no shipped rule closes it";
    EXPECT_EQ(closing("www.bakery.example", "www.tiktok.com"), "pupils-below-minimum-age");
    EXPECT_EQ(closing("www.bakery.example", "casino-test.protonvpn.com"), "blocked-circumvention");
}

TEST_F(JudgeAlias, KeepsASealedNameClosedWhateverOpenedTheSite)
{
    policy = testing::load_school();
    subject = policy.subject_at(*IpAddress::parse("127.0.1.20"));
    EXPECT_EQ(closing("www.wikipedia.org", "sealed.test"), "sealed");
}

} // namespace
} // namespace gatehouse::policy
