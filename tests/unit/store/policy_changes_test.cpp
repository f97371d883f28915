#include "proxy/store/policy_changes.hpp"

#include "proxy/store/audit.hpp"
#include "tests/unit/store/school.hpp"

#include <gmock/gmock.h>

namespace gatehouse::store {
namespace {

using namespace test;
using namespace std::chrono_literals;
using policy::Edit;
using policy::EditedTable;
using testing::ElementsAre;
using testing::IsEmpty;

struct PolicyChanges : School {
    static NewPolicyChanges rule(std::string row, std::string text, std::string reason = "For the exams.")
    {
        return {{{EditedTable::rule, std::move(row), std::move(text), "before"}}, std::move(reason)};
    }
    result<void> draft(NewPolicyChanges const& changes) { return draft_policy_changes(*ledger, changes, as(officer), tuesday); }
    std::vector<std::string> drafted(PublicationId publication = PublicationId::none)
    {
        std::vector<std::string> texts;
        for (auto const& change : *policy_changes_of(*ledger, publication))
            texts.push_back(change.edit.row + ">" + change.edit.text);
        return texts;
    }
    std::vector<std::string> live()
    {
        std::vector<std::string> texts;
        for (auto const& [edit, left] : *live_edits(*ledger))
            texts.push_back(edit.row + ">" + edit.text);
        return texts;
    }
    /// Makes a change live; `row` is the key of what then stands there, `was` what stood there.
    PublicationId publish(NewPolicyChanges const& changes, std::string row, std::string was)
    {
        EXPECT_TRUE(draft(changes));
        auto const proposed = propose_draft(*ledger, {changes.reason, {}}, as(officer), tuesday);
        EXPECT_TRUE(proposed);
        AppliedEdit const applied{true, {EditedTable::rule, std::move(row), std::move(was), "there"}};
        EXPECT_TRUE(apply_publication(*ledger, proposed->id, tuesday, {applied}));
        return proposed->id;
    }
};

TEST_F(PolicyChanges, WaitInTheDraftBesideThoseOfLists)
{
    ASSERT_TRUE(draft(rule("chat", "new")));
    ASSERT_TRUE(draft(rule("", "more")));
    EXPECT_THAT(drafted(), ElementsAre("chat>new", ">more"));
    EXPECT_THAT(live(), IsEmpty());
    auto const proposed = propose_draft(*ledger, {"Both.", {}}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    EXPECT_THAT(drafted(), IsEmpty());
    EXPECT_THAT(drafted(proposed->id), ElementsAre("chat>new", ">more"));
    EXPECT_THAT(live(), IsEmpty());
    ASSERT_TRUE(apply_publication(*ledger, proposed->id, tuesday, {{true, {EditedTable::rule, "chat", "old", ""}}, {false, {}}}));
    EXPECT_THAT(live(), ElementsAre("chat>new"));
    auto const changes = policy_changes_of(*ledger, proposed->id);
    EXPECT_EQ(changes->front().outcome, ChangeOutcome::applied);
    EXPECT_EQ(changes->front().back.text, "old");
    EXPECT_EQ(changes->front().edit.after, "before");
    EXPECT_EQ(changes->back().outcome, ChangeOutcome::not_needed);
}

TEST_F(PolicyChanges, AreTakenForAllDaysOfACalendarAndNotForMore)
{
    NewPolicyChanges days;
    days.reason = "Term dates of four years.";
    days.edits.resize(200, {EditedTable::closure, "", "a day", ""});
    ASSERT_TRUE(draft(days));
    EXPECT_EQ(drafted().size(), 200u);
    days.edits.push_back(days.edits.front());
    EXPECT_EQ(draft(days).error(), errc::invalid_value);
}

TEST_F(PolicyChanges, AreOneTransactionWithWhatTheyWereAppliedAs)
{
    ASSERT_TRUE(draft(rule("chat", "new")));
    auto const proposed = propose_draft(*ledger, {"One.", {}}, as(officer), tuesday);
    EXPECT_EQ(apply_publication(*ledger, proposed->id, tuesday, {}).error(), errc::stale);
    EXPECT_EQ(find_publication(*ledger, proposed->id)->state, PublicationState::pending);
    EXPECT_THAT(live(), IsEmpty());
}

TEST_F(PolicyChanges, GoBackToTheDraftIfTheirPublicationIsCalledOff)
{
    ASSERT_TRUE(draft(rule("chat", "new")));
    auto const later = propose_draft(*ledger, {"Later.", tuesday + 1h}, as(officer), tuesday);
    ASSERT_TRUE(cancel_publication(*ledger, later->id, as(officer), tuesday));
    EXPECT_THAT(drafted(), ElementsAre("chat>new"));
    auto const again = propose_draft(*ledger, {"Again.", {}}, as(officer), tuesday);
    ASSERT_TRUE(refuse_publication(*ledger, again->id, "an expectation fails", tuesday));
    EXPECT_THAT(drafted(), ElementsAre("chat>new"));
}

TEST_F(PolicyChanges, CanBeDroppedFromTheDraftOnly)
{
    ASSERT_TRUE(draft(rule("chat", "new")));
    auto const id = policy_changes_of(*ledger, PublicationId::none)->front().id;
    EXPECT_EQ(drop_policy_change(*ledger, id, as(head), tuesday).error(), errc::not_permitted);
    ASSERT_TRUE(drop_policy_change(*ledger, id, as(officer), tuesday));
    EXPECT_THAT(drafted(), IsEmpty());
    EXPECT_EQ(drop_policy_change(*ledger, id, as(officer), tuesday).error(), errc::not_found);
}

TEST_F(PolicyChanges, NeedAReasonAnEditAndAnOfficer)
{
    EXPECT_EQ(draft(rule("chat", "new", "")).error(), errc::invalid_value);
    EXPECT_EQ(draft({{}, "Why."}).error(), errc::invalid_value);
    EXPECT_EQ(draft(rule("", "")).error(), errc::invalid_value);
    EXPECT_EQ(draft(rule("chat", std::string(policy::max_edit_text + 1, 'x'))).error(), errc::invalid_value);
    EXPECT_EQ(draft_policy_changes(*ledger, rule("chat", "new"), as(head), tuesday).error(), errc::not_permitted);
    EXPECT_THAT(drafted(), IsEmpty());
}

TEST_F(PolicyChanges, OfTwoMadeFromTheSameAtOneMomentOneIsTaken)
{
    auto first = rule("chat", "first"), second = rule("chat", "second");
    first.seen = second.seen = *edits_mark(*ledger);
    ASSERT_TRUE(draft(first));
    EXPECT_EQ(draft(second).error(), errc::stale);
    EXPECT_THAT(drafted(), ElementsAre("chat>first"));
    second.seen = *edits_mark(*ledger);
    ASSERT_TRUE(draft(second));
}

TEST_F(PolicyChanges, AreMadeFromAnotherDraftOrOtherLiveOnes)
{
    auto last = *edits_mark(*ledger);
    auto const expect_another = [&](std::string const& why) {
        auto const mark = *edits_mark(*ledger);
        EXPECT_NE(mark, last) << why;
        last = mark;
    };
    ASSERT_TRUE(draft(rule("chat", "new")));
    expect_another("one more");
    auto const proposed = propose_draft(*ledger, {"Later.", tuesday + 1h}, as(officer), tuesday);
    expect_another("it is on its way");
    ASSERT_TRUE(apply_publication(*ledger, proposed->id, tuesday, {{true, {EditedTable::rule, "chat", "old", ""}}}));
    expect_another("it is live");
    std::vector<RefusedLine> refused;
    ASSERT_TRUE(
        draft_additions(*ledger, {SchoolList::block, {"games.example"}, "Games.", {2027, 1, 1}}, refused, as(officer), tuesday));
    EXPECT_EQ(*edits_mark(*ledger), last) << "lists are another matter";
}

TEST_F(PolicyChanges, RememberWhatStoodThere)
{
    auto one = rule("chat", "new");
    one.stood = {{row_mark("old"), row_mark("older")}};
    ASSERT_TRUE(draft(one));
    auto const kept = policy_changes_of(*ledger, PublicationId::none)->front();
    EXPECT_EQ(kept.stood.live, row_mark("old"));
    EXPECT_EQ(kept.stood.drafted, row_mark("older"));
    EXPECT_NE(row_mark("old"), row_mark("older"));
    EXPECT_FALSE(row_mark("").empty()) << "nothing stood there is something else than not known";
    one.stood.push_back({});
    EXPECT_EQ(draft(one).error(), errc::invalid_value);
    ASSERT_TRUE(draft(rule("chat", "newer")));
    EXPECT_TRUE(policy_changes_of(*ledger, PublicationId::none)->back().stood.live.empty());
}

TEST_F(PolicyChanges, AreTakenBackTheLastFirst)
{
    ASSERT_TRUE(draft({{{EditedTable::rule, "a", "a2", ""}, {EditedTable::closure, "", "inset", ""}}, "Two."}));
    auto const made = propose_draft(*ledger, {"Two.", {}}, as(officer), tuesday);
    ASSERT_TRUE(apply_publication(*ledger, made->id, tuesday,
        {{true, {EditedTable::rule, "a", "a1", "z"}}, {true, {EditedTable::closure, "2026-12-01 INSET", "", ""}}}));
    auto const undo = propose_undo(*ledger, made->id, as(officer), tuesday);
    ASSERT_TRUE(undo);
    EXPECT_THAT(drafted(undo->id), ElementsAre("2026-12-01 INSET>", "a>a1"));
    EXPECT_EQ(policy_changes_of(*ledger, undo->id)->back().edit.after, "z");
    EXPECT_EQ(policy_changes_of(*ledger, undo->id)->front().edit.table, EditedTable::closure);
}

TEST_F(PolicyChanges, AreNotTakenBackOnceALaterOneTouchedTheirRow)
{
    auto const first = publish(rule("chat", "second"), "chat", "first");
    auto const later = publish(rule("chat", "third"), "chat", "second");
    EXPECT_EQ(propose_undo(*ledger, first, as(officer), tuesday).error(), errc::wrong_state);
    auto const undo = propose_undo(*ledger, later, as(officer), tuesday);
    ASSERT_TRUE(undo);
    EXPECT_THAT(drafted(undo->id), ElementsAre("chat>second"));
    ASSERT_TRUE(apply_publication(*ledger, undo->id, tuesday, {{true, {EditedTable::rule, "chat", "third", ""}}}));
    EXPECT_EQ(propose_undo(*ledger, later, as(officer), tuesday).error(), errc::wrong_state);
    EXPECT_THAT(live(), ElementsAre("chat>second", "chat>third", "chat>second"));
}

TEST_F(PolicyChanges, OfOneRowInOnePublicationAreTakenBackTogether)
{
    ASSERT_TRUE(draft({{{EditedTable::rule, "", "first", ""}, {EditedTable::rule, "chat", "second", ""}}, "A new one."}));
    auto const made = propose_draft(*ledger, {"A new one.", {}}, as(officer), tuesday);
    ASSERT_TRUE(made);
    ASSERT_TRUE(apply_publication(*ledger, made->id, tuesday,
        {{true, {EditedTable::rule, "chat", "", ""}}, {true, {EditedTable::rule, "chat", "first", ""}}}));
    auto const undo = propose_undo(*ledger, made->id, as(officer), tuesday);
    ASSERT_TRUE(undo);
    EXPECT_THAT(drafted(undo->id), ElementsAre("chat>first", "chat>"));
    ASSERT_TRUE(apply_publication(*ledger, undo->id, tuesday,
        {{true, {EditedTable::rule, "chat", "second", ""}}, {true, {EditedTable::rule, "", "first", ""}}}));
    EXPECT_EQ(propose_undo(*ledger, made->id, as(officer), tuesday).error(), errc::wrong_state);
}

TEST_F(PolicyChanges, OfOneRowInOnePublicationStayTogetherOnceALaterOneTouchedIt)
{
    ASSERT_TRUE(draft({{{EditedTable::rule, "", "first", ""}, {EditedTable::rule, "chat", "renamed", ""}}, "A new one."}));
    auto const made = propose_draft(*ledger, {"A new one.", {}}, as(officer), tuesday);
    ASSERT_TRUE(made);
    ASSERT_TRUE(apply_publication(*ledger, made->id, tuesday,
        {{true, {EditedTable::rule, "chat", "", ""}}, {true, {EditedTable::rule, "talk", "first", ""}}}));
    publish(rule("talk", "third"), "talk", "renamed");
    EXPECT_EQ(propose_undo(*ledger, made->id, as(officer), tuesday).error(), errc::wrong_state);
}

TEST_F(PolicyChanges, ARemovalIsNotTakenBackOnceTheRowStandsThereAgain)
{
    auto const gone = publish(rule("chat", ""), "", "first");
    publish(rule("", "again"), "chat", "");
    EXPECT_EQ(propose_undo(*ledger, gone, as(officer), tuesday).error(), errc::wrong_state);
}

TEST_F(PolicyChanges, StandInTheAuditInFull)
{
    publish(rule("chat", "[[rule]]"), "chat", "first");
    ASSERT_TRUE(draft(rule("", "[[rule]] new")));
    auto const rows = list_audit(*ledger, {});
    std::string all;
    for (auto const& row : *rows)
        all += row.action + " " + row.detail + "\n";
    EXPECT_THAT(all, testing::HasSubstr("draft.add + rule : For the exams.\n[[rule]] new"));
    EXPECT_THAT(all, testing::HasSubstr("publication.propose 1 changes: For the exams."));
    EXPECT_THAT(all, testing::HasSubstr("policy.change by o.smith: ~ rule chat: For the exams.\n[[rule]]"));
    EXPECT_THAT(all, testing::HasSubstr("publication.live 1 changes"));
}

} // namespace
} // namespace gatehouse::store
