#include "policy/edit.hpp"

#include "policy/decide.hpp"
#include "tests/golden/school_fixture.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

std::size_t place_of(Policy const& policy, std::string_view id)
{
    auto const found = std::find_if(policy.rules.begin(), policy.rules.end(), [&](Rule const& rule) { return rule.id == id; });
    return static_cast<std::size_t>(found - policy.rules.begin());
}

std::string written_all(Policy const& policy)
{
    std::string text;
    for (auto const& rule : policy.rules)
        text += written(rule);
    for (auto const& period : policy.timetable.periods)
        text += written(period);
    for (auto const& closure : policy.timetable.closures)
        text += written(closure);
    for (auto const& term : policy.timetable.terms)
        text += written(term);
    return text;
}

std::string const tiktok
    = "[[rule]]\nid = \"pupils-tiktok\"\nwho = [\"pupil\"]\nwhat = [\"service:tiktok\"]\naction = \"block\"\n"
      "reason = \"Not \\\"here\\\".\"\n";

/// The example school; every change is taken back at the end, and the policy is as it was.
class Editing : public ::testing::Test {
protected:
    EditOutcome change(Edit const& edit)
    {
        auto const before = written_all(policy);
        auto outcome = apply(policy, edit);
        policy.prepare();
        if (!outcome.changed)
            EXPECT_TRUE(written_all(policy) == before);
        else
            back.push_back(outcome.back);
        return outcome;
    }
    void TearDown() override
    {
        for (auto edit = back.rbegin(); edit != back.rend(); ++edit)
            EXPECT_TRUE(apply(policy, *edit).changed);
        EXPECT_TRUE(written_all(policy) == at_first);
    }

    Policy policy = testing::load_school();
    std::string at_first = written_all(policy);
    std::vector<Edit> back;
};

TEST_F(Editing, EveryRowOfTheExampleSchoolReadsBackAsItIsWritten)
{
    auto const again = [&](EditedTable table, auto const& rows) {
        for (auto const& row : rows) {
            auto copy = policy;
            auto const outcome = apply(copy, {table, key_of(row), written(row), {}});
            ASSERT_TRUE(outcome.problems.empty()) << outcome.problems.front().message << written(row);
            EXPECT_EQ(outcome.row, key_of(row));
            EXPECT_EQ(outcome.back.text, written(row));
            EXPECT_NE(written_all(copy).find(written(row)), std::string::npos);
        }
    };
    again(EditedTable::rule, policy.rules);
    again(EditedTable::period, policy.timetable.periods);
    again(EditedTable::closure, policy.timetable.closures);
    again(EditedTable::term, policy.timetable.terms);
}

TEST_F(Editing, ANewRuleComesAfterTheOneItNames)
{
    auto const outcome = change({EditedTable::rule, {}, tiktok, "updates-always"});
    ASSERT_TRUE(outcome.changed);
    EXPECT_EQ(outcome.row, "pupils-tiktok");
    EXPECT_EQ(place_of(policy, "pupils-tiktok"), place_of(policy, "updates-always") + 1);
    EXPECT_EQ(policy.rules[place_of(policy, "pupils-tiktok")].reason, "Not \"here\".");
}

TEST_F(Editing, ANewRuleWithoutOneComesFirst)
{
    change({EditedTable::rule, {}, tiktok, {}});
    EXPECT_EQ(policy.rules.front().id, "pupils-tiktok");
}

TEST_F(Editing, AMovedRuleKeepsWhatItSays)
{
    auto rule = policy.rules[place_of(policy, "pupils-chat")];
    rule.keeping = {"o.smith", "K7QF-3M9P", Date{2027, 9, 1}};
    auto const text = written(rule);
    EXPECT_NE(text.find("review_by = \"2027-09-01\""), std::string::npos) << text;
    change({EditedTable::rule, "pupils-chat", text, "helplines-always"});
    EXPECT_EQ(policy.rules[1].id, "pupils-chat");
    EXPECT_EQ(written(policy.rules[1]), text);
}

TEST_F(Editing, ARuleTakesAnotherName)
{
    auto rule = policy.rules[place_of(policy, "pupils-chat")];
    rule.id = "pupils-messaging";
    auto const place = place_of(policy, "pupils-chat");
    auto const outcome = change({EditedTable::rule, "pupils-chat", written(rule), policy.rules[place - 1].id});
    EXPECT_EQ(outcome.back.row, "pupils-messaging");
    EXPECT_EQ(place_of(policy, "pupils-messaging"), place);
}

TEST_F(Editing, ARemovedRuleDecidesNothing)
{
    change({EditedTable::rule, "pupils-chat", {}, {}});
    EXPECT_EQ(place_of(policy, "pupils-chat"), policy.rules.size());
}

TEST_F(Editing, ARowThatIsGoneNeedsNoRemoval)
{
    auto const outcome = change({EditedTable::rule, "no-such-rule", {}, {}});
    EXPECT_FALSE(outcome.changed);
    ASSERT_EQ(outcome.problems.size(), 1U);
    EXPECT_EQ(outcome.problems[0].severity, Problem::Severity::warning);
}

TEST_F(Editing, AChangedRowThatIsGoneIsAdded)
{
    auto const outcome = change({EditedTable::rule, "no-such-rule", tiktok, "updates-always"});
    EXPECT_TRUE(outcome.changed);
    EXPECT_EQ(outcome.problems.size(), 1U);
    EXPECT_TRUE(outcome.back.text.empty());
}

TEST_F(Editing, ARuleAfterOneThatIsGoneStaysWhereItWas)
{
    auto const place = place_of(policy, "pupils-chat");
    auto const outcome = change({EditedTable::rule, "pupils-chat", written(policy.rules[place]), "no-such-rule"});
    EXPECT_EQ(outcome.problems.size(), 1U);
    EXPECT_EQ(place_of(policy, "pupils-chat"), place);
}

TEST_F(Editing, WhatTheReadersRefuseIsRefused)
{
    struct {
        EditedTable table;
        std::string row, text;
    } const bad[]{
        {EditedTable::rule, {}, "[[rule]]\nid = \"a\""},
        {EditedTable::rule, {},
            "[[rule]]\nid = \"pupils-chat\"\nwho = [\"pupil\"]\nwhat = [\"everything\"]\naction = \"block\"\nreason = \"x\""},
        {EditedTable::rule, {},
            "[[rule]]\nid = \"a\"\nwho = [\"pupils\"]\nwhat = [\"everything\"]\naction = \"block\"\nreason = \"x\""},
        {EditedTable::rule, "pupils-chat", tiktok + tiktok},
        {EditedTable::rule, {}, tiktok + "[[expect]]\n"},
        {EditedTable::rule, {}, "[[closure]]\nname = \"a\"\nfirst = \"2026-12-01\""},
        {EditedTable::rule, {}, "rule = []"},
        {EditedTable::rule, {}, "[[rule"},
        {EditedTable::rule, {}, "[[["},
        {EditedTable::rule, {}, tiktok + "\xc3\xa4"},
        {EditedTable::rule, {}, tiktok + std::string(max_edit_text, '#')},
        {EditedTable::closure, {}, "[[closure]]\nname = \"a\"\nfirst = \"2026-12-02\"\nlast = \"2026-12-01\""},
        {EditedTable::closure, {}, "[[closure]]\nname = \"a\"\nfirst = \"yesterday\""},
        {EditedTable::closure, {}, "[[closure]]\nname = \"a\"\nfirst = 2026-12-01 1\n"},
        {EditedTable::closure, {}, "[[closure]]\nname = \"a\"\nfirst =\t0502-12-rm 1\n"},
        {EditedTable::closure, {}, "[[closure]]\nname = \"a\"\nfirst = [2026-12_-01 1]\n"},
        {EditedTable::period, {}, "[[period]]\nname = \"extra\"\nkind = \"lesson\"\nstart = \"10:30\"\nend = \"10:45\""},
        {EditedTable::period, {}, "[[period]]\nname = \"extra\"\nkind = \"play\"\nstart = \"20:30\"\nend = \"20:45\""},
    };
    for (auto const& [table, row, text] : bad) {
        auto const outcome = change({table, row, text, {}});
        EXPECT_FALSE(outcome.changed) << text;
        EXPECT_TRUE(std::any_of(outcome.problems.begin(), outcome.problems.end(), [](Problem const& problem) {
            return problem.severity == Problem::Severity::error && !problem.message.empty();
        })) << text;
    }
}

TEST_F(Editing, AnInsetDayIsAClosedDay)
{
    EXPECT_TRUE(policy.timetable.closed_for({2026, 12, 1}).empty());
    change({EditedTable::closure, {}, "[[closure]]\nname = \"INSET day\"\nfirst = \"2026-12-01\"", {}});
    EXPECT_EQ(policy.timetable.closed_for({2026, 12, 1}), "INSET day");
}

TEST_F(Editing, AWrittenRowIsTakenApartForReading)
{
    auto const text = written_row(policy, EditedTable::rule, "pupils-play-in-lessons");
    auto const parts = parts_of(text);
    ASSERT_EQ(parts.size(), 7U);
    EXPECT_EQ(parts[0].key, "id");
    EXPECT_EQ(parts[3].key, "what");
    EXPECT_EQ(parts[3].values.size(), 5U);
    EXPECT_EQ(parts[6].values.front(), "This is for break and lunch, not for lessons.");
    for (auto const* const bad : {"", "[[[", "a = 1", "[[a]]\n[[b]]", "[a]\nb = 1", "rule = []", "rule = [1]"})
        EXPECT_TRUE(parts_of(bad).empty()) << bad;
    EXPECT_TRUE(written_row(policy, EditedTable::term, "none").empty());
}

TEST_F(Editing, ARowStandsWithItsPlaceAsItsChangeWouldLeaveIt)
{
    EXPECT_TRUE(standing_row(policy, EditedTable::rule, "none").empty());
    auto const& first = policy.rules[0];
    auto const& second = policy.rules[1];
    EXPECT_EQ(standing_row(policy, EditedTable::rule, first.id), "\n" + written(first));
    EXPECT_EQ(standing_row(policy, EditedTable::rule, second.id), first.id + "\n" + written(second));
    EXPECT_EQ(standing_row({EditedTable::rule, second.id, written(second), first.id}),
        standing_row(policy, EditedTable::rule, second.id));
    auto const& term = policy.timetable.terms.front();
    EXPECT_EQ(standing_row(policy, EditedTable::term, key_of(term)), written(term));
    EXPECT_TRUE(standing_row({EditedTable::rule, second.id, {}, {}}).empty());
}

TEST_F(Editing, OfTwoLunchesTheOneThatIsMeantIsMoved)
{
    auto const is_theirs = [](Period const& period) { return period.name == "lunch" && !period.groups.empty(); };
    auto const found = std::find_if(policy.timetable.periods.begin(), policy.timetable.periods.end(), is_theirs);
    auto lunch = *found;
    lunch.kind = PeriodKind::break_time;
    change({EditedTable::period, key_of(*found), written(lunch), {}});
    EXPECT_EQ(std::count_if(policy.timetable.periods.begin(), policy.timetable.periods.end(),
                  [](Period const& period) { return period.name == "lunch" && period.kind == PeriodKind::lunch; }),
        1);
}

} // namespace
} // namespace gatehouse::policy
