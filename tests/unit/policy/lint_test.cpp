#include "tests/golden/school_fixture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view head = R"(
school = "Test"
unknown_role = "pupil"
role = [{id = "pupil", title = "P", default = "allow", default_reason = "x"}, {id = "staff", title = "S", default = "allow", default_reason = "x"}]
group = [{id = "year-9", title = "Y9", youngest_age = 13}]
category = [{id = "social", title = "S"}, {id = "blogs", title = "B", parent = "social"}, {id = "games", title = "G"}]
service = [{id = "twitter", title = "X", category = "blogs"}, {id = "steam", title = "St", category = "games"}]
network = [{id = "room", title = "R", ranges = ["10.0.0.0/8"], role = "pupil"}]
)";

constexpr std::string_view lists = R"(
list = [
  {id = "x", title = "x", service = "twitter", path = "x", format = "domains"},
  {id = "empty", title = "e", category = "games", path = "e", format = "domains"},
  {id = "own", title = "o", category = "games"},
]
)";

constexpr std::string_view timetable = R"(
term = [{name = "Autumn", first = "2026-09-01", last = "2026-12-18"}]
period = [{name = "lesson-1", kind = "lesson", start = "09:00", end = "10:00"}, {name = "break", kind = "break", start = "10:00", end = "10:20"}]
)";

std::string rule(
    std::string_view id, std::string_view who, std::string_view what, std::string_view rest, std::string_view action = "block")
{
    return "[[rule]]\nid = \"" + std::string(id) + "\"\nreason = \"x\"\nwho = [" + std::string(who) + "]\nwhat = ["
        + std::string(what) + "]\naction = \"" + std::string(action) + "\"\n" + std::string(rest) + '\n';
}

std::string lint_text(std::string_view rules, std::string_view times = timetable, bool attach = false, std::string_view more = {})
{
    auto policy = testing::parse_or_fail(
        std::string(head) + std::string(more) + std::string(rules), std::string(times), std::string(lists));
    if (attach) {
        std::vector<ListFile> const files{{"x", "x", {{.host = "x.com", .path = {}, .line = 1}}}, {"empty", "e", {}}};
        auto const image = std::make_shared<std::vector<std::byte>>(encode_list_image(files, 1));
        policy.attach(image, *image);
    }
    std::string text;
    for (auto const& problem : lint(policy)) {
        EXPECT_EQ(problem.severity, Problem::Severity::warning);
        text += problem.message + '\n';
    }
    return text;
}

TEST(Lint, ReportsContradictions)
{
    EXPECT_THAT(lint_text(rule("a", "\"staff\", \"pupil\"", "\"service:twitter\"", "")
                    + rule("b", "\"pupil\", \"staff\"", "\"service:twitter\"", "", "allow")),
        HasSubstr("rule \"b\" contradicts rule \"a\" (line 9)"));
}

TEST(Lint, ReportsRulesThatAnEarlierRuleShadows)
{
    struct {
        std::string first, second;
        bool shadowed;
    } const rows[]{
        {rule("a", "\"everyone\"", "\"everything\"", ""), rule("b", "\"pupil\"", "\"service:twitter\"", "when = [\"lesson\"]"),
            true},
        {rule("a", "\"pupil\"", "\"category:social\"", ""),
            rule("b", "\"pupil\"", "\"service:twitter\", \"category:blogs\", \"list:x\"", ""), true},
        {rule("a", "\"pupil\"", "\"service:twitter\"", ""), rule("b", "\"pupil\"", "\"list:x\"", ""), true},
        {rule("a", "\"pupil\"", "\"category:blogs\"", ""), rule("b", "\"pupil\"", "\"category:social\"", ""), false},
        {rule("a", "\"pupil\"", "\"host:example.org\"", ""),
            rule("b", "\"pupil\"", "\"host:www.example.org\", \"url:example.org/x\"", ""), true},
        {rule("a", "\"pupil\"", "\"host:example.org\"", ""), rule("b", "\"pupil\"", "\"host:notexample.org\"", ""), false},
        {rule("a", "\"pupil\"", "\"url:example.org/x\"", ""), rule("b", "\"pupil\"", "\"url:example.org/x/y\"", ""), true},
        {rule("a", "\"pupil\"", "\"url:example.org/x\"", ""), rule("b", "\"pupil\"", "\"host:example.org\"", ""), false},
        {rule("a", "\"pupil\"", "\"everything\"", "when = [\"lesson\"]"),
            rule("b", "\"pupil\"", "\"everything\"", "when = [\"period:lesson-1\"]"), true},
        {rule("a", "\"pupil\"", "\"everything\"", "when = [\"lesson\"]"), rule("b", "\"pupil\"", "\"everything\"", ""), false},
        {rule("a", "\"pupil\"", "\"everything\"", "when = [\"lesson\", \"break\", \"lunch\", \"outside\"]"),
            rule("b", "\"pupil\"", "\"everything\"", ""), true},
        {rule("a", "\"pupil\"", "\"everything\"", "where = [\"network:room\"]"),
            rule("b", "\"pupil\"", "\"everything\"", "where = [\"network:room\", \"device:school\"]"), false},
        {rule("a", "\"pupil\"", "\"everything\"", ""), rule("b", "\"staff\"", "\"everything\"", ""), false},
        {rule("a", "\"pupil\"", "\"everything\"", ""), rule("b", "\"group:year-9\"", "\"everything\"", ""), false},
    };
    for (auto const& row : rows) {
        auto const text = lint_text(row.first + row.second);
        EXPECT_EQ(text.find("rule \"b\" can never match: rule \"a\"") != text.npos, row.shadowed)
            << row.first << row.second << text;
    }
}

TEST(Lint, ReportsWhatHasNoHosts)
{
    auto const text = lint_text(rule("a", "\"pupil\"", "\"list:empty\", \"service:twitter\", \"list:own\"", "")
            + rule("b", "\"staff\"", "\"service:steam\"", ""),
        timetable, true);
    EXPECT_THAT(text, HasSubstr("list \"empty\" is empty"));
    EXPECT_THAT(text, HasSubstr("service \"steam\" has no hosts in any list"));
    EXPECT_THAT(text, HasSubstr("rule \"a\": list:empty has no hosts"));
    EXPECT_THAT(text, HasSubstr("rule \"b\" can never match: nothing of its \"what\" has hosts"));
    EXPECT_THAT(text, Not(HasSubstr("list:own")));
    EXPECT_THAT(text, Not(HasSubstr("rule \"a\" can never match")));
}

TEST(Lint, ReportsWindowsThatNeverOccur)
{
    EXPECT_THAT(lint_text(rule("a", "\"pupil\"", "\"everything\"", "when = [\"lunch\"]")),
        AllOf(HasSubstr("rule \"a\": lunch never occurs: the timetable has no lunch"),
            HasSubstr("rule \"a\" can never match: its \"when\" never occurs")));
    EXPECT_THAT(
        lint_text(rule("a", "\"pupil\"", "\"everything\"", "when = [\"lunch\", \"lesson\"]")), Not(HasSubstr("can never match")));
    constexpr std::string_view short_term = R"(
term = [{name = "Two days", first = "2026-11-23", last = "2026-11-24"}]
period = [{name = "club", kind = "lesson", start = "09:00", end = "10:00", weekdays = ["friday"]}]
)";
    auto const text = lint_text(
        rule("a", "\"pupil\"", "\"everything\"", "when = [\"weekday:friday\", \"period:club\", \"weekday:monday\"]"), short_term);
    EXPECT_THAT(text, HasSubstr("weekday:friday never occurs: no friday lies in term"));
    EXPECT_THAT(text, HasSubstr("period:club never occurs: club is on no open day of the timetable"));
    EXPECT_THAT(text, Not(HasSubstr("weekday:monday")));
    EXPECT_THAT(lint_text(rule("a", "\"pupil\"", "\"everything\"", "when = [\"closed\"]"), ""),
        HasSubstr("closed never occurs: the timetable has no closed days"));
}

TEST(Lint, ReportsGaps)
{
    auto const text = lint_text(rule("a", "\"pupil\"", "\"everything\"", ""), R"(
term = [{name = "A", first = "2026-09-01", last = "2026-12-18"}, {name = "B", first = "2026-12-18", last = "2027-02-01"}]
closure = [{name = "Summer", first = "2026-08-01"}]
period = [
  {name = "lesson-1", kind = "lesson", start = "09:00", end = "10:00", weekdays = ["monday"]},
  {name = "lesson-2", kind = "lesson", start = "10:10", end = "11:00", weekdays = ["monday"]},
  {name = "late", kind = "lesson", start = "11:30", end = "12:00", weekdays = ["monday"], groups = ["year-9"]},
]
)",
        false, "device = [{id = \"d\", address = \"10.1.1.1\"}]\n");
    EXPECT_THAT(text, HasSubstr("no rule mentions role \"staff\""));
    EXPECT_THAT(text, Not(HasSubstr("role \"pupil\"")));
    EXPECT_THAT(text, HasSubstr("monday: no period from 10:00 to 10:10"));
    EXPECT_THAT(text, HasSubstr("monday, year-9: no period from 11:00 to 11:30"));
    EXPECT_THAT(text, HasSubstr("closure \"Summer\" (2026-08-01) lies in no term"));
    EXPECT_THAT(text, HasSubstr("term \"B\" overlaps term \"A\""));
    EXPECT_THAT(text, HasSubstr("the policy expects nothing of itself"));
}

TEST(Lint, ReportsUnusedGroupsAndUnreachedNetworks)
{
    auto const policy = testing::parse_or_fail(R"(
school = "Test"
unknown_role = "pupil"
role = [{id = "pupil", title = "P", default = "allow", default_reason = "x"}]
group = [{id = "nobody", title = "N"}]
network = [{id = "all", title = "A", ranges = ["10.0.0.0/8"], role = "pupil"}, {id = "room", title = "R", ranges = ["10.1.0.0/16"], role = "pupil"}]
)");
    std::string text;
    for (auto const& problem : lint(policy))
        text += problem.message + '\n';
    EXPECT_THAT(text, HasSubstr("nothing mentions group \"nobody\""));
    EXPECT_THAT(text, HasSubstr("range 10.1.0.0/16 of network \"room\" is never reached: network \"all\" has it already"));
}

TEST(Lint, ReportsAlertsThatTellNobodyOrTheWrongOne)
{
    auto const text_of = [](std::string_view policy, std::string_view listed) {
        std::string text;
        for (auto const& problem : lint(testing::parse_or_fail(std::string(policy), std::string(timetable), std::string(listed))))
            text += problem.message + '\n';
        return text;
    };
    constexpr std::string_view categories = R"(
school = "Test"
unknown_role = "pupil"
category = [
  {id = "harm", title = "H", alert = "urgent"},
  {id = "health", title = "He", never_inspect = true, alert = "concern"},
  {id = "empty", title = "E", alert = "concern"},
]
)";
    constexpr std::string_view listed = R"(
list = [{id = "h", title = "h", category = "harm"}, {id = "he", title = "he", category = "health"}]
)";
    std::string const role = R"({id = "pupil", title = "P", default = "allow", default_reason = "x"})";
    auto const teacher = [](std::string_view people) {
        return fmt::format(R"(, {{id = "teacher", title = "T", default = "allow", default_reason = "x"{}}})", people);
    };
    auto const text = text_of(std::string(categories) + "role = [" + role + teacher("") + "]\n", listed);
    EXPECT_THAT(text, HasSubstr("category \"health\" is private (never_inspect) and tells of visits (alert)"));
    EXPECT_THAT(text, HasSubstr("category \"empty\" tells of visits (alert), but no list belongs to it"));
    EXPECT_THAT(text, Not(HasSubstr("category \"harm\"")));
    EXPECT_THAT(text, HasSubstr("no role is of staff"));
    EXPECT_THAT(text_of(std::string(categories) + "role = [" + role + teacher(", people = \"staff\"") + "]\n", listed),
        Not(HasSubstr("no role is of staff")));
}

} // namespace
} // namespace gatehouse::policy
