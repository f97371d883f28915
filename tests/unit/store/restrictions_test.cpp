#include "proxy/store/supervisions.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

using std::chrono::hours;

struct Restrictions : School {
    NewRestriction about(std::string user)
    {
        return {std::move(user), "VPN three times.", "", "12", tuesday, tuesday + hours{24 * 14}};
    }
    RestrictionStep next(RestrictionId id, AccountId account)
    {
        auto const row = find_restriction(*ledger, id);
        return {id, row ? row->version : 0, as(account), tuesday};
    }
};

TEST_F(Restrictions, TakeTwoPeopleToBeginAndTwoToEnd)
{
    EXPECT_FAILS(propose_restriction(*ledger, about("amy.year9"), as(head), tuesday), errc::not_permitted);
    auto const proposed = propose_restriction(*ledger, about("Amy.Year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    EXPECT_EQ(proposed->user, "amy.year9");
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 0u);
    EXPECT_FAILS(propose_restriction(*ledger, about("amy.year9"), as(dsl), tuesday), errc::already_exists);
    EXPECT_FAILS(confirm_restriction(*ledger, next(proposed->id, officer)), errc::not_permitted);
    auto const seen = next(proposed->id, head2);
    ASSERT_DONE(confirm_restriction(*ledger, next(proposed->id, head)));
    EXPECT_FAILS(confirm_restriction(*ledger, seen), errc::stale);
    auto const live = current_restrictions(*ledger, tuesday);
    ASSERT_EQ(live->size(), 1u);
    EXPECT_EQ(live->front().id, "restriction-1");
    EXPECT_EQ(live->front().user, "amy.year9");
    EXPECT_EQ(current_restrictions(*ledger, tuesday + hours{24 * 14})->size(), 0u);
    ASSERT_DONE(propose_restriction_end(*ledger, next(proposed->id, dsl), "She has understood."));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 1u);
    EXPECT_FAILS(confirm_restriction_end(*ledger, next(proposed->id, dsl)), errc::same_person);
    ASSERT_DONE(confirm_restriction_end(*ledger, next(proposed->id, head)));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 0u);
    auto const ended = find_restriction(*ledger, proposed->id);
    EXPECT_EQ(ended->end_reason, "She has understood.");
    EXPECT_EQ(ended->ended_by, "h.brown");
    expect_intact();
}

TEST_F(Restrictions, AreNotBegunWhenTheirTimeIsOver)
{
    auto const proposed = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    auto late = next(proposed->id, head);
    late.now = proposed->until;
    EXPECT_EQ(what_waits(*ledger, head, {{policy::Date{2026, 11, 24}, {}}, tuesday})->cases, 1u);
    EXPECT_EQ(what_waits(*ledger, head, {{policy::Date{2026, 12, 8}, {}}, late.now})->cases, 0u);
    EXPECT_FAILS(confirm_restriction(*ledger, late), errc::wrong_state);
    ASSERT_DONE(refuse_restriction(*ledger, late, "Nobody decided in time."));
}

TEST_F(Restrictions, ExpireWhenNobodyDecidesInTheirTime)
{
    auto const proposed = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    auto const late = proposed->until;
    EXPECT_EQ(*expire_restrictions(*ledger, late - std::chrono::seconds{1}), 0);
    EXPECT_EQ(*expire_restrictions(*ledger, late), 1);
    EXPECT_EQ(newest_action(), "restriction.expire");
    EXPECT_EQ(*expire_restrictions(*ledger, late), 0) << "once";
    EXPECT_EQ(find_restriction(*ledger, proposed->id)->state, RestrictionState::expired);
    auto step = next(proposed->id, head);
    step.now = late;
    EXPECT_FAILS(confirm_restriction(*ledger, step), errc::wrong_state);
    EXPECT_FAILS(refuse_restriction(*ledger, step, "No."), errc::wrong_state);
    auto again = about("amy.year9");
    again.from = late;
    again.until = late + hours{24};
    EXPECT_TRUE(propose_restriction(*ledger, again, as(officer), late));
    expect_intact();
}

TEST_F(Restrictions, AreNotedAsOverWhenTheyHaveRunOut)
{
    auto const proposed = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, next(proposed->id, head)));
    auto step = next(proposed->id, dsl);
    step.now = proposed->until;
    EXPECT_FAILS(propose_restriction_end(*ledger, step, "It is over anyway."), errc::wrong_state);
    EXPECT_EQ(*expire_restrictions(*ledger, tuesday), 0);
    EXPECT_EQ(*expire_restrictions(*ledger, step.now), 1);
    EXPECT_EQ(newest_action(), "restriction.over");
    EXPECT_EQ(*expire_restrictions(*ledger, step.now), 0) << "once";
    auto const over = find_restriction(*ledger, proposed->id);
    EXPECT_EQ(over->state, RestrictionState::active) << "it did not end before its time";
    EXPECT_EQ(over->end(), proposed->until);
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 1u) << "a clock that is set back has it in force again";
    expect_intact();
}

TEST_F(Restrictions, AreNotDecidedByThePersonConcerned)
{
    EXPECT_FAILS(propose_restriction(*ledger, about("o.smith"), as(officer), tuesday), errc::same_person);
    auto const proposed = propose_restriction(*ledger, about("h.brown"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    EXPECT_FAILS(refuse_restriction(*ledger, next(proposed->id, head), "No."), errc::not_permitted);
    EXPECT_FAILS(refuse_restriction(*ledger, next(proposed->id, head2), "No."), errc::not_permitted)
        << "about a headteacher the chief executive decides";
    ASSERT_DONE(refuse_restriction(*ledger, next(proposed->id, chief), "Not proved."));
    EXPECT_EQ(find_restriction(*ledger, proposed->id)->state, RestrictionState::refused);
    auto const again = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(again);
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::headteacher, owner(), tuesday - hours{48}));
    EXPECT_FAILS(confirm_restriction(*ledger, next(again->id, officer)), errc::same_person);
    EXPECT_FAILS(confirm_restriction(*ledger, next(again->id, chief)), errc::not_permitted) << "not about a pupil";
}

TEST_F(Restrictions, AreNotShownToThePersonConcerned)
{
    auto const about_head = propose_restriction(*ledger, about("h.brown"), as(officer), tuesday);
    ASSERT_TRUE(about_head);
    EXPECT_EQ(list_restrictions(*ledger, head)->size(), 0u);
    EXPECT_EQ(list_restrictions(*ledger, chief)->size(), 1u);
    EXPECT_EQ(list_restrictions(*ledger, chief)->front().decider, ConsoleRole::chief_executive);
    EXPECT_FAILS(read_restriction(*ledger, about_head->id, head), errc::conflict_of_interest);
    EXPECT_TRUE(read_restriction(*ledger, about_head->id, head2));
}

TEST_F(Restrictions, AreShownToTheChiefExecutiveIfTheyDecide)
{
    auto const about_pupil = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(about_pupil);
    EXPECT_EQ(about_pupil->decider, ConsoleRole::headteacher);
    EXPECT_EQ(list_restrictions(*ledger, chief)->size(), 0u);
    EXPECT_FAILS(read_restriction(*ledger, about_pupil->id, chief), errc::not_permitted);
    ASSERT_DONE(confirm_restriction(*ledger, next(about_pupil->id, head)));
    EXPECT_FAILS(propose_restriction_end(*ledger, next(about_pupil->id, chief), "Enough."), errc::not_permitted);
    auto const about_head = propose_restriction(*ledger, about("h.brown"), as(officer), tuesday);
    ASSERT_TRUE(about_head);
    EXPECT_TRUE(read_restriction(*ledger, about_head->id, chief));
    ASSERT_DONE(confirm_restriction(*ledger, next(about_head->id, chief)));
    ASSERT_DONE(propose_restriction_end(*ledger, next(about_head->id, chief), "Enough."));
    ASSERT_DONE(confirm_restriction_end(*ledger, next(about_head->id, dsl)));
}

TEST_F(Restrictions, OpenWhereAMemberOfStaffSitsBeside)
{
    auto const teacher = add("t.teacher", "Tess", ConsoleRole::supervisor);
    auto const proposed = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    auto const id = proposed->id;
    auto const in_an_hour = tuesday + hours{1};
    EXPECT_FAILS(start_supervision(*ledger, id, "lab-1", in_an_hour, as(teacher), tuesday), errc::wrong_state)
        << "not confirmed yet";
    ASSERT_DONE(confirm_restriction(*ledger, next(id, head)));
    EXPECT_FAILS(start_supervision(*ledger, id, "lab-1", in_an_hour, as(pupil), tuesday), errc::not_permitted);
    EXPECT_FAILS(start_supervision(*ledger, id, "", in_an_hour, as(teacher), tuesday), errc::invalid_value);
    EXPECT_FAILS(start_supervision(*ledger, id, "lab-1", tuesday + hours{13}, as(teacher), tuesday), errc::invalid_value);
    ASSERT_DONE(start_supervision(*ledger, id, "lab-1", in_an_hour, as(teacher), tuesday));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->front().supervised_device, "lab-1");
    EXPECT_EQ(*next_restriction_change(*ledger, tuesday), in_an_hour) << "its tunnels are judged again then";
    EXPECT_EQ(current_restrictions(*ledger, in_an_hour)->front().supervised_device, "");
    EXPECT_EQ(*next_restriction_change(*ledger, in_an_hour), tuesday + hours{24 * 14});

    ASSERT_DONE(start_supervision(*ledger, id, "lab-2", in_an_hour, as(dsl), tuesday));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->front().supervised_device, "lab-2") << "nobody sits beside two computers";
    auto const live = live_supervisions(*ledger, tuesday);
    ASSERT_EQ(live->size(), 1u);
    EXPECT_EQ(live->front().by, "d.black");
    ASSERT_DONE(end_supervision(*ledger, live->front().id, as(teacher), tuesday));
    EXPECT_FAILS(end_supervision(*ledger, live->front().id, as(teacher), tuesday), errc::wrong_state);
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->front().supervised_device, "");
    EXPECT_EQ(list_supervisions(*ledger, id)->size(), 2u);
    expect_intact();
}

TEST_F(Restrictions, AreNotSupervisedByThePersonConcerned)
{
    auto const proposed = propose_restriction(*ledger, about("o.smith"), as(officer2), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, next(proposed->id, head)));
    EXPECT_FAILS(start_supervision(*ledger, proposed->id, "lab-1", tuesday + hours{1}, as(officer), tuesday), errc::same_person);
    EXPECT_EQ(newest_action(), "supervision.start.denied");
}

} // namespace gatehouse::store::test
