#include "proxy/store/publications.hpp"

#include "proxy/store/audit.hpp"
#include "proxy/store/role_grants.hpp"
#include "tests/unit/store/school.hpp"

#include <gmock/gmock.h>

namespace gatehouse::store {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct Publications : School {
    std::vector<RefusedLine> refused;

    static NewChanges block(std::vector<std::string> targets)
    {
        return {SchoolList::block, std::move(targets), "Played in lessons.", {2027, 9, 1}};
    }
    result<void> draft(std::vector<std::string> targets)
    {
        refused.clear();
        return draft_additions(*ledger, block(std::move(targets)), refused, as(officer), tuesday);
    }
    std::vector<std::string> drafted()
    {
        std::vector<std::string> hosts;
        for (auto const& change : *read_draft(*ledger))
            hosts.push_back((change.kind == ChangeKind::add ? "+" : "-") + change.host + change.path);
        return hosts;
    }
    std::vector<std::string> listed()
    {
        std::vector<std::string> hosts;
        for (auto const& entry : *school_entries(*ledger, SchoolList::block))
            hosts.push_back(entry.host + entry.path);
        return hosts;
    }
    std::vector<std::string> listed_with(std::vector<Change> const& changes)
    {
        std::vector<std::string> hosts;
        for (auto const& entry : *school_entries_with(*ledger, SchoolList::block, changes))
            hosts.push_back(entry.host + entry.path);
        return hosts;
    }
    std::vector<std::string> listed_with_draft(AccountId by = AccountId::none) { return listed_with(*read_draft(*ledger, by)); }
    /// Proposes the draft and makes it live.
    Publication publish(std::string message = "For the term.", Instant now = tuesday)
    {
        auto const proposed = propose_draft(*ledger, {std::move(message), {}}, as(officer), now);
        EXPECT_TRUE(proposed);
        EXPECT_TRUE(apply_publication(*ledger, proposed->id, now));
        return *find_publication(*ledger, proposed->id);
    }
    ListEntryId entry_of(std::string const& host)
    {
        for (auto const& entry : *list_school_entries(*ledger, SchoolList::block))
            if (entry.host == host)
                return entry.id;
        return ListEntryId::none;
    }
};

TEST_F(Publications, GatherInTheDraftAndGoLiveTogether)
{
    ASSERT_TRUE(draft({"games.example", "https://www.videos.example/fun?x=1"}));
    EXPECT_THAT(drafted(), ElementsAre("+games.example", "+www.videos.example/fun"));
    EXPECT_THAT(listed(), IsEmpty());
    EXPECT_THAT(listed_with_draft(), ElementsAre("games.example", "www.videos.example/fun"));
    auto const live = publish();
    EXPECT_EQ(live.state, PublicationState::live);
    EXPECT_EQ(live.made_by, "o.smith");
    EXPECT_THAT(drafted(), IsEmpty());
    EXPECT_THAT(listed(), ElementsAre("games.example", "www.videos.example/fun"));
    auto const changes = changes_of(*ledger, live.id);
    ASSERT_EQ(changes->size(), 2U);
    EXPECT_EQ((*changes)[0].outcome, ChangeOutcome::applied);
    EXPECT_EQ((*changes)[0].entry, entry_of("games.example"));
    EXPECT_EQ(list_school_entries(*ledger, SchoolList::block)->front().added_by, "o.smith");
}

TEST_F(Publications, TakeTheOfficersOwnChangesAloneIfWanted)
{
    ASSERT_TRUE(draft({"mine.example"}));
    ASSERT_DONE(rename_account(*ledger, officer, "olive", owner(), tuesday)); // what was made before stays the officer's
    ASSERT_TRUE(draft({"later.example"}));
    ASSERT_DONE(draft_additions(*ledger, block({"theirs.example"}), refused, as(officer2), tuesday));
    EXPECT_THAT(listed_with_draft(), ElementsAre("mine.example", "later.example", "theirs.example"));
    EXPECT_THAT(listed_with_draft(officer2), ElementsAre("theirs.example"));
    auto const seen = listed_with_draft(officer);
    auto const own = propose_draft(*ledger, {"Mine.", {}, Whose::own}, as(officer), tuesday);
    ASSERT_DONE(own);
    ASSERT_DONE(apply_publication(*ledger, own->id, tuesday));
    EXPECT_THAT(listed(), ElementsAre("mine.example", "later.example"));
    EXPECT_EQ(listed(), seen) << "what was looked at is what is live";
    EXPECT_THAT(drafted(), ElementsAre("+theirs.example"));
    EXPECT_FAILS(propose_draft(*ledger, {"Mine.", {}, Whose::own}, as(officer), tuesday), errc::wrong_state)
        << "nothing of theirs";
    expect_intact();
}

TEST_F(Publications, OfEverybodyAreOfTheDraftThatWasLookedAt)
{
    ASSERT_TRUE(draft({"mine.example"}));
    auto const seen = *draft_mark(*ledger);
    ASSERT_DONE(draft_additions(*ledger, block({"theirs.example"}), refused, as(officer2), tuesday));
    EXPECT_FAILS(propose_draft(*ledger, {"All.", {}, Whose::all, seen}, as(officer), tuesday), errc::stale);
    ASSERT_DONE(drop_change(*ledger, read_draft(*ledger)->back().id, as(officer2), tuesday));
    EXPECT_EQ(*draft_mark(*ledger), seen) << "it is that draft again";
    ASSERT_DONE(draft_additions(*ledger, block({"theirs.example"}), refused, as(officer2), tuesday));
    EXPECT_NE(*draft_mark(*ledger), seen);
    ASSERT_DONE(propose_draft(*ledger, {"All.", {}, Whose::all, *draft_mark(*ledger)}, as(officer), tuesday));
    EXPECT_THAT(drafted(), IsEmpty());
}

TEST_F(Publications, OfEverybodyDoNotTakeWhatCameBackUnseenInPlaceOfWhatWent)
{
    ASSERT_TRUE(draft({"unseen.example"}));
    auto const later = propose_draft(*ledger, {"Later.", tuesday + 24h}, as(officer2), tuesday);
    ASSERT_DONE(later);
    ASSERT_TRUE(draft({"b.example", "c.example"}));
    auto const seen = *draft_mark(*ledger);
    ASSERT_DONE(drop_change(*ledger, read_draft(*ledger)->front().id, as(officer2), tuesday));
    ASSERT_DONE(cancel_publication(*ledger, later->id, as(officer2), tuesday));
    EXPECT_THAT(drafted(), ElementsAre("+unseen.example", "+c.example"));
    EXPECT_FAILS(propose_draft(*ledger, {"Both.", {}, Whose::all, seen}, as(officer), tuesday), errc::stale);
    ASSERT_DONE(propose_draft(*ledger, {"Both.", {}, Whose::all, *draft_mark(*ledger)}, as(officer), tuesday));
    EXPECT_EQ(*draft_mark(*ledger), 0) << "the empty one";
}

TEST_F(Publications, TakeAllLinesOrNoneAndNameTheBadOnes)
{
    ASSERT_TRUE(draft({"games.example"}));
    publish();
    ASSERT_TRUE(draft({"drafted.example"}));
    auto const taken = draft({"good.example", "not a site", "games.example", "drafted.example", "GOOD.example."});
    EXPECT_EQ(taken.error(), errc::invalid_value);
    ASSERT_EQ(refused.size(), 4U);
    EXPECT_EQ(refused[0].number, 2U);
    EXPECT_EQ(refused[0].why, errc::invalid_value);
    EXPECT_EQ(refused[1].why, errc::already_exists);
    EXPECT_EQ(refused[2].why, errc::already_exists);
    EXPECT_EQ(refused[3].number, 5U);
    EXPECT_THAT(drafted(), ElementsAre("+drafted.example"));
    EXPECT_EQ(draft({}).error(), errc::invalid_value);
}

TEST_F(Publications, RemoveWithAReasonAndOnce)
{
    ASSERT_TRUE(draft({"games.example"}));
    publish();
    auto const entry = entry_of("games.example");
    EXPECT_EQ(draft_removal(*ledger, entry, "", as(officer), tuesday).error(), errc::invalid_value);
    ASSERT_TRUE(draft_removal(*ledger, entry, "Harmless.", as(officer), tuesday));
    EXPECT_EQ(draft_removal(*ledger, entry, "Harmless.", as(officer2), tuesday).error(), errc::already_exists);
    EXPECT_THAT(listed_with_draft(), IsEmpty());
    EXPECT_THAT(listed(), ElementsAre("games.example"));
    publish();
    EXPECT_THAT(listed(), IsEmpty());
    EXPECT_EQ(find_school_entry(*ledger, entry)->remove_reason, "Harmless.");
    EXPECT_EQ(draft_removal(*ledger, entry, "Again.", as(officer), tuesday).error(), errc::wrong_state);
}

TEST_F(Publications, AreTheOfficersAlone)
{
    for (auto const somebody : {head, ict, dsl, pupil}) {
        EXPECT_EQ(
            draft_additions(*ledger, block({"games.example"}), refused, as(somebody), tuesday).error(), errc::not_permitted);
        EXPECT_EQ(propose_draft(*ledger, {"x", {}}, as(somebody), tuesday).error(), errc::not_permitted);
        EXPECT_EQ(
            propose_additions(*ledger, block({"games.example"}), refused, as(somebody), tuesday).error(), errc::not_permitted);
    }
    ASSERT_TRUE(draft({"games.example"}));
    auto const live = publish();
    EXPECT_EQ(propose_undo(*ledger, live.id, as(head), tuesday).error(), errc::not_permitted);
    EXPECT_EQ(draft_removal(*ledger, entry_of("games.example"), "x", as(ict), tuesday).error(), errc::not_permitted);
    EXPECT_EQ(propose_removal(*ledger, entry_of("games.example"), "x", as(ict), tuesday).error(), errc::not_permitted);
}

TEST_F(Publications, AreNotOfAnOfficerOfToday)
{
    ASSERT_TRUE(draft({"games.example"}));
    auto const live = publish();
    auto const entry = entry_of("games.example");
    auto const hour = tuesday + 48h;
    ASSERT_TRUE(set_console_role(*ledger, dsl, ConsoleRole::officer, as(ict), hour));
    ASSERT_TRUE(confirm_role(*ledger, {waiting_role(*ledger, dsl)->id, as(head), hour}));
    ASSERT_TRUE(draft_additions(*ledger, block({"toys.example"}), refused, as(dsl), hour)) << "which decides nothing";
    auto const later = hour + 24h - 1s;
    EXPECT_FAILS(propose_draft(*ledger, {"Mine.", later}, as(dsl), later), errc::role_changed_recently);
    EXPECT_EQ(newest_action(), "publication.propose.denied");
    EXPECT_FAILS(propose_additions(*ledger, block({"chess.example"}), refused, as(dsl), later), errc::role_changed_recently);
    EXPECT_FAILS(propose_removal(*ledger, entry, "Wanted.", as(dsl), later), errc::role_changed_recently);
    EXPECT_FAILS(propose_undo(*ledger, live.id, as(dsl), later), errc::role_changed_recently);
    EntryReview const review{{2030, 1, 1}, "d.black", "", "Looked at."};
    EXPECT_FAILS(review_school_entry(*ledger, entry, review, as(dsl), later), errc::role_changed_recently);
    ASSERT_TRUE(propose_draft(*ledger, {"Mine.", hour + 24h}, as(dsl), hour + 24h));
}

TEST_F(Publications, DoNotGoLiveForWhoIsNoOfficerAnyMore)
{
    for (bool const closes : {false, true}) {
        ASSERT_TRUE(draft({"games.example"}));
        auto const due = tuesday + 48h;
        auto const proposed = propose_draft(*ledger, {"For later.", due}, as(officer), tuesday);
        ASSERT_TRUE(proposed);
        ASSERT_TRUE(closes ? set_disabled(*ledger, officer, true, owner(), tuesday)
                           : set_console_role(*ledger, officer, ConsoleRole::none, owner(), tuesday));
        EXPECT_FAILS(apply_publication(*ledger, proposed->id, due), errc::not_permitted);
        EXPECT_THAT(listed(), IsEmpty());
        EXPECT_EQ(find_publication(*ledger, proposed->id)->state, PublicationState::pending) << "the program says why";
        ASSERT_TRUE(refuse_publication(*ledger, proposed->id, "No officer any more.", due));
        EXPECT_THAT(drafted(), ElementsAre("+games.example"));
        ASSERT_TRUE(drop_change(*ledger, read_draft(*ledger)->front().id, as(officer2), due));
        ASSERT_TRUE(set_console_role(*ledger, officer, ConsoleRole::officer, owner(), tuesday - 48h));
    }
}

TEST_F(Publications, ADroppedChangeIsGone)
{
    ASSERT_TRUE(draft({"games.example", "videos.example"}));
    auto const first = read_draft(*ledger)->front().id;
    EXPECT_EQ(drop_change(*ledger, first, as(head), tuesday).error(), errc::not_permitted);
    ASSERT_TRUE(drop_change(*ledger, first, as(officer2), tuesday));
    EXPECT_THAT(drafted(), ElementsAre("+videos.example"));
    EXPECT_EQ(drop_change(*ledger, first, as(officer), tuesday).error(), errc::not_found);
    auto const live = publish();
    EXPECT_EQ(drop_change(*ledger, changes_of(*ledger, live.id)->front().id, as(officer), tuesday).error(), errc::not_found);
}

TEST_F(Publications, NeedAMessageAndAChange)
{
    EXPECT_EQ(propose_draft(*ledger, {"For nothing.", {}}, as(officer), tuesday).error(), errc::wrong_state);
    ASSERT_TRUE(draft({"games.example"}));
    EXPECT_EQ(propose_draft(*ledger, {"", {}}, as(officer), tuesday).error(), errc::invalid_value);
}

TEST_F(Publications, WaitForTheirHourAndCanBeCalledOff)
{
    ASSERT_TRUE(draft({"games.example"}));
    auto const later = propose_draft(*ledger, {"For Monday.", tuesday + 24h}, as(officer), tuesday);
    ASSERT_TRUE(later);
    EXPECT_EQ((*next_publication(*ledger))->due_at, tuesday + 24h);
    EXPECT_THAT(drafted(), IsEmpty());
    EXPECT_THAT(listed(), IsEmpty());
    EXPECT_THAT(listed_with(*changes_of(*ledger, later->id)), ElementsAre("games.example"));
    ASSERT_TRUE(draft({"videos.example"}));
    auto const sooner = propose_draft(*ledger, {"For tomorrow.", tuesday + 1h}, as(officer), tuesday);
    EXPECT_EQ((*next_publication(*ledger))->id, sooner->id);
    ASSERT_TRUE(cancel_publication(*ledger, sooner->id, as(officer2), tuesday));
    EXPECT_THAT(drafted(), ElementsAre("+videos.example"));
    EXPECT_EQ((*next_publication(*ledger))->id, later->id);
    EXPECT_EQ(cancel_publication(*ledger, sooner->id, as(officer), tuesday).error(), errc::wrong_state);
    EXPECT_EQ(apply_publication(*ledger, sooner->id, tuesday).error(), errc::wrong_state);
    ASSERT_TRUE(apply_publication(*ledger, later->id, tuesday + 24h));
    EXPECT_THAT(listed(), ElementsAre("games.example"));
    EXPECT_FALSE(*next_publication(*ledger));
}

TEST_F(Publications, ARefusedOneLeavesItsChangesInTheDraft)
{
    ASSERT_TRUE(draft({"school.example"}));
    auto const proposed = propose_draft(*ledger, {"A mistake.", {}}, as(officer), tuesday);
    ASSERT_TRUE(refuse_publication(*ledger, proposed->id, "school.example must stay open", tuesday));
    EXPECT_THAT(drafted(), ElementsAre("+school.example"));
    EXPECT_EQ(find_publication(*ledger, proposed->id)->note, "school.example must stay open");
    EXPECT_EQ(refuse_publication(*ledger, proposed->id, "again", tuesday).error(), errc::wrong_state);
}

TEST_F(Publications, AreTakenBackAsFarAsTheyStillStand)
{
    ASSERT_TRUE(draft({"games.example", "videos.example"}));
    auto const first = publish("The first.");
    ASSERT_TRUE(draft_removal(*ledger, entry_of("games.example"), "Harmless.", as(officer), tuesday));
    auto const second = publish("The second.");
    auto const undo_first = propose_undo(*ledger, first.id, as(officer2), tuesday);
    ASSERT_TRUE(undo_first);
    EXPECT_EQ(undo_first->undoes, first.id);
    ASSERT_TRUE(apply_publication(*ledger, undo_first->id, tuesday));
    EXPECT_THAT(listed(), IsEmpty()); // games.example was off already
    EXPECT_EQ(propose_undo(*ledger, first.id, as(officer), tuesday).error(), errc::wrong_state);
    auto const undo_second = propose_undo(*ledger, second.id, as(officer), tuesday);
    ASSERT_TRUE(undo_second);
    ASSERT_TRUE(apply_publication(*ledger, undo_second->id, tuesday));
    EXPECT_THAT(listed(), ElementsAre("games.example"));
    EXPECT_EQ(list_school_entries(*ledger, SchoolList::block)->front().reason, "Played in lessons.");
    EXPECT_EQ(propose_undo(*ledger, static_cast<PublicationId>(99), as(officer), tuesday).error(), errc::not_found);
}

TEST_F(Publications, AtOnceLeaveTheDraftAlone)
{
    ASSERT_TRUE(draft({"later.example"}));
    auto const urgent = propose_additions(*ledger, block({"nasty.example"}), refused, as(officer), tuesday);
    ASSERT_TRUE(urgent);
    ASSERT_TRUE(apply_publication(*ledger, urgent->id, tuesday));
    EXPECT_THAT(listed(), ElementsAre("nasty.example"));
    EXPECT_THAT(drafted(), ElementsAre("+later.example"));
    auto const gone = propose_removal(*ledger, entry_of("nasty.example"), "It was a mistake.", as(officer), tuesday);
    ASSERT_TRUE(gone);
    ASSERT_TRUE(apply_publication(*ledger, gone->id, tuesday));
    EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(Publications, WhatSomebodyElseDidMeanwhileIsNotDoneTwice)
{
    ASSERT_TRUE(draft({"games.example"}));
    auto const later = propose_draft(*ledger, {"Later.", tuesday + 1h}, as(officer), tuesday);
    auto const sooner = propose_additions(*ledger, block({"games.example"}), refused, as(officer2), tuesday);
    ASSERT_TRUE(sooner);
    ASSERT_TRUE(apply_publication(*ledger, sooner->id, tuesday));
    ASSERT_TRUE(apply_publication(*ledger, later->id, tuesday + 1h));
    EXPECT_THAT(listed(), ElementsAre("games.example"));
    EXPECT_EQ(changes_of(*ledger, later->id)->front().outcome, ChangeOutcome::not_needed);
    EXPECT_EQ(propose_undo(*ledger, later->id, as(officer), tuesday).error(), errc::wrong_state);
}

TEST_F(Publications, LeaveAnAuditRowForEveryStep)
{
    ASSERT_TRUE(draft({"games.example"}));
    publish();
    auto const rows = list_audit(*ledger, {});
    std::vector<std::string> actions;
    for (auto const& row : *rows)
        actions.push_back(row.action);
    EXPECT_THAT(actions, testing::IsSupersetOf({"draft.add", "publication.propose", "list.add", "publication.live"}));
}

TEST_F(Publications, AreListedNewestFirstPageByPage)
{
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(draft({"site" + std::to_string(i) + ".example"}));
        publish("Number " + std::to_string(i));
    }
    auto const page = list_publications(*ledger, PublicationId::none, 2);
    ASSERT_EQ(page->size(), 2U);
    EXPECT_EQ((*page)[0].message, "Number 4");
    EXPECT_EQ(list_publications(*ledger, page->back().id, 2)->front().message, "Number 2");
}

} // namespace
} // namespace gatehouse::store
