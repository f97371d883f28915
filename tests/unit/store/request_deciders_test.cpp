#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

/// Who may take a step of a request, and who may not since they asked for it themselves.
struct RequestDeciders : School { };

TEST_F(RequestDeciders, RefuseTheRequesterAsReviewerOrApprover)
{
    auto const by_officer = ask("O.Smith ", "a.example").id;
    EXPECT_FAILS(recommend_request(*ledger, step(by_officer, officer), terms()), errc::same_person);
    EXPECT_EQ(newest_action(), "unblock.recommend.denied");
    ASSERT_DONE(recommend_request(*ledger, step(by_officer, officer2), terms()));
    auto const by_head = ask("h.brown", "b.example").id;
    ASSERT_DONE(recommend_request(*ledger, step(by_head, officer), terms()));
    EXPECT_FAILS(approve_request(*ledger, step(by_head, head), "Yes."), errc::same_person);
    EXPECT_FAILS(refuse_request(*ledger, step(by_head, head), "No."), errc::same_person);
    ASSERT_DONE(approve_request(*ledger, step(by_head, chief), "Yes."));
}

TEST_F(RequestDeciders, RefuseTheRequesterUnderAnotherAccountOfTheSamePerson)
{
    add("hb-teaching", "Hanna Brown", ConsoleRole::none, "staff", {}, "h.brown");
    auto const id = ask("hb-teaching").id;
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::same_person);
    EXPECT_FAILS(approve_request(*ledger, step(id, head2), "Yes."), errc::not_permitted) << "the chief executive decides";
    ASSERT_DONE(approve_request(*ledger, step(id, chief), "Yes."));
}

TEST_F(RequestDeciders, RefuseTheReviewerAsApproverAfterAChangeOfRole)
{
    auto const id = recommended();
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::headteacher, owner(), tuesday));
    EXPECT_FAILS(approve_request(*ledger, step(id, officer), "Yes."), errc::role_changed_recently);
    auto const later = tuesday + std::chrono::hours{25};
    EXPECT_FAILS(approve_request(*ledger, step(id, officer, later), "Yes."), errc::same_person);
    ASSERT_DONE(approve_request(*ledger, step(id, head, later), "Yes."));
}

TEST_F(RequestDeciders, LetNobodyDecideWithinADayOfAChangeOfRole)
{
    auto const id = recommended();
    ASSERT_DONE(set_console_role(*ledger, ict, ConsoleRole::headteacher, owner(), tuesday));
    EXPECT_FAILS(approve_request(*ledger, step(id, ict, tuesday + std::chrono::hours{24} - std::chrono::seconds{1}), "Yes."),
        errc::role_changed_recently);
    EXPECT_EQ(newest_action(), "unblock.approve.denied");
    ASSERT_DONE(approve_request(*ledger, step(id, ict, tuesday + std::chrono::hours{24}), "Yes."));
}

TEST_F(RequestDeciders, RecogniseARenamedAccount)
{
    auto const id = ask("h.brown").id;
    ASSERT_DONE(rename_account(*ledger, head, "hanna.b", owner(), tuesday));
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::same_person);
    // Nobody else gets the old name, so nobody hides behind it.
    NewAccount again;
    again.login = "h.brown";
    EXPECT_FAILS(add_account(*ledger, again, PasswordHash{"x"}, owner(), tuesday), errc::already_exists);
}

TEST_F(RequestDeciders, CountATypedNameOnTheFirstAskOnly)
{
    NewRequest request;
    request.requester.claimed_name = "hanna  BROWN";
    request.url = "typed.example";
    request.why = "Please.";
    auto const typed = submit_request(*ledger, request, tuesday);
    ASSERT_TRUE(typed);
    ASSERT_DONE(recommend_request(*ledger, step(typed->id, officer), terms()));
    EXPECT_FAILS(approve_request(*ledger, step(typed->id, head), "Yes."), errc::not_permitted);
    ASSERT_DONE(approve_request(*ledger, step(typed->id, chief), "Yes."));
    auto const id = ask("amy.year9", "other.example").id;
    request.url = "other.example";
    ASSERT_DONE(submit_request(*ledger, request, tuesday));
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
}

/// An ask by somebody who is not signed in.
struct TypedNames : School {
    RequestId typed(std::string name, std::string url = "typed.example")
    {
        NewRequest request;
        request.requester.claimed_name = std::move(name);
        request.url = std::move(url);
        request.why = "Please.";
        auto const asked = submit_request(*ledger, request, tuesday);
        EXPECT_TRUE(asked);
        return asked ? asked->id : RequestId::none;
    }
    RequestId typed_by_a_pupil(std::string name)
    {
        NewRequest request;
        request.requester.claimed_name = std::move(name);
        request.requester.from_pupils = true;
        request.url = "typed.example";
        request.why = "Please.";
        return submit_request(*ledger, request, tuesday)->id;
    }
    RequestId typed_and_recommended(std::string name, std::string url = "typed.example")
    {
        auto const id = typed(std::move(name), std::move(url));
        EXPECT_TRUE(recommend_request(*ledger, step(id, officer), terms()));
        return id;
    }
    void leave(AccountId account) { ASSERT_DONE(set_disabled(*ledger, account, true, owner(), tuesday)); }
};

TEST_F(TypedNames, OfPupilsChooseNobody)
{
    auto const id = typed_by_a_pupil("Hanna Brown");
    EXPECT_EQ(*decider_of(*ledger, id), ConsoleRole::headteacher);
    EXPECT_EQ(find_request(*ledger, id)->requester.claimed_name, "Hanna Brown") << "it is shown as it was typed";
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
    auto const of_officer = typed_by_a_pupil("Olive Smith");
    ASSERT_DONE(recommend_request(*ledger, step(of_officer, officer), terms()));
}

TEST_F(TypedNames, OfTheHeadteacherLeaveTheChiefExecutiveToDecide)
{
    auto const id = typed_and_recommended("hanna  BROWN");
    EXPECT_EQ(*decider_of(*ledger, id), ConsoleRole::chief_executive);
    EXPECT_FAILS(send_back_request(*ledger, step(id, head), "Why?"), errc::not_permitted);
    ASSERT_DONE(send_back_request(*ledger, step(id, chief), "Why?"));
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    ASSERT_DONE(refuse_request(*ledger, step(id, chief), "No."));
}

TEST_F(TypedNames, LeaveTheHeadteacherToDecideWhereNoChiefExecutiveIsFree)
{
    auto const with_chief = typed_and_recommended("h.brown", "a.example");
    ask("c.gray", "a.example");
    EXPECT_EQ(*decider_of(*ledger, with_chief), ConsoleRole::headteacher) << "the chief executive asked for it, provably";
    EXPECT_FAILS(approve_request(*ledger, step(with_chief, chief), "Yes."), errc::same_person);
    ASSERT_DONE(approve_request(*ledger, step(with_chief, head), "Yes."));
    leave(chief);
    auto const alone = typed_and_recommended("h.brown", "b.example");
    ASSERT_DONE(approve_request(*ledger, step(alone, head), "Yes."));
    auto const of_chief = typed_and_recommended("Carla Gray", "c.example");
    ASSERT_DONE(approve_request(*ledger, step(of_chief, head), "Yes."));
}

TEST_F(TypedNames, NeverKeepTheOnlyOfficerFromTheWork)
{
    auto const id = typed("Olive Smith");
    EXPECT_FAILS(recommend_request(*ledger, step(id, officer), terms()), errc::same_person) << "there is another one";
    leave(officer2);
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
}

TEST_F(RequestDeciders, AreSeenByTheChiefExecutiveIfTheyDecide)
{
    auto const pupils = recommended();
    auto const heads = ask("h.brown", "b.example").id;
    ASSERT_DONE(recommend_request(*ledger, step(heads, officer), terms()));
    auto const seen_by = [&](AccountId reader) {
        std::vector<RequestId> ids;
        for (auto const& request : *list_requests(*ledger, RequestState::recommended, reader))
            ids.push_back(request.id);
        return ids;
    };
    EXPECT_EQ(seen_by(chief), std::vector{heads});
    EXPECT_EQ(seen_by(head), std::vector{pupils});
    EXPECT_EQ(seen_by(officer), (std::vector{pupils, heads}));
    EXPECT_EQ(*count_requests(*ledger, RequestState::recommended, chief), 1u);
    EXPECT_EQ(*count_requests(*ledger, RequestState::recommended, officer), 2u);
    EXPECT_EQ(list_requests(*ledger, RequestState::recommended, officer, 1, 1)->front().id, heads) << "the second page";
    EXPECT_EQ(list_requests(*ledger, RequestState::recommended, chief, 1, 0)->front().id, heads);
    EXPECT_TRUE(list_requests(*ledger, RequestState::recommended, chief, 1, 1)->empty());
    EXPECT_FAILS(read_request(*ledger, pupils, chief), errc::not_permitted);
    EXPECT_TRUE(read_request(*ledger, heads, chief));
    EXPECT_TRUE(read_request(*ledger, heads, head)) << "and is told why there is no form";
    EXPECT_TRUE(check_turn(*ledger, pupils, as(head), tuesday));
    EXPECT_FAILS(check_turn(*ledger, pupils, as(chief), tuesday), errc::not_permitted);
    EXPECT_FAILS(check_turn(*ledger, heads, as(head), tuesday), errc::same_person);
    EXPECT_TRUE(check_turn(*ledger, heads, as(chief), tuesday));
    EXPECT_FAILS(check_turn(*ledger, heads, as(officer), tuesday), errc::not_permitted);
}

TEST_F(RequestDeciders, AreNotAnsweredByTheOfficerWhoAskedOrIsNew)
{
    auto const own = ask("o.smith", "a.example").id;
    auto const other = ask("amy.year9", "b.example").id;
    EXPECT_FAILS(close_request(*ledger, step(own, officer), "Not blocked."), errc::same_person);
    EXPECT_EQ(newest_action(), "unblock.close.denied");
    EXPECT_FAILS(merge_request(*ledger, step(own, officer), other), errc::same_person);
    EXPECT_FAILS(merge_request(*ledger, step(other, officer), own), errc::same_person);
    EXPECT_EQ(newest_action(), "unblock.merge.denied");
    ASSERT_DONE(set_console_role(*ledger, ict, ConsoleRole::officer, owner(), tuesday));
    EXPECT_FAILS(close_request(*ledger, step(own, ict), "Not blocked."), errc::role_changed_recently);
    EXPECT_FAILS(merge_request(*ledger, step(own, ict), other), errc::role_changed_recently);
    ASSERT_DONE(close_request(*ledger, step(own, officer2), "Not blocked."));
}

TEST_F(RequestDeciders, GoToAnotherOfficerWhenTheReviewerAsksAsWell)
{
    auto const id = recommended();
    ask("o.smith");
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::same_person);
    ASSERT_DONE(send_back_request(*ledger, step(id, head), "Your own?"));
    ASSERT_DONE(recommend_request(*ledger, step(id, officer2), terms()));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
}

} // namespace gatehouse::store::test
