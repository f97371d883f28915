#include "policy/explanation.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

#include <random>

namespace gatehouse::policy {
namespace {

using testing::as_utc;
using testing::load_school;

Moment moment(std::string_view text)
{
    auto const time = LocalTime::parse(text).value();
    return {time, as_utc(time)};
}

/// Everything a query needs, owned.
struct Question {
    Subject subject;
    std::string url;
    Target target;
    Moment now;
    SignalSet signals;

    Query query() const { return {subject, target, now, signals}; }
};

class Generator {
public:
    explicit Generator(Policy const& policy)
        : policy_(policy)
    {
    }

    Question next()
    {
        Question question;
        question.subject = subject();
        question.url = url();
        question.target = Target::parse_url(question.url).value();
        if (chance(3))
            question.target = question.target.seen_without_inspection();
        question.now = time();
        for (unsigned i = 0; i < signal_count; ++i)
            if (chance(8))
                question.signals.add(static_cast<Signal>(i));
        return question;
    }

private:
    std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_); }
    bool chance(std::size_t one_in) { return pick(one_in) == 0; }

    Subject subject()
    {
        Subject made = policy_.subject_at(policy_.networks[pick(policy_.networks.size())].ranges.front().base);
        if (chance(3))
            made.role = policy_.roles[pick(policy_.roles.size())].id;
        if (chance(20))
            made.role = "nobody-knows";
        if (chance(2))
            made.groups = {policy_.groups[pick(policy_.groups.size())].id};
        static constexpr std::array users{"", "jsmith", "agreen", "bbrown"};
        made.user = users[pick(users.size())];
        made.device_kind = static_cast<DeviceKind>(pick(3));
        return made;
    }

    std::string url()
    {
        static constexpr std::array hosts{"www.instagram.com", "x.com", "facebook.com", "youtube.com", "medium.com",
            "discord.com", "childline.org.uk", "sealed.test", "terror.facebook.com", "arcade.test", "casino.test", "drugs.test",
            "vpn.test", "www.bbc.co.uk", "unlisted.test", "93.184.216.34", "[2606:2800::1]", "en.wikipedia.org", "closed.test"};
        static constexpr std::array paths{"/", "/bitesize/x", "/museum", "/a/../b?c"};
        std::string made = chance(2) ? "http://" : "https://";
        made += chance(6) ? "sub." : "";
        if (made.ends_with("sub."))
            return made + hosts[pick(8)] + paths[pick(paths.size())];
        return made + hosts[pick(hosts.size())] + paths[pick(paths.size())];
    }

    Moment time()
    {
        LocalTime made{{2026, 8, 30}, static_cast<std::uint16_t>(pick(1440))};
        for (auto days = pick(400); days > 0; --days)
            made.date = made.date.next();
        return {made, as_utc(made)};
    }

    Policy const& policy_;
    std::mt19937 random_{20261124};
};

void add_grants(Policy& policy)
{
    auto const selector = [&](std::string_view column, std::string_view text) {
        return std::get<Selector>(parse_selector(policy, column, text));
    };
    for (int i = 0; i < 20; ++i) {
        Override grant;
        grant.id = "override-" + std::to_string(i);
        grant.who = {selector("who", i % 3 == 0 ? "group:year-9" : i % 3 == 1 ? "user:agreen" : "pupil")};
        grant.what = {selector("what", i % 2 == 0 ? "service:youtube" : "url:drugs.test/museum")};
        if (i % 5 == 0)
            grant.when = {selector("when", "lesson")};
        grant.from = as_utc({{2026, 9, 1}, 0}) + std::chrono::days{i * 10};
        grant.until = grant.from + std::chrono::days{30};
        policy.overrides.push_back(grant);
    }
    Restriction restriction;
    restriction.id = "restriction-1";
    restriction.user = "jsmith";
    restriction.from = as_utc({{2026, 11, 1}, 0});
    restriction.until = as_utc({{2026, 12, 1}, 0});
    restriction.supervised_device = "127.0.1.12";
    restriction.supervised_until = as_utc({{2026, 11, 20}, 0});
    policy.restrictions.push_back(restriction);
}

TEST(ExampleSchool, HoldsItsExpectationsWithoutAWarning)
{
    auto const sources = testing::example_sources();
    auto parsed = parse_policy(sources);
    testing::attach_lists(parsed.policy, "config");
    for (auto const& problem : parsed.problems)
        ADD_FAILURE() << to_text(problem, sources);
    for (auto const& problem : check_expectations(parsed.policy, &as_utc))
        ADD_FAILURE() << to_text(problem, sources);
    EXPECT_GE(parsed.policy.expectations.size(), 40U);
    for (auto const& problem : lint(parsed.policy))
        ADD_FAILURE() << to_text(problem, sources);
}

TEST(Decide, AgreesWithExplainOnTenThousandQueries)
{
    auto policy = load_school();
    add_grants(policy);
    Generator generator{policy};
    std::array<int, 5> stages{};
    for (int i = 0; i < 10'000; ++i) {
        auto const question = generator.next();
        auto const decision = decide(policy, question.query());
        auto const explanation = explain(policy, question.query());
        ASSERT_EQ(decision.verdict, explanation.verdict) << question.url;
        ASSERT_EQ(decision.tls, explanation.tls);
        ASSERT_EQ(decision.stage, explanation.stage);
        ASSERT_EQ(rule_id(policy, decision), explanation.rule);
        ASSERT_EQ(decision.category == none ? "" : policy.categories[decision.category].id, explanation.category);
        ASSERT_EQ(decision.service == none ? "" : policy.services[decision.service].id, explanation.service);
        ASSERT_EQ(decision.list == none ? "" : policy.lists[decision.list].id, explanation.list);
        ASSERT_FALSE(explanation.rule.empty()); // total: something always decides
        ASSERT_EQ(std::count_if(explanation.steps.begin(), explanation.steps.end(), [](Step const& s) { return s.decided; }), 1);
        ++stages[static_cast<std::size_t>(decision.stage)];
    }
    for (auto const count : stages)
        EXPECT_GT(count, 0); // the queries reach every stage
}

TEST(Decide, IsPure)
{
    auto const policy = load_school();
    Generator generator{policy};
    auto const question = generator.next();
    auto const first = decide(policy, question.query());
    for (int i = 0; i < 100; ++i) {
        auto const other = generator.next();
        static_cast<void>(decide(policy, other.query()));
        auto const again = decide(policy, question.query());
        EXPECT_EQ(again.index, first.index);
        EXPECT_EQ(again.verdict, first.verdict);
    }
}

TEST(Decide, AnswersForAnEmptyPolicy)
{
    Policy const policy;
    Subject const subject;
    auto const target = Target::parse_authority("example.org:443").value();
    auto const now = moment("2026-11-24T10:00");
    Query const query{subject, target, now, {}};
    auto const decision = decide(policy, query);
    EXPECT_EQ(decision.verdict, Verdict::block);
    EXPECT_EQ(decision.tls, TlsAction::terminate);
    EXPECT_EQ(rule_id(policy, decision), "default");
    EXPECT_EQ(explain(policy, query).rule, "default");
}

TEST(Decide, NeverNamesASealedList)
{
    auto const policy = load_school();
    auto const subject = policy.subject_at(*IpAddress::parse("127.0.0.1"));
    auto const target = Target::parse_authority("terror.facebook.com:443").value();
    auto const now = moment("2026-11-24T10:00");
    Query const query{subject, target, now, {}};
    auto const decision = decide(policy, query);
    EXPECT_EQ(decision.stage, Stage::sealed);
    EXPECT_EQ(decision.list, none);
    EXPECT_EQ(decision.attached, none);
    EXPECT_EQ(decision.category, none);
    EXPECT_EQ(decision.hit.line, 0U);
    auto const text = to_text(explain(policy, query)) + to_json(explain(policy, query));
    for (std::string_view const secret : {"terror", "sealed-test", "lists/"})
        EXPECT_EQ(text.find(secret), text.npos) << text;
}

TEST(Decide, ChoosesTheTlsAction)
{
    auto const policy = load_school();
    auto const now = moment("2026-11-24T10:00");
    struct {
        std::string_view address, url;
        bool tunnel;
        TlsAction tls;
    } const rows[]{
        {"127.0.0.1", "https://www.instagram.com/", true, TlsAction::bump},
        {"127.0.0.1", "https://www.instagram.com/", false, TlsAction::terminate},
        {"127.0.0.1", "http://www.instagram.com/", false, TlsAction::terminate},
        {"127.0.1.30", "https://www.instagram.com/", true, TlsAction::terminate},
        {"127.0.0.1", "https://en.wikipedia.org/", true, TlsAction::splice},
        {"127.0.0.1", "http://en.wikipedia.org/", false, TlsAction::splice},
    };
    for (auto const& row : rows) {
        auto const subject = policy.subject_at(*IpAddress::parse(row.address));
        auto target = Target::parse_url(row.url).value();
        target = row.tunnel ? target.seen_without_inspection() : target;
        EXPECT_EQ(decide(policy, {subject, target, now, {}}).tls, row.tls) << row.url;
    }
}

TEST(Decide, PrefersTheListThatTheRuleMatched)
{
    // A name that is on a list of its service and on one of a category: the block page names what decided.
    auto const policy = load_school();
    auto const subject = policy.subject_at(*IpAddress::parse("127.0.0.1"));
    auto const now = moment("2026-11-24T10:00");
    auto const target = Target::parse_authority("lessons.youtube.com:443").value();
    auto const decision = decide(policy, {subject, target, now, {}});
    EXPECT_EQ(rule_id(policy, decision), "closed-by-the-school");
    EXPECT_EQ(policy.lists[decision.list].id, "school-block");
    EXPECT_EQ(policy.attached[decision.attached].set.file_name(decision.hit.file), "lists/school-block");
    EXPECT_EQ(decision.hit.line, 3U);
}

} // namespace
} // namespace gatehouse::policy
