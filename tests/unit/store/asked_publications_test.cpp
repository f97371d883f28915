#include "proxy/store/audit.hpp"
#include "proxy/store/policy_changes.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

#include <gmock/gmock.h>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;

struct AskedPublications : School {
    Instant now = tuesday;
    std::vector<RefusedLine> refused;

    static NewChanges to(SchoolList list, std::string host)
    {
        return {list, {std::move(host)}, "An app of the school.", {2027, 9, 1}};
    }
    void draft(SchoolList list, std::string host, AccountId by)
    {
        ASSERT_DONE(draft_additions(*ledger, to(list, std::move(host)), refused, as(by), now));
    }
    /// Alone, and at once.
    Publication ask(std::string host = "pinned.example", AccountId by = AccountId::none)
    {
        auto const who = by == AccountId::none ? officer : by;
        auto const proposed = propose_additions(*ledger, to(SchoolList::leave_alone, std::move(host)), refused, as(who), now);
        EXPECT_TRUE(proposed) << proposed.error().message();
        return proposed ? *proposed : Publication{};
    }
    result<void> confirm(PublicationId id, AccountId by)
    {
        auto const done = confirm_publication(*ledger, {id, as(by), now});
        return done ? result<void>{} : result<void>{done.error()};
    }
    result<void> turn_down(PublicationId id, AccountId by, std::string const& why = "It is a chat.")
    {
        return turn_down_publication(*ledger, {id, as(by), now}, why);
    }
    /// What the program does.
    void make_due_live()
    {
        for (auto next = next_publication(*ledger); next && *next && (*next)->due_at <= now; next = next_publication(*ledger))
            ASSERT_DONE(apply_publication(*ledger, (*next)->id, now));
    }
    std::vector<std::string> listed(SchoolList list)
    {
        std::vector<std::string> hosts;
        for (auto const& entry : *school_entries(*ledger, list))
            hosts.push_back(entry.host);
        return hosts;
    }
    PublicationState state_of(PublicationId id) { return find_publication(*ledger, id)->state; }
};

TEST_F(AskedPublications, OfSitesThatNobodyLooksIntoWaitForASecondPerson)
{
    auto const asked = ask();
    EXPECT_EQ(asked.state, PublicationState::waiting);
    EXPECT_EQ(newest_action(), "publication.ask");
    make_due_live();
    EXPECT_THAT(listed(SchoolList::leave_alone), IsEmpty());
    EXPECT_EQ(what_waits(*ledger, head, {policy::Date{2026, 11, 24}, {}, now})->confirmations, 1U);
    EXPECT_EQ(what_waits(*ledger, officer, {policy::Date{2026, 11, 24}, {}, now})->confirmations, 0U) << "their own";
    ASSERT_DONE(confirm(asked.id, head));
    EXPECT_EQ(newest_action(), "publication.confirm");
    EXPECT_EQ(find_publication(*ledger, asked.id)->confirmed_by, "h.brown");
    make_due_live();
    EXPECT_THAT(listed(SchoolList::leave_alone), ElementsAre("pinned.example"));
    EXPECT_FAILS(confirm(asked.id, head2), errc::wrong_state) << "once";
    expect_intact();
}

TEST_F(AskedPublications, LetEverythingElseOfTheDraftGoItsWay)
{
    draft(SchoolList::block, "games.example", officer);
    draft(SchoolList::leave_alone, "pinned.example", officer);
    draft(SchoolList::allow, "books.example", officer);
    auto const proposed = propose_draft(*ledger, {"For the term.", {}}, as(officer), now);
    ASSERT_TRUE(proposed);
    EXPECT_EQ(proposed->state, PublicationState::pending);
    ASSERT_NE(proposed->waits_beside, PublicationId::none);
    make_due_live();
    EXPECT_THAT(listed(SchoolList::block), ElementsAre("games.example"));
    EXPECT_THAT(listed(SchoolList::allow), ElementsAre("books.example"));
    EXPECT_THAT(listed(SchoolList::leave_alone), IsEmpty());
    EXPECT_THAT(*read_draft(*ledger), IsEmpty());
    EXPECT_EQ(changes_of(*ledger, proposed->waits_beside)->size(), 1U);
    ASSERT_DONE(confirm(proposed->waits_beside, head));
    make_due_live();
    EXPECT_THAT(listed(SchoolList::leave_alone), ElementsAre("pinned.example"));
}

TEST_F(AskedPublications, AreNotConfirmedByWhoPublishedOrDraftedThem)
{
    draft(SchoolList::leave_alone, "pinned.example", officer2);
    auto const asked = propose_draft(*ledger, {"Wanted.", {}}, as(officer), now);
    ASSERT_TRUE(asked);
    auto const same = add("olive.again", "Olive Smith", ConsoleRole::headteacher, "staff", {}, "o.smith");
    for (auto const by : {officer, officer2, same})
        EXPECT_FAILS(confirm(asked->id, by), errc::same_person);
    EXPECT_EQ(newest_action(), "publication.confirm.denied");
    for (auto const by : {ict, dsl, chief, pupil, AccountId::none})
        EXPECT_FAILS(confirm(asked->id, by), errc::not_permitted);
    ASSERT_DONE(set_console_role(*ledger, dsl, ConsoleRole::officer, owner(), now));
    EXPECT_FAILS(confirm(asked->id, dsl), errc::role_changed_recently);
    EXPECT_EQ(publication_confirmers(*ledger, asked->id, now)->size(), 2U) << "the headteachers; the new officer tomorrow";
    ASSERT_DONE(confirm(asked->id, head2));
}

TEST_F(AskedPublications, TurnedDownGoBackToTheDraft)
{
    auto const asked = ask();
    EXPECT_FAILS(turn_down(asked.id, head, " "), errc::invalid_value);
    EXPECT_FAILS(turn_down(asked.id, officer), errc::same_person);
    ASSERT_DONE(turn_down(asked.id, head));
    EXPECT_EQ(newest_action(), "publication.turn-down");
    EXPECT_EQ(state_of(asked.id), PublicationState::cancelled);
    EXPECT_EQ(find_publication(*ledger, asked.id)->note, "by h.brown: It is a chat.");
    EXPECT_EQ(read_draft(*ledger)->size(), 1U);
    EXPECT_FAILS(confirm(asked.id, head2), errc::wrong_state);
    EXPECT_EQ(propose_draft(*ledger, {"Again.", {}}, as(officer), now)->state, PublicationState::waiting) << "asked for again";
}

TEST_F(AskedPublications, AreCalledOffByAnOfficerAndFallWithWhoAsked)
{
    auto const first = ask();
    ASSERT_DONE(cancel_publication(*ledger, first.id, as(officer), now));
    EXPECT_EQ(state_of(first.id), PublicationState::cancelled);
    auto const second = propose_draft(*ledger, {"Again.", {}}, as(officer), now);
    ASSERT_TRUE(second);
    ASSERT_DONE(set_disabled(*ledger, officer, true, owner(), now));
    EXPECT_FAILS(confirm(second->id, head), errc::wrong_state);
    ASSERT_DONE(cancel_publication(*ledger, second->id, as(officer2), now));
}

TEST_F(AskedPublications, TakenBackRemovalsAreAdditionsToo)
{
    auto const asked = ask();
    ASSERT_DONE(confirm(asked.id, head));
    make_due_live();
    auto const entry = list_school_entries(*ledger, SchoolList::leave_alone)->front().id;
    auto const removal = propose_removal(*ledger, entry, "Not needed.", as(officer), now);
    ASSERT_TRUE(removal);
    EXPECT_EQ(removal->state, PublicationState::pending) << "looking again is nothing to hold up";
    make_due_live();
    EXPECT_EQ(propose_undo(*ledger, removal->id, as(officer), now)->state, PublicationState::waiting);
    EXPECT_EQ(propose_undo(*ledger, asked.id, as(officer), now).error(), errc::wrong_state);
}

TEST_F(AskedPublications, KeepTheirHour)
{
    draft(SchoolList::leave_alone, "pinned.example", officer);
    auto const asked = propose_draft(*ledger, {"Tomorrow.", now + hours{24}}, as(officer), now);
    ASSERT_TRUE(asked);
    ASSERT_DONE(confirm(asked->id, head));
    EXPECT_EQ(find_publication(*ledger, asked->id)->due_at, now + hours{24});
    auto const late = ask("other.example");
    now += hours{2};
    ASSERT_DONE(confirm(late.id, head));
    EXPECT_EQ(find_publication(*ledger, late.id)->due_at, now);
}

TEST_F(AskedPublications, GoAtOnceWhereNobodyElseCouldConfirm)
{
    for (auto const each : {head, head2, officer2})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday));
    EXPECT_EQ(ask("first.example").state, PublicationState::waiting) << "they were closed a moment ago";
    now += hours{25};
    EXPECT_EQ(ask("second.example").state, PublicationState::pending);
}

/// Two stores over one file: of a yes and a no at once exactly one counts.
TEST_F(AskedPublications, AreDecidedOnce)
{
    auto const asked = ask();
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    ASSERT_DONE(turn_down_publication(*second, {asked.id, as(head2), now}, "No."));
    EXPECT_FAILS(confirm(asked.id, head), errc::wrong_state);
    make_due_live();
    EXPECT_THAT(listed(SchoolList::leave_alone), IsEmpty());
}

TEST_F(AskedPublications, ExpireAfterFourteenDaysAndGoBackToTheDraft)
{
    auto const asked = ask();
    now += second_person_time - std::chrono::seconds{1};
    ASSERT_DONE(expire_publications(*ledger, now));
    EXPECT_EQ(state_of(asked.id), PublicationState::waiting);
    now += std::chrono::seconds{1};
    EXPECT_FAILS(confirm(asked.id, head), errc::wrong_state) << "also before the program has seen to it";
    EXPECT_THAT(*publications_for(*ledger, *find_account(*ledger, head), now), IsEmpty());
    ASSERT_DONE(expire_publications(*ledger, now));
    EXPECT_EQ(newest_action(), "publication.expire");
    EXPECT_EQ(state_of(asked.id), PublicationState::expired);
    EXPECT_EQ(read_draft(*ledger)->size(), 1U);
    EXPECT_FAILS(confirm(asked.id, head), errc::wrong_state);
    EXPECT_FAILS(turn_down(asked.id, head), errc::wrong_state);
    EXPECT_FAILS(cancel_publication(*ledger, asked.id, as(officer), now), errc::wrong_state);
    ASSERT_DONE(expire_publications(*ledger, now));
    EXPECT_EQ(list_audit(*ledger, {.action_prefix = "publication.expire"})->size(), 1U) << "once";
    EXPECT_EQ(propose_draft(*ledger, {"Again.", {}}, as(officer), now)->state, PublicationState::waiting);
    expect_intact();
}

/// Two stores over one file: whoever confirms at the last moment has confirmed all of it.
TEST_F(AskedPublications, ExpireOrAreConfirmed)
{
    auto const asked = ask();
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    now += second_person_time - std::chrono::seconds{1};
    ASSERT_TRUE(confirm_publication(*second, {asked.id, as(head), now}));
    now += std::chrono::seconds{1};
    ASSERT_DONE(expire_publications(*ledger, now));
    EXPECT_EQ(state_of(asked.id), PublicationState::pending);
    EXPECT_THAT(*read_draft(*ledger), IsEmpty());
    make_due_live();
    EXPECT_THAT(listed(SchoolList::leave_alone), ElementsAre("pinned.example"));
}

} // namespace
} // namespace gatehouse::store::test
