#include "proxy/store/publications.hpp"
#include "proxy/store/reports.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

struct SchoolLists : School {
    static NewChanges change(std::string target = "https://Games.Example/arcade?x#y", SchoolList list = SchoolList::block)
    {
        return {list, {std::move(target)}, "Unblocked games.", policy::Date{2027, 4, 1}};
    }
    /// Makes what was proposed live.
    result<void> live(result<Publication> const& proposed)
    {
        return proposed ? apply_publication(*ledger, proposed->id, tuesday) : proposed.error();
    }
    result<void> add(NewChanges const& changes)
    {
        std::vector<RefusedLine> refused;
        return live(propose_additions(*ledger, changes, refused, as(officer), tuesday));
    }
};

TEST_F(SchoolLists, KeepEntriesWithReasonReviewDateAndHistory)
{
    ASSERT_DONE(add(change()));
    auto const added = list_school_entries(*ledger, SchoolList::block)->front();
    EXPECT_EQ(added.host, "games.example");
    EXPECT_EQ(added.path, "/arcade");
    EXPECT_EQ(added.added_by, "o.smith");
    EXPECT_FAILS(add(change()), errc::invalid_value);
    ASSERT_DONE(add(change("games.example")));
    ASSERT_DONE(add(change("games.example", SchoolList::allow)));
    auto const compiled = school_entries(*ledger, SchoolList::block);
    ASSERT_TRUE(compiled);
    ASSERT_EQ(compiled->size(), 2u);
    EXPECT_EQ(compiled->front().line, static_cast<std::uint32_t>(number(added.id)));
    EXPECT_EQ(compiled->front().path, "/arcade");
    ASSERT_DONE(live(propose_removal(*ledger, added.id, "Not needed.", as(officer2), tuesday)));
    EXPECT_FAILS(propose_removal(*ledger, added.id, "Again.", as(officer), tuesday), errc::wrong_state);
    EXPECT_EQ(list_school_entries(*ledger, SchoolList::block)->size(), 1u);
    auto const all = list_school_entries(*ledger, SchoolList::block, Removed::with);
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ(all->back().removed_by, "p.jones");
    EXPECT_EQ(all->back().review_by, (policy::Date{2027, 4, 1}));
    EXPECT_FALSE(ledger->database().execute("DELETE FROM school_entries"));
    expect_intact();
}

TEST_F(SchoolLists, AreSearchedAndReadInPages)
{
    std::vector<std::string> hosts;
    for (int i = 0; i < 120; ++i)
        hosts.push_back("site" + std::to_string(1000 + i) + ".example");
    ASSERT_DONE(add({SchoolList::block, hosts, "Many games.", policy::Date{2027, 4, 1}, "Ms Ash", "K7QF-3M9P"}));
    ASSERT_DONE(add({SchoolList::block, {"old.example"}, "100% Homework_help", policy::Date{2026, 9, 1}}));
    ASSERT_DONE(add({SchoolList::allow, {"old.example"}, "Elsewhere.", policy::Date{2026, 9, 1}}));
    EXPECT_EQ(*count_school_entries(*ledger, {}), 122u) << "of all lists";
    EntrySearch const blocked{.list = SchoolList::block, .text = {}, .who = {}, .overdue_on = {}};
    auto const second = find_school_entries(*ledger, blocked, 50, 50);
    ASSERT_TRUE(second);
    ASSERT_EQ(second->size(), 50u);
    EXPECT_EQ(second->front().host, "site1049.example") << "old.example is first";
    EXPECT_EQ(find_school_entries(*ledger, blocked, 100, 50)->size(), 21u);
    auto const count = [&](EntrySearch search) {
        search.list = SchoolList::block;
        return *count_school_entries(*ledger, search);
    };
    EXPECT_EQ(count({.list = {}, .text = "SITE110", .who = {}, .overdue_on = {}}), 10u);
    EXPECT_EQ(count({.list = {}, .text = "homework", .who = {}, .overdue_on = {}}), 1u) << "the reason";
    EXPECT_EQ(count({.list = {}, .text = "k7qf", .who = {}, .overdue_on = {}}), 120u) << "the reference";
    EXPECT_EQ(count({.list = {}, .text = "%", .who = {}, .overdue_on = {}}), 1u) << "a sign is a sign";
    EXPECT_EQ(count({.list = {}, .text = "a' OR '1'='1", .who = {}, .overdue_on = {}}), 0u);
    EXPECT_EQ(count({.list = {}, .text = {}, .who = "ms ash", .overdue_on = {}}), 120u);
    EXPECT_EQ(count({.list = {}, .text = {}, .who = "o.smith", .overdue_on = {}}), 121u) << "who added them";
    EXPECT_EQ(count({.list = {}, .text = {}, .who = {}, .overdue_on = policy::Date{2026, 9, 2}}), 1u);
    EXPECT_EQ(count({.list = {}, .text = {}, .who = {}, .overdue_on = policy::Date{2026, 9, 1}}), 0u)
        << "the day itself is not over";
    EXPECT_EQ(*count_overdue_entries(*ledger, {2026, 11, 24}), 2u) << "of all lists";
    auto const removed = find_school_entries(*ledger, {.list = {}, .text = "old.", .who = {}, .overdue_on = {}}, 0, 50)->front();
    ASSERT_DONE(live(propose_removal(*ledger, removed.id, "Not needed.", as(officer), tuesday)));
    EXPECT_EQ(*count_overdue_entries(*ledger, {2026, 11, 24}), 1u);
    EXPECT_EQ(count({}), 120u);
}

TEST_F(SchoolLists, HaveSomebodyWhoAnswersForEachEntryAndAReviewThatKeepsIt)
{
    ASSERT_DONE(add(change()));
    auto const added = list_school_entries(*ledger, SchoolList::block)->front();
    EXPECT_EQ(added.owner, "o.smith") << "whoever adds it, unless they name somebody";
    EXPECT_FALSE(added.reviewed_at);
    EntryReview const review{{2028, 1, 10}, "Ms Ash", "K7QF-3M9P", "Still played in lessons."};
    ASSERT_DONE(review_school_entry(*ledger, added.id, review, as(officer2), tuesday));
    auto const reviewed = *find_school_entry(*ledger, added.id);
    EXPECT_EQ(reviewed.review_by, (policy::Date{2028, 1, 10}));
    EXPECT_EQ(reviewed.owner, "Ms Ash");
    EXPECT_EQ(reviewed.reference, "K7QF-3M9P");
    EXPECT_EQ(reviewed.reviewed_by, "p.jones");
    EXPECT_EQ(reviewed.review_note, "Still played in lessons.");
    EXPECT_EQ(reviewed.added_by, "o.smith");
    auto const row = list_audit(*ledger, {}).value().front();
    EXPECT_EQ(row.action, "list.review");
    EXPECT_EQ(row.detail,
        "school-block games.example/arcade: review by 2028-01-10, was 2027-04-01; owner Ms Ash, was o.smith; reference "
        "K7QF-3M9P, was none: Still played in lessons.");
    auto const with = [&](auto const& edit) {
        auto wrong = review;
        edit(wrong);
        return review_school_entry(*ledger, added.id, wrong, as(officer), tuesday);
    };
    EXPECT_FAILS(with([](EntryReview& wrong) { wrong.why = " "; }), errc::invalid_value);
    EXPECT_FAILS(with([](EntryReview& wrong) { wrong.owner.clear(); }), errc::invalid_value);
    EXPECT_FAILS(with([](EntryReview& wrong) { wrong.review_by = {}; }), errc::invalid_value);
    EXPECT_FAILS(review_school_entry(*ledger, ListEntryId{99}, review, as(officer), tuesday), errc::not_found);
    EXPECT_FAILS(review_school_entry(*ledger, added.id, review, as(head), tuesday), errc::not_permitted);
    EXPECT_EQ(list_audit(*ledger, {}).value().front().action, "list.review.denied");
    ASSERT_DONE(live(propose_removal(*ledger, added.id, "Not needed.", as(officer), tuesday)));
    EXPECT_FAILS(review_school_entry(*ledger, added.id, review, as(officer), tuesday), errc::wrong_state);
    auto const removal = list_publications(*ledger, PublicationId::none, 1)->front();
    ASSERT_DONE(live(propose_undo(*ledger, removal.id, as(officer), tuesday)));
    auto const back = list_school_entries(*ledger, SchoolList::block)->front();
    EXPECT_EQ(back.owner, "Ms Ash") << "what is taken back comes back as it was";
    EXPECT_EQ(back.reference, "K7QF-3M9P");
    EXPECT_EQ(back.review_by, (policy::Date{2028, 1, 10}));
    expect_intact();
}

TEST_F(SchoolLists, TakeTheRestOfAnImportOnlyIfAsked)
{
    NewChanges import{
        SchoolList::block, {"a.example", "not a site", "A.example", "b.example"}, "From the council.", {2027, 4, 1}};
    std::vector<RefusedLine> refused;
    EXPECT_FAILS(draft_additions(*ledger, import, refused, as(officer), tuesday), errc::invalid_value);
    EXPECT_TRUE(read_draft(*ledger)->empty());
    ASSERT_EQ(refused.size(), 2u);
    EXPECT_EQ(refused.back().number, 3u);
    EXPECT_EQ(refused.back().why, errc::already_exists);
    refused.clear();
    import.without_refused = true;
    ASSERT_DONE(draft_additions(*ledger, import, refused, as(officer), tuesday));
    EXPECT_EQ(read_draft(*ledger)->size(), 2u);
    EXPECT_EQ(refused.size(), 2u);
    EXPECT_EQ(school_entries_with(*ledger, SchoolList::block, *read_draft(*ledger))->size(), 2u);
    refused.clear();
    EXPECT_FAILS(draft_additions(*ledger, import, refused, as(officer), tuesday), errc::invalid_value) << "nothing is left";
}

TEST_F(SchoolLists, KnowWhatAReferenceStandsFor)
{
    NewReport report;
    report.url = "games.example";
    report.text = "Games.";
    auto const told = submit_report(*ledger, report, tuesday).value();
    auto const found = find_referred(*ledger, told.reference, ConsoleRole::officer);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->kind, Referred::Kind::report);
    EXPECT_EQ((*found)->id, number(told.id));
    EXPECT_FALSE(*find_referred(*ledger, told.reference, ConsoleRole::dsl)) << "not their queue";
    EXPECT_FALSE(*find_referred(*ledger, "ZZZZ-ZZZZ", ConsoleRole::officer));
    EXPECT_FALSE(*find_referred(*ledger, "minutes of 3 May", ConsoleRole::officer));
    NewRequest ask;
    ask.url = "games.example";
    ask.why = "For maths.";
    auto const asked = submit_request(*ledger, ask, tuesday).value();
    auto const request = find_referred(*ledger, asked.reference, ConsoleRole::officer);
    ASSERT_TRUE(request && *request);
    EXPECT_EQ((*request)->kind, Referred::Kind::request);
    EXPECT_FALSE(*find_referred(*ledger, asked.reference, ConsoleRole::ict_lead)) << "a page that is not for them";
}

TEST_F(SchoolLists, NeedAReasonADateAndTheNameOfASite)
{
    auto wrong = change();
    wrong.reason = " ";
    EXPECT_FAILS(add(wrong), errc::invalid_value);
    wrong = change();
    wrong.review_by = {};
    EXPECT_FAILS(add(wrong), errc::invalid_value);
    EXPECT_FAILS(add(change("'; DROP TABLE school_entries; --")), errc::invalid_value);
}

} // namespace gatehouse::store::test
