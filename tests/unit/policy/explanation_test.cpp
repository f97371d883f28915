#include "policy/explanation.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::HasSubstr;

class Explaining : public ::testing::Test {
protected:
    Explanation ask(std::string_view address, std::string_view url, std::uint16_t minute)
    {
        subject = policy.subject_at(*IpAddress::parse(address));
        auto const target = Target::parse_url(url).value().seen_without_inspection();
        Moment const now{{{2026, 11, 24}, minute}, testing::as_utc({{2026, 11, 24}, minute})};
        return explain(policy, {subject, target, now, {}});
    }

    static std::string because(Explanation const& explanation, std::string_view id)
    {
        for (auto const& step : explanation.steps)
            if (step.id == id)
                return step.because;
        return "no such step";
    }

    Policy policy = testing::load_school();
    Subject subject;
};

TEST_F(Explaining, NamesEveryStepUpToTheDecidingOne)
{
    auto const e = ask("127.0.0.1", "https://www.instagram.com/", 600);
    EXPECT_EQ(e.steps.front().id, "sealed");
    EXPECT_EQ(e.steps.back().id, "blocked-social-media");
    EXPECT_TRUE(e.steps.back().decided);
    for (auto step = e.steps.begin(); step != e.steps.end() - 1; ++step)
        EXPECT_FALSE(step->decided);
    std::size_t rules = 0; // each rule that stands above the deciding one was looked at, in order
    for (auto const& step : e.steps)
        if (step.stage == Stage::rule) {
            EXPECT_EQ(step.id, policy.rules[rules++].id);
        }
    EXPECT_EQ(policy.rules[rules - 1].id, "blocked-social-media");
}

TEST_F(Explaining, SaysWhyARuleDidOrDidNotMatch)
{
    auto const e = ask("127.0.0.1", "https://www.instagram.com/", 600);
    EXPECT_EQ(because(e, "helplines-always"),
        "what: www.instagram.com, service:instagram, category:media-sharing is not category:helpline");
    EXPECT_EQ(because(e, "staff-social-media-at-break"), "who: pupil is not staff");
    EXPECT_EQ(because(e, "blocked-social-media"), "matches: everyone, service:instagram, anywhere, at any time");
    auto const staff = ask("127.0.1.20", "https://www.instagram.com/", 600);
    EXPECT_EQ(because(staff, "staff-social-media-on-school-devices"),
        "where: network:staff-room, device:personal is not device:school");
    auto const at_break = ask("127.0.1.20", "https://www.instagram.com/", 640);
    EXPECT_EQ(because(at_break, "staff-social-media-in-lessons"), "when: break, period:break, weekday:tuesday is not lesson");
    EXPECT_EQ(because(at_break, "staff-social-media-at-break"), "matches: staff, category:social-media, anywhere, break");
}

TEST_F(Explaining, TellsAPersonWhatTheyNeed)
{
    auto const e = ask("127.0.1.20", "https://www.instagram.com/", 600);
    EXPECT_EQ(e.clause, "8");
    EXPECT_EQ(e.category_title, "Sharing of pictures and videos");
    EXPECT_EQ(e.service_title, "Instagram");
    EXPECT_EQ(e.list, "instagram");
    EXPECT_EQ(e.list_file, "lists/instagram");
    EXPECT_EQ(e.list_line, 2U);
    EXPECT_EQ(e.period, "lesson-2");
    EXPECT_EQ(e.period_until, "10:40");
    EXPECT_EQ(e.allowed_from, "10:40");
    EXPECT_TRUE(e.may_ask);
}

TEST_F(Explaining, RecordsEveryOverrideAndRestrictionLookedAt)
{
    auto const selector = [&](std::string_view column, std::string_view text) {
        return std::get<Selector>(parse_selector(policy, column, text));
    };
    auto const start = testing::as_utc({{2026, 11, 24}, 0});
    auto const grant = [&](std::string id, std::string_view who, int from, int until) {
        Override made;
        made.id = std::move(id);
        made.who = {selector("who", who)};
        made.what = {selector("what", "service:youtube")};
        made.from = start + std::chrono::hours{from};
        made.until = start + std::chrono::hours{until};
        policy.overrides.push_back(made);
    };
    grant("override-1", "pupil", 0, 9);
    grant("override-2", "pupil", 12, 14);
    grant("override-3", "staff", 0, 14);
    grant("override-4", "pupil", 0, 11);
    grant("override-5", "pupil", 0, 12);
    auto const e = ask("127.0.0.1", "https://www.youtube.com/", 600);
    EXPECT_EQ(because(e, "override-1"), "has ended");
    EXPECT_EQ(because(e, "override-2"), "has not begun");
    EXPECT_EQ(because(e, "override-3"), "who: pupil is not staff");
    EXPECT_EQ(e.rule, "override-5");
    EXPECT_EQ(std::count_if(e.steps.begin(), e.steps.end(), [](Step const& step) { return step.decided; }), 1);
    EXPECT_EQ(e.steps.size(), 6U);
}

TEST_F(Explaining, FindsTheMinuteAtWhichItOpens)
{
    EXPECT_EQ(ask("127.0.0.1", "https://arcade.test/", 9 * 60).allowed_from, "10:40");
    EXPECT_EQ(ask("127.0.0.1", "https://arcade.test/", 11 * 60).allowed_from, "12:40");
    EXPECT_EQ(ask("127.0.0.1", "https://arcade.test/", 14 * 60).allowed_from, "15:10");
    EXPECT_EQ(ask("127.0.1.11", "https://arcade.test/", 11 * 60).allowed_from, "11:50");
    EXPECT_EQ(ask("127.0.0.1", "https://www.instagram.com/", 9 * 60).allowed_from, "");
    EXPECT_EQ(ask("127.0.0.1", "https://en.wikipedia.org/", 9 * 60).allowed_from, "");
}

TEST_F(Explaining, WritesTextAndJson)
{
    auto const e = ask("127.0.0.1", "https://www.instagram.com/", 600);
    auto const text = to_text(e);
    EXPECT_THAT(text, HasSubstr("block: blocked-social-media (clause 12)\n"));
    EXPECT_THAT(text, HasSubstr("list     instagram (lists/instagram:2)\n"));
    EXPECT_THAT(text, HasSubstr("  * rule        blocked-social-media: matches: everyone"));
    auto const json = to_json(e);
    for (std::string_view const part : {R"({"verdict": "block", "rule": "blocked-social-media", "clause": "12", "reason": ")",
             R"("category": "media-sharing")", R"("list": "instagram")", R"("period": "lesson-2")", R"("list_line": 2)",
             R"("sealed": false, "may_ask": true, "names_unasked": false, "steps": [{"stage": "sealed", "id": "sealed")",
             R"("decided": true}]})"})
        EXPECT_THAT(json, HasSubstr(std::string(part)));
}

TEST(ExplanationToJson, EscapesWhatItMust)
{
    Explanation e;
    e.reason = "a \"quoted\" \\ line\n\x01 ü";
    EXPECT_THAT(to_json(e), HasSubstr(R"("reason": "a \"quoted\" \\ line\u000a\u0001 ü")"));
}

} // namespace
} // namespace gatehouse::policy
