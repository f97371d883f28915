// Decisions about what a URL carries: searches, and sites shown under another site's name.
#include "policy/explanation.hpp"
#include "policy/parse.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::HasSubstr;

class ContentDecisionTest : public ::testing::Test {
protected:
    /// At 10:00 in lesson 2 unless told otherwise.
    Decision decide_for(std::string_view address, std::string_view url, std::uint16_t minute = 600)
    {
        auto const subject = policy_.subject_at(*IpAddress::parse(address));
        return decide(policy_, {subject, target(url), now(minute), {}});
    }
    Explanation explain_for(std::string_view address, std::string_view url)
    {
        auto const subject = policy_.subject_at(*IpAddress::parse(address));
        return explain(policy_, {subject, target(url), now(600), {}});
    }
    std::string rule_for(std::string_view address, std::string_view url, std::uint16_t minute = 600)
    {
        auto const decision = decide_for(address, url, minute);
        return std::string{to_text(decision.verdict)} + ' ' + std::string{rule_id(policy_, decision)};
    }
    static Target target(std::string_view url)
    {
        return (url.find("://") == url.npos ? Target::parse_authority(url) : Target::parse_url(url)).value();
    }
    static Moment now(std::uint16_t minute)
    {
        LocalTime const local{{2026, 11, 24}, minute};
        return {local, testing::as_utc(local)};
    }

    Policy policy_ = testing::load_school();
};

constexpr auto pupil = "127.0.0.1";
constexpr auto teacher = "127.0.1.20";
constexpr std::uint16_t in_break = 640;

TEST_F(ContentDecisionTest, WhatATranslatorShowsIsJudgedAsIfItWereAskedFor)
{
    EXPECT_EQ(rule_for(pupil, "www-instagram-com.translate.goog:443"), "block blocked-social-media");
    EXPECT_EQ(
        rule_for(pupil, "https://translate.google.com/translate?u=https://www.instagram.com/"), "block blocked-social-media");
    EXPECT_EQ(rule_for(teacher, "www-instagram-com.translate.goog:443"), "block staff-social-media-in-lessons");
    EXPECT_EQ(rule_for(teacher, "www-instagram-com.translate.goog:443", in_break).substr(0, 5), "allow");
    EXPECT_EQ(rule_for(pupil, "www-bbc-co-uk.translate.goog:443"), "allow default-pupil");
    EXPECT_EQ(rule_for(pupil, "https://translate.google.com/translate?u=http://192.0.2.7/"), "block pupils-bare-addresses");
}

TEST_F(ContentDecisionTest, ChainsAreFollowedAndOnesWithoutEndClosed)
{
    std::string chain = "https://www.instagram.com/";
    for (int i = 0; i < 4; ++i) {
        chain.insert(0, "https://web.archive.org/web/2020/");
        EXPECT_EQ(rule_for(pupil, chain), "block blocked-social-media") << i;
    }
    chain = "https://www.bbc.co.uk/";
    for (int i = 0; i < 4; ++i)
        chain.insert(0, "https://web.archive.org/web/2020/");
    EXPECT_EQ(rule_for(pupil, chain), "allow default-pupil");
    for (int i = 0; i < 3; ++i)
        chain.insert(0, "https://web.archive.org/web/2020/");
    EXPECT_EQ(rule_for(pupil, chain), "block default");
    EXPECT_THAT(explain_for(pupil, chain).reason, HasSubstr("cannot be told"));
}

TEST_F(ContentDecisionTest, EitherOfTwoAddressesCloses)
{
    EXPECT_EQ(rule_for(pupil, "https://translate.google.com/translate?u=https://bbc.co.uk&u=https://instagram.com"),
        "block blocked-social-media");
    EXPECT_EQ(rule_for(pupil, "https://translate.google.com/translate?u=https://instagram.com&u=https://bbc.co.uk"),
        "block blocked-social-media");
}

TEST_F(ContentDecisionTest, AGrantForTheSiteOpensItBehindATranslatorToo)
{
    Override grant;
    grant.id = "override-1";
    grant.who = {std::get<Selector>(parse_selector(policy_, "who", "pupil"))};
    grant.what = {std::get<Selector>(parse_selector(policy_, "what", "host:instagram.com"))};
    grant.until = std::chrono::sys_days{std::chrono::year{2027} / 1 / 1};
    policy_.overrides = {grant};
    EXPECT_EQ(rule_for(pupil, "www-instagram-com.translate.goog:443"), "allow default-pupil");
    policy_.overrides.front().what = {std::get<Selector>(parse_selector(policy_, "what", "host:translate.goog"))};
    EXPECT_EQ(rule_for(pupil, "www-instagram-com.translate.goog:443"), "block blocked-social-media")
        << "a grant for the translator opens nothing but the translator";
}

TEST_F(ContentDecisionTest, TheSiteThatIsNamedIsTheOneThatIsBlocked)
{
    EXPECT_EQ(
        explain_for(pupil, "https://translate.google.com/translate?u=https://bbc.co.uk&u=https://instagram.com").wrapped_host,
        "instagram.com");
    EXPECT_EQ(explain_for(pupil, "https://web.archive.org/web/2020/https://12ft.io/https://instagram.com/").wrapped_host,
        "instagram.com");
    EXPECT_EQ(explain_for(pupil, "https://translate.google.com/translate?u=https://bbc.co.uk").wrapped_host, "bbc.co.uk");
    EXPECT_EQ(explain_for(pupil, "https://translate.google.com/translate?u=http://[2001:db8::7]/").wrapped_host, "[2001:db8::7]");
}

TEST_F(ContentDecisionTest, SealedContentBehindATranslatorIsNeverNamed)
{
    auto const why = explain_for(pupil, "https://translate.google.com/translate?u=https://sealed.test/");
    EXPECT_TRUE(why.sealed);
    EXPECT_EQ(why.wrapped_host, "");
    EXPECT_EQ(why.category, "");
    EXPECT_FALSE(why.may_ask);
}

TEST_F(ContentDecisionTest, TheExplanationSaysWhatIsBehind)
{
    auto const why = explain_for(pupil, "www-instagram-com.translate.goog:443");
    EXPECT_EQ(why.wrapped_host, "www.instagram.com");
    EXPECT_EQ(why.wrapper, "Google Translate");
    EXPECT_EQ(why.service, "instagram");
    EXPECT_TRUE(why.may_ask);
    EXPECT_THAT(to_text(why), HasSubstr("www.instagram.com, shown by Google Translate"));
    EXPECT_THAT(to_json(why), HasSubstr("\"wrapped_host\": \"www.instagram.com\""));
    auto const about
        = std::find_if(why.steps.begin(), why.steps.end(), [](Step const& step) { return step.stage == Stage::wrapper; });
    ASSERT_NE(about, why.steps.end());
    EXPECT_THAT(about->because, HasSubstr("shows www.instagram.com under another name"));
    EXPECT_TRUE(why.steps.back().decided);
}

TEST_F(ContentDecisionTest, RulesCloseSearchesByWhatTheyAreAbout)
{
    EXPECT_EQ(rule_for(pupil, "https://www.google.com/search?q=how+to+make+a+b0mb"), "block pupils-harmful-searches");
    EXPECT_EQ(rule_for(pupil, "https://www.google.com/search?q=bath+bomb"), "allow default-pupil");
    EXPECT_EQ(rule_for(pupil, "https://duckduckgo.com/?q=i+want+to+die"), "block pupils-search-suicide");
    EXPECT_EQ(rule_for(teacher, "https://www.google.com/search?q=how+to+make+a+bomb").substr(0, 5), "allow");
    EXPECT_EQ(rule_for(pupil, "www.google.com:443").substr(0, 5), "allow"); // a tunnel shows no search
}

TEST_F(ContentDecisionTest, SearchesAreTakenDownWhetherTheyAreClosedOrNot)
{
    auto const open = decide_for(pupil, "https://www.google.com/search?q=i+hate+myself");
    ASSERT_NE(open.term_list, none);
    EXPECT_EQ(open.verdict, Verdict::allow);
    EXPECT_EQ(policy_.term_lists[open.term_list].id, "self-harm");
    EXPECT_FALSE(open.by_search);
    auto const why = explain_for(teacher, "https://www.bing.com/search?q=Mum+Hits+Me");
    EXPECT_EQ(why.search, "mum hits me");
    EXPECT_EQ(why.search_engine, "Bing");
    EXPECT_EQ(why.term_list, "being-hurt");
    EXPECT_EQ(why.severity, "urgent");
    EXPECT_EQ(why.term, "mum hits me");
    auto const harmless = explain_for(pupil, "https://www.bing.com/search?q=photosynthesis");
    EXPECT_EQ(harmless.search, "photosynthesis");
    EXPECT_EQ(harmless.term_list, "");
}

TEST_F(ContentDecisionTest, OfSeveralListsTheMostSevereIsNamed)
{
    auto const why = explain_for(pupil, "https://www.google.com/search?q=free+vpn+kill+myself+porn");
    EXPECT_EQ(why.term_list, "suicide-now");
    EXPECT_TRUE(why.by_search);
    EXPECT_FALSE(why.may_ask) << "there is no site to open";
}

TEST_F(ContentDecisionTest, ASearchBehindATranslatorIsASearch)
{
    auto const* const url
        = "https://translate.google.com/translate?u=https%3A%2F%2Fwww.google.com%2Fsearch%3Fq%3Dmum%2Bhits%2Bme";
    auto const why = explain_for(pupil, url);
    EXPECT_EQ(why.search, "mum hits me");
    EXPECT_EQ(why.term_list, "being-hurt");
}

TEST_F(ContentDecisionTest, PagesAreReadForWhomTheEntriesHold)
{
    auto const plan_for = [&](std::string_view address, std::string_view url) {
        auto const subject = policy_.subject_at(*IpAddress::parse(address));
        auto const goal = target(url);
        Query const query{subject, goal, now(600), {}};
        return plan_content(policy_, query, decide(policy_, query));
    };
    ASSERT_EQ(policy_.content_rules.size(), 4U);
    EXPECT_EQ(plan_for("127.0.1.11", "https://www.example.org/").to_string().substr(max_content_rules - 4), "1111"); // Year 7
    EXPECT_EQ(plan_for("127.0.1.14", "https://www.example.org/").to_string().substr(max_content_rules - 4), "1110"); // sixth form
    EXPECT_TRUE(plan_for(teacher, "https://www.example.org/").none());
    EXPECT_TRUE(plan_for(pupil, "https://www.instagram.com/").none()) << "blocked already";
    Override grant;
    grant.id = "override-1";
    grant.who = {std::get<Selector>(parse_selector(policy_, "who", "pupil"))};
    grant.what = {std::get<Selector>(parse_selector(policy_, "what", "host:example.org"))};
    grant.until = std::chrono::sys_days{std::chrono::year{2027} / 1 / 1};
    policy_.overrides = {grant};
    EXPECT_TRUE(plan_for(pupil, "https://www.example.org/").none()) << "a grant opened it";
}

TEST_F(ContentDecisionTest, FilesAreJudgedByKindAndSizeInTheOrderOfTheEntries)
{
    auto const judged = [&](std::string_view address, std::string_view url, FileFacts const& facts) -> std::string_view {
        auto const subject = policy_.subject_at(*IpAddress::parse(address));
        auto const goal = target(url);
        Query const query{subject, goal, now(600), {}};
        auto const decision = decide(policy_, query);
        auto const rule = judge_file(policy_, plan_files(policy_, query, decision), facts);
        return rule ? rule_id(policy_, close_for_file(decision, *rule, facts)) : std::string_view{};
    };
    policy_.file_rules[0].what = {std::get<Selector>(parse_selector(policy_, "what", "host:updates.example"))};
    policy_.prepare();
    constexpr auto* site = "https://www.example.org/x";
    constexpr std::uint64_t huge = (1ULL << 30) + 1;
    EXPECT_EQ(judged(pupil, site, {FileKind::program, 5}), "programs-for-pupils");
    EXPECT_EQ(judged(pupil, site, {FileKind::document, huge}), "");
    EXPECT_EQ(judged(pupil, site, {FileKind::video, huge}), "large-files-for-pupils");
    EXPECT_EQ(judged(pupil, site, {FileKind::video, huge - 1}), "") << "not larger than";
    EXPECT_EQ(judged(pupil, site, {std::nullopt, huge}), "") << "an entry before it has to know the kind";
    EXPECT_EQ(judged(teacher, site, {FileKind::program, huge}), "");
    EXPECT_EQ(judged(pupil, "https://dl.updates.example/x", {FileKind::program, huge}), "") << "updates are open before";
    EXPECT_EQ(judged(pupil, "https://www.instagram.com/", {FileKind::program, 5}), "") << "blocked already";
}

TEST_F(ContentDecisionTest, AClosedFileIsExplained)
{
    auto const subject = policy_.subject_at(*IpAddress::parse(pupil));
    auto const goal = target("https://www.example.org/x");
    Query const query{subject, goal, now(600), {}};
    auto const decision = decide(policy_, query);
    FileFacts const facts{FileKind::video, 2ULL << 30};
    auto const why = explain(policy_, query, close_for_file(decision, *judge_file(policy_, FilePlan{}.set(), facts), facts));
    EXPECT_EQ(why.rule, "large-files-for-pupils");
    EXPECT_EQ(why.verdict, Verdict::block);
    EXPECT_EQ(why.file_kind, "video");
    EXPECT_THAT(why.steps.back().because, HasSubstr("kind video larger than 1073741824 bytes"));
    EXPECT_TRUE(why.by_file && why.may_ask && !why.by_virus);
    auto const virus = explain(policy_, query, close_for_virus(decision));
    EXPECT_EQ(virus.rule, "virus");
    EXPECT_TRUE(virus.by_file && virus.by_virus && !virus.may_ask);
    EXPECT_THAT(virus.reason, HasSubstr("harmful"));
}

TEST_F(ContentDecisionTest, AnEntryThatTellsClosesNothing)
{
    ContentPlan plan;
    plan.set();
    std::vector<int> scores(policy_.phrase_lists.size());
    scores[1] = 50; // self-harm
    EXPECT_FALSE(judge_content(policy_, plan, scores));
    auto const told = judge_content(policy_, plan, scores, ContentAction::tell);
    ASSERT_TRUE(told);
    EXPECT_EQ(policy_.content_rules[told.rule].id, "pages-worth-telling");
    EXPECT_EQ(policy_.phrase_lists[told.list].id, "self-harm-pages");
    scores.back() = -20;
    EXPECT_FALSE(judge_content(policy_, plan, scores, ContentAction::tell)) << "what speaks for the page";
    EXPECT_EQ(closing_part(policy_, plan).count(), max_content_rules - 1);
}

TEST_F(ContentDecisionTest, TheFirstEntryWhoseLimitIsReachedCloses)
{
    ContentPlan plan;
    plan.set();
    std::vector<int> scores(policy_.phrase_lists.size());
    EXPECT_FALSE(judge_content(policy_, plan, scores));
    scores[0] = 70;
    scores[1] = 15;
    scores.back() = -20; // what speaks for the page
    auto const finding = judge_content(policy_, plan, scores);
    ASSERT_TRUE(finding);
    EXPECT_EQ(policy_.content_rules[finding.rule].id, "younger-pupils-unsuitable-pages");
    EXPECT_EQ(policy_.phrase_lists[finding.list].id, "adult-pages");
    EXPECT_EQ(finding.score, 65);
    plan.reset(0);
    EXPECT_FALSE(judge_content(policy_, plan, scores));

    auto const subject = policy_.subject_at(*IpAddress::parse(pupil));
    auto const goal = target("https://www.example.org/");
    Query const query{subject, goal, now(600), {}};
    auto const made = close_for(decide(policy_, query), policy_, finding);
    EXPECT_EQ(rule_id(policy_, made), "younger-pupils-unsuitable-pages");
    auto const why = explain(policy_, query, made);
    EXPECT_EQ(why.verdict, Verdict::block);
    EXPECT_EQ(why.category, "adult");
    EXPECT_EQ(why.phrase_list, "adult-pages");
    EXPECT_THAT(why.steps.back().because, HasSubstr("weigh 65, the limit is 60"));
    EXPECT_TRUE(why.may_ask);
    EXPECT_TRUE(explain(policy_, query).names_unasked);
    EXPECT_FALSE(why.names_unasked) << "it was visited";
}

TEST_F(ContentDecisionTest, SearchesCannotDecideAboutInspection)
{
    auto sources = testing::school_sources();
    sources.policy.text += "\n[[inspection]]\nid = \"x\"\nwho = [\"everyone\"]\nwhat = [\"search:violence\"]\naction = "
                           "\"inspect\"\nreason = \"x\"\n";
    auto const parsed = parse_policy(sources);
    ASSERT_FALSE(parsed.problems.empty());
    EXPECT_THAT(parsed.problems.front().message, HasSubstr("searches are seen only by inspecting"));
}

TEST_F(ContentDecisionTest, WhatIsWrittenToAnAssistantIsJudgedLikeASearch)
{
    auto const target_of = [](std::string_view url) { return target(url); };
    auto const subject = policy_.subject_at(*IpAddress::parse(teacher));
    auto const assistant = target_of("https://gemini.google.com/app");
    auto const at = now(600);
    auto const open = decide(policy_, {subject, assistant, at, {}});
    EXPECT_FALSE(reads_prompt(policy_, {subject, target_of("https://www.bbc.co.uk/"), at, {}}, open))
        << "only what the policy names";
    auto const pupil_here = policy_.subject_at(*IpAddress::parse(pupil));
    TermHits hits{};
    policy_.term_index.find(Words{"how do i kill myself"}, hits);
    ASSERT_TRUE(hits.lists.any());
    auto const site = target_of("https://www.bbc.co.uk/");
    auto const decision = decide(policy_, {pupil_here, site, at, {}, &hits});
    EXPECT_EQ(rule_id(policy_, decision), "pupils-search-suicide");
    EXPECT_TRUE(decision.by_writing);
    EXPECT_EQ(policy_.term_lists[decision.term_list].severity, Severity::urgent);
    auto const why = explain(policy_, {pupil_here, site, at, {}, &hits});
    EXPECT_TRUE(why.by_writing && why.by_search);
    EXPECT_EQ(why.search, "");
    EXPECT_EQ(why.severity, "urgent");
}

TEST_F(ContentDecisionTest, ReadsWhatIsWrittenWhereAnEntrySaysSo)
{
    auto const subject = policy_.subject_at(*IpAddress::parse(teacher));
    auto const at = now(600);
    auto const assistant = target("https://claude.ai/api/chat");
    Decision allowed;
    allowed.verdict = Verdict::allow;
    EXPECT_TRUE(reads_prompt(policy_, {subject, assistant, at, {}}, allowed));
    allowed.verdict = Verdict::block;
    EXPECT_FALSE(reads_prompt(policy_, {subject, assistant, at, {}}, allowed)) << "what is blocked is not sent";
}

} // namespace
} // namespace gatehouse::policy
