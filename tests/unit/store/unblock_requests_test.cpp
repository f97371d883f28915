#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

struct UnblockRequests : School { };

TEST_F(UnblockRequests, GoFromAskToOverride)
{
    auto const asked = ask();
    EXPECT_EQ(asked.reference.size(), 9u);
    EXPECT_EQ(asked.status_token.size(), 32u);
    auto const proposed = recommend_request(*ledger, step(asked.id, officer), terms());
    ASSERT_TRUE(proposed);
    EXPECT_EQ(proposed->state, RequestState::recommended);
    EXPECT_EQ(proposed->reviewer, "o.smith");
    auto const approved = approve_request(*ledger, step(asked.id, head), "Agreed.");
    ASSERT_TRUE(approved) << approved.error().message();
    EXPECT_EQ(approved->state, RequestState::approved);
    EXPECT_EQ(approved->approver, "h.brown");
    ASSERT_TRUE(approved->override_id);
    auto const overrides = current_overrides(*ledger, tuesday);
    ASSERT_TRUE(overrides);
    ASSERT_EQ(overrides->size(), 1u);
    auto const& granted = overrides->front();
    EXPECT_EQ(granted.id, *approved->override_id);
    EXPECT_EQ(granted.who, std::vector<std::string>{"group:year-9"});
    EXPECT_EQ(granted.what, std::vector<std::string>{"url:www.bbc.co.uk/bitesize"});
    EXPECT_TRUE(granted.where.empty());
    EXPECT_EQ(granted.until, terms().until);
    auto const seen = find_request(*ledger, asked.reference, asked.status_token);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->answer, "Agreed.");
    auto const events = request_history(*ledger, asked.id);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), 3u);
    EXPECT_EQ((*events)[2].event, "approved");
    EXPECT_EQ(newest_action(), "unblock.approve");
    expect_intact();
}

TEST_F(UnblockRequests, DropQueryAndFragmentOfTheAddress)
{
    auto const request = find_request(*ledger, ask("amy.year9", " HTTPS://WWW.BBC.co.uk:443/bitesize/a?user=me#x ").id);
    ASSERT_TRUE(request);
    EXPECT_EQ(request->host, "www.bbc.co.uk");
    EXPECT_EQ(request->path, "/bitesize/a");
}

TEST_F(UnblockRequests, RefuseWhatIsNoAddressOrHasNoReason)
{
    for (std::string const url :
        {"", "not a host", "ftp://example.org/", "https://user:pw@example.org/", "http://exa mple.org"}) {
        NewRequest request;
        request.url = url;
        request.why = "why";
        EXPECT_FAILS(submit_request(*ledger, request, tuesday), errc::invalid_value);
    }
    NewRequest request;
    request.url = "example.org";
    for (auto const& why : {std::string{}, std::string{" \n"}, std::string(2001, 'x'), std::string{"\x1b[31m"},
             std::string{"\xff"}, std::string{"a\0b", 3}}) {
        request.why = why;
        EXPECT_FAILS(submit_request(*ledger, request, tuesday), errc::invalid_value);
    }
}

TEST_F(UnblockRequests, NeedTheOfficerThenTheHeadteacher)
{
    auto const id = ask().id;
    for (auto const account : {head, ict, dsl, chief, pupil, AccountId::none, AccountId{99}})
        EXPECT_FAILS(recommend_request(*ledger, step(id, account), terms()), errc::not_permitted);
    EXPECT_EQ(newest_action(), "unblock.recommend.denied");
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::wrong_state);
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    for (auto const account : {officer, officer2, ict, dsl, chief, pupil})
        EXPECT_FAILS(approve_request(*ledger, step(id, account), "Yes."), errc::not_permitted);
    EXPECT_EQ(newest_action(), "unblock.approve.denied");
    ASSERT_DONE(refuse_request(*ledger, step(id, head), "No."));
    expect_intact();
}

TEST_F(UnblockRequests, RefuseTheRequesterAsReviewerOrApprover)
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

TEST_F(UnblockRequests, RefuseTheRequesterUnderAnotherAccountOfTheSamePerson)
{
    add("hb-teaching", "Hanna Brown", ConsoleRole::none, "staff", {}, "h.brown");
    auto const id = ask("hb-teaching").id;
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::same_person);
    EXPECT_FAILS(approve_request(*ledger, step(id, head2), "Yes."), errc::not_permitted) << "the chief executive decides";
    ASSERT_DONE(approve_request(*ledger, step(id, chief), "Yes."));
}

TEST_F(UnblockRequests, RefuseTheReviewerAsApproverAfterAChangeOfRole)
{
    auto const id = recommended();
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::headteacher, owner(), tuesday));
    EXPECT_FAILS(approve_request(*ledger, step(id, officer), "Yes."), errc::role_changed_recently);
    auto const later = tuesday + std::chrono::hours{25};
    EXPECT_FAILS(approve_request(*ledger, step(id, officer, later), "Yes."), errc::same_person);
    ASSERT_DONE(approve_request(*ledger, step(id, head, later), "Yes."));
}

TEST_F(UnblockRequests, LetNobodyDecideWithinADayOfAChangeOfRole)
{
    auto const id = recommended();
    ASSERT_DONE(set_console_role(*ledger, ict, ConsoleRole::headteacher, owner(), tuesday));
    EXPECT_FAILS(approve_request(*ledger, step(id, ict, tuesday + std::chrono::hours{24} - std::chrono::seconds{1}), "Yes."),
        errc::role_changed_recently);
    EXPECT_EQ(newest_action(), "unblock.approve.denied");
    ASSERT_DONE(approve_request(*ledger, step(id, ict, tuesday + std::chrono::hours{24}), "Yes."));
}

TEST_F(UnblockRequests, RecogniseARenamedAccount)
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

TEST_F(UnblockRequests, CountATypedNameOnTheFirstAskOnly)
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
    RequestId typed_and_recommended(std::string name, std::string url = "typed.example")
    {
        auto const id = typed(std::move(name), std::move(url));
        EXPECT_TRUE(recommend_request(*ledger, step(id, officer), terms()));
        return id;
    }
    void leave(AccountId account) { ASSERT_DONE(set_disabled(*ledger, account, true, owner(), tuesday)); }
};

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

TEST_F(UnblockRequests, AreSeenByTheChiefExecutiveIfTheyDecide)
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

TEST_F(UnblockRequests, AreNotAnsweredByTheOfficerWhoAskedOrIsNew)
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

TEST_F(UnblockRequests, GoToAnotherOfficerWhenTheReviewerAsksAsWell)
{
    auto const id = recommended();
    ask("o.smith");
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::same_person);
    ASSERT_DONE(send_back_request(*ledger, step(id, head), "Your own?"));
    ASSERT_DONE(recommend_request(*ledger, step(id, officer2), terms()));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
}

TEST_F(UnblockRequests, MergeAsksForOtherPagesOfTheSiteWhileTheOfficerCanChoose)
{
    auto const first = ask("amy.year9", "same.example");
    for (auto const* url : {"www.same.example", "https://same.example/page/1", "https://www.same.example/b"}) {
        auto const other = ask("bob", url);
        EXPECT_EQ(other.merged_into, std::optional{first.id}) << url;
    }
    EXPECT_EQ((*list_merged(*ledger, first.id))[1].path, "/page/1") << "what was asked is kept";
    EXPECT_FALSE(ask("bob", "other.same.example").merged_into);
    EXPECT_FALSE(ask("bob", "www.com").merged_into);
    EXPECT_FALSE(ask("bob", "https://com/").merged_into) << "www.com is a site itself";
    ASSERT_DONE(recommend_request(*ledger, step(first.id, officer), terms()));
    EXPECT_EQ(ask("cid", "same.example").merged_into, std::optional{first.id}) << "the very same";
    EXPECT_FALSE(ask("cid", "same.example/page/2").merged_into) << "its terms may not open this";
}

TEST_F(UnblockRequests, MergeAsksForTheSamePlace)
{
    auto const first = ask();
    auto const second = ask("h.brown");
    EXPECT_EQ(second.merged_into, std::optional{first.id});
    EXPECT_EQ(find_request(*ledger, first.id)->merged_count, 1);
    ASSERT_DONE(recommend_request(*ledger, step(first.id, officer), terms()));
    // The headteacher asked for it too.
    EXPECT_FAILS(approve_request(*ledger, step(first.id, head), "Yes."), errc::same_person);
    ASSERT_DONE(approve_request(*ledger, step(first.id, chief), "Yes."));
    auto const seen = find_request(*ledger, second.reference, second.status_token);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->state, RequestState::approved);
    EXPECT_EQ(seen->answer, "Yes.");
    EXPECT_EQ(seen->requester.user, "h.brown");
    EXPECT_FALSE(ask().merged_into); // the first one is decided
}

TEST_F(UnblockRequests, FollowTheRequestTheyWereMergedIntoByHand)
{
    auto const a = ask("amy.year9", "a.example");
    auto const b = ask("bob", "a.example");
    auto const c = ask("cid", "c.example");
    auto const seen_before = step(c.id, officer);
    ASSERT_DONE(merge_request(*ledger, step(a.id, officer), c.id));
    EXPECT_EQ(find_request(*ledger, b.id)->merged_into, std::optional{c.id});
    EXPECT_FAILS(close_request(*ledger, seen_before, "It is not blocked."), errc::stale);
    EXPECT_FAILS(merge_request(*ledger, step(c.id, officer), c.id), errc::wrong_state);
    ASSERT_DONE(close_request(*ledger, step(c.id, officer), "It is not blocked."));
    for (auto const& asked : {a, b, c})
        EXPECT_EQ(find_request(*ledger, asked.reference, asked.status_token)->state, RequestState::closed);
}

TEST_F(UnblockRequests, GoOnForTheOthersWhenTheFirstIsWithdrawn)
{
    auto const first = ask();
    auto const second = ask("bob");
    auto const third = ask("cid");
    EXPECT_FAILS(withdraw_request(*ledger, first.reference, second.status_token, tuesday), errc::not_found);
    ASSERT_DONE(withdraw_request(*ledger, first.reference, first.status_token, tuesday));
    EXPECT_FAILS(withdraw_request(*ledger, first.reference, first.status_token, tuesday), errc::wrong_state);
    auto const open = list_requests(*ledger, RequestState::submitted);
    ASSERT_TRUE(open);
    ASSERT_EQ(open->size(), 1u);
    EXPECT_EQ(open->front().id, second.id);
    EXPECT_EQ(find_request(*ledger, third.id)->merged_into, std::optional{second.id});
    ASSERT_DONE(withdraw_request(*ledger, third.reference, third.status_token, tuesday));
    EXPECT_EQ(find_request(*ledger, third.reference, third.status_token)->state, RequestState::withdrawn);
}

TEST_F(UnblockRequests, GoBackToTheOfficerWithAQuestion)
{
    auto const id = recommended();
    ASSERT_DONE(send_back_request(*ledger, step(id, head), "Why the whole year group?"));
    EXPECT_EQ(find_request(*ledger, id)->state, RequestState::submitted);
    ASSERT_DONE(recommend_request(*ledger, step(id, officer2), terms()));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Now I see."));
}

TEST_F(UnblockRequests, RefuseTermsThatMakeNoSense)
{
    auto const id = ask().id;
    auto const bad = [&](auto change) {
        auto wrong = terms();
        change(wrong);
        EXPECT_FAILS(recommend_request(*ledger, step(id, officer), wrong), errc::invalid_value);
    };
    bad([](auto& t) { t.text = ""; });
    bad([](auto& t) { t.scope_value = ""; });
    bad([](auto& t) { t.scope_value = "a\nuser:b"; });
    bad([](auto& t) { t.scope = Scope::everyone; });
    bad([](auto& t) { t.host = ""; });
    bad([](auto& t) { t.host = "no host"; });
    bad([](auto& t) { t.path = "/a b"; });
    bad([](auto& t) { t.until = t.from; });
    bad([](auto& t) { t.from = tuesday - std::chrono::hours{2}, t.until = tuesday; });
    bad([](auto& t) { t.until = t.from + longest_override + std::chrono::seconds{1}; });
    bad([](auto& t) { t.when = {"lunch\nbreak"}; });
    bad([](auto& t) { t.scope = static_cast<Scope>(9); });
    bad([](auto& t) { t.scope = Scope::role, t.scope_value = "everyone"; });
    bad([](auto& t) { t.scope = Scope::role, t.scope_value = "user:bob"; });
}

TEST_F(UnblockRequests, GrantNothingOnAProposalToRefuse)
{
    auto const id = ask().id;
    Recommendation no;
    no.allow = false;
    no.text = "It is a game.";
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), no));
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::wrong_state);
    ASSERT_DONE(refuse_request(*ledger, step(id, head), "It is a game."));
}

TEST_F(UnblockRequests, ExpireWhenNobodyDecides)
{
    auto const waiting = ask("amy.year9", "a.example").id;
    auto const proposed = recommended();
    EXPECT_EQ(*expire_requests(*ledger, tuesday + std::chrono::hours{1}), 0);
    EXPECT_EQ(*expire_requests(*ledger, tuesday + undecided_request), 2);
    EXPECT_EQ(find_request(*ledger, waiting)->state, RequestState::expired);
    EXPECT_FAILS(approve_request(*ledger, step(proposed, head), "Late."), errc::wrong_state);
    expect_intact();
}

TEST_F(UnblockRequests, RefuseAnOldVersion)
{
    auto const id = recommended();
    auto const seen = step(id, head);
    ASSERT_DONE(send_back_request(*ledger, step(id, head2), "Why?"));
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    EXPECT_FAILS(approve_request(*ledger, seen, "Yes."), errc::stale);
}

TEST_F(UnblockRequests, KeepSqlInEveryField)
{
    std::string const nasty = "'; DROP TABLE accounts; -- \" ` %_ \\";
    NewRequest request;
    request.requester = {nasty, nasty, nasty, nasty, nasty, nasty, nasty};
    request.url = "https://example.org/';DROP%20TABLE%20accounts;--";
    request.why = request.decision_id = request.category = request.list = request.rule = request.clause = nasty;
    auto const asked = submit_request(*ledger, request, tuesday);
    ASSERT_TRUE(asked) << asked.error().message();
    auto const found = find_request(*ledger, asked->id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->requester.user, nasty);
    EXPECT_EQ(found->why, nasty);
    EXPECT_FAILS(find_request(*ledger, nasty, nasty), errc::not_found);
    EXPECT_FAILS(find_account(*ledger, nasty), errc::not_found);
    ASSERT_DONE(close_request(*ledger, step(asked->id, officer), nasty));
    EXPECT_EQ(list_accounts(*ledger)->size(), 8u);
    expect_intact();
}

TEST_F(UnblockRequests, AreLimitedPerAddress)
{
    NewRequest request;
    request.url = "example.org";
    request.why = "Please.";
    request.requester.address = "10.0.0.7";
    for (std::int64_t i = 0; i < asks_per_hour; ++i)
        ASSERT_DONE(submit_request(*ledger, request, tuesday));
    EXPECT_FAILS(submit_request(*ledger, request, tuesday), errc::throttled);
    request.requester.address = "10.0.0.8";
    ASSERT_DONE(submit_request(*ledger, request, tuesday));
    request.requester.address = "10.0.0.7";
    ASSERT_DONE(submit_request(*ledger, request, tuesday + std::chrono::hours{1}));
}

TEST(References, AreReadAloudWithoutMistakes)
{
    for (int i = 0; i < 200; ++i) {
        auto const reference = random_reference();
        EXPECT_EQ(reference.find_first_of("01OILU"), std::string::npos) << reference;
        EXPECT_EQ(canonical_reference(reference), std::optional{reference});
    }
    EXPECT_EQ(canonical_reference(" k7qf 3m9p "), std::optional<std::string>{"K7QF-3M9P"});
    for (auto const* bad : {"", "K7QF", "K7QF-3M9PX", "K7QF-3M9O", "'; --", "K7QF-3M9P\n"})
        EXPECT_FALSE(canonical_reference(bad)) << bad;
}

TEST_F(UnblockRequests, AcceptAnAddressForAHost)
{
    auto const id = ask("amy.year9", "http://[2001:db8::1]/a").id;
    auto proposal = terms();
    proposal.host = find_request(*ledger, id)->host;
    proposal.path = "/a";
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), proposal));
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
    EXPECT_EQ(current_overrides(*ledger, tuesday)->front().what.front(), "url:[2001:db8::1]/a");
}

TEST_F(UnblockRequests, BecomeOverridesOfThePolicyThatKnowsTheirNames)
{
    auto const id = recommended();
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Agreed."));
    auto row = current_overrides(*ledger, tuesday)->front();
    policy::Policy policy;
    policy.groups.emplace_back().id = "year-9";
    policy.roles.emplace_back().id = "staff";
    auto const made = to_override(row, policy);
    auto const* const value = std::get_if<policy::Override>(&made);
    ASSERT_NE(value, nullptr) << std::get<std::string>(made);
    EXPECT_EQ(value->id, row.name());
    ASSERT_EQ(value->who.size(), 1u);
    EXPECT_EQ(value->who[0].kind, policy::Selector::Kind::group);
    EXPECT_EQ(value->what[0].kind, policy::Selector::Kind::url);
    EXPECT_EQ(value->until, terms().until);
    row.who = {"staff"};
    EXPECT_TRUE(std::holds_alternative<policy::Override>(to_override(row, policy)));
    row.who = {"group:year-10"};
    EXPECT_TRUE(std::holds_alternative<std::string>(to_override(row, policy)));
    row.who = {};
    EXPECT_TRUE(std::holds_alternative<std::string>(to_override(row, policy)));
}

TEST_F(UnblockRequests, OpenForARoomAlone)
{
    auto const id = ask().id;
    auto room = terms();
    room.scope = Scope::network;
    room.scope_value = "";
    EXPECT_FAILS(recommend_request(*ledger, step(id, officer), room), errc::invalid_value);
    room.scope_value = "library\"]";
    EXPECT_FAILS(recommend_request(*ledger, step(id, officer), room), errc::invalid_value);
    room.scope_value = "library";
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), room));
    EXPECT_NE(list_audit(*ledger, {})->front().detail.find("everyone at network:library"), std::string::npos);
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Agreed."));
    auto const row = current_overrides(*ledger, tuesday)->front();
    EXPECT_EQ(row.who, std::vector<std::string>{"everyone"});
    EXPECT_EQ(row.where, std::vector<std::string>{"network:library"});
    policy::Policy policy;
    EXPECT_TRUE(std::holds_alternative<std::string>(to_override(row, policy))) << "a room that is gone opens nothing";
    policy.networks.emplace_back().id = "library";
    EXPECT_TRUE(std::holds_alternative<policy::Override>(to_override(row, policy)));
}

TEST_F(UnblockRequests, OverridesEndByThemselvesAndByHand)
{
    auto const id = recommended();
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
    auto const until = terms().until;
    EXPECT_EQ(*next_override_change(*ledger, tuesday - std::chrono::hours{1}), std::optional{tuesday});
    EXPECT_EQ(*next_override_change(*ledger, tuesday), std::optional{until});
    EXPECT_EQ(*next_override_change(*ledger, until), std::nullopt);
    EXPECT_EQ(current_overrides(*ledger, until)->size(), 0u);
    EXPECT_EQ(*end_overrides(*ledger, until - std::chrono::seconds{1}), 0);
    auto const granted = current_overrides(*ledger, tuesday)->front().id;
    EXPECT_FAILS(revoke_override(*ledger, granted, "", as(officer), tuesday), errc::invalid_value);
    EXPECT_FAILS(revoke_override(*ledger, granted, "x", as(ict), tuesday), errc::not_permitted);
    ASSERT_DONE(revoke_override(*ledger, granted, "The site changed hands.", as(officer), tuesday));
    EXPECT_FAILS(revoke_override(*ledger, granted, "Again.", as(officer), tuesday), errc::wrong_state);
    EXPECT_EQ(current_overrides(*ledger, tuesday)->size(), 0u);
    EXPECT_EQ(*end_overrides(*ledger, until), 0);
    EXPECT_EQ(request_history(*ledger, id)->back().event, "revoked");
    auto const second = recommended();
    ASSERT_DONE(approve_request(*ledger, step(second, head), "Yes."));
    EXPECT_EQ(*end_overrides(*ledger, until), 1);
    EXPECT_EQ(request_history(*ledger, second)->back().event, "ended");
    expect_intact();
}

} // namespace gatehouse::store::test
