#include "proxy/store/same_request.hpp"
#include "tests/unit/store/school.hpp"

#include <fmt/format.h>
#include <set>

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

TEST_F(UnblockRequests, ThatMayBeTheSameAreAllThereThoseOfTheSiteFirst)
{
    constexpr std::size_t of_page = 50;
    auto const one = ask("amy.year9", "www.maths.example/fractions").id;
    ASSERT_DONE(recommend_request(*ledger, step(one, officer), terms())); // else the next ask for the site were merged by itself
    for (int i = 0; i < 210; ++i) {
        NewRequest request;
        request.url = fmt::format("site-{}.example", i);
        request.why = "For a lesson.";
        request.requester.address = fmt::format("10.0.{}.{}", i / 20, i % 20);
        ASSERT_DONE(submit_request(*ledger, request, tuesday));
    }
    auto const same = ask("bob.year9", "maths.example/decimals").id;
    auto const later = ask("cat.year9", "later.example").id;
    ASSERT_DONE(recommend_request(*ledger, step(later, officer), terms()));
    ASSERT_DONE(close_request(*ledger, step(ask("dan.year9", "closed.example").id, officer), "It is open."));
    auto const all = *count_same(*ledger, {one});
    std::set<RequestId> found;
    for (std::size_t skipped = 0; skipped < all; skipped += of_page) {
        auto const page = *list_same(*ledger, {one}, of_page, skipped);
        if (skipped == 0) {
            EXPECT_EQ(page.front().id, same) << "of the same site";
        }
        for (auto const& request : page)
            EXPECT_TRUE(found.insert(request.id).second);
    }
    EXPECT_EQ(found.size(), all);
    EXPECT_GT(all, 200u);
    EXPECT_TRUE(found.contains(later)) << "what was recommended is open still";
    EXPECT_FALSE(found.contains(one));
    EXPECT_EQ(*count_same(*ledger, {one, "CLOSED"}), 0u);
    EXPECT_EQ(*count_same(*ledger, {one, "Site-209."}), 1u);
    EXPECT_EQ(*count_same(*ledger, {one, find_request(*ledger, same)->reference}), 1u);
    EXPECT_FAILS(list_same(*ledger, {RequestId{9999}}, of_page, 0), errc::not_found);
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

TEST_F(UnblockRequests, GoOnForWhoeverAskedYesterdayWhenTheFirstExpires)
{
    auto const first = ask();
    auto const second = ask("bob");
    auto const third = ask("cid");
    auto const yesterday = tuesday + undecided_request - std::chrono::hours{24};
    ASSERT_DONE(ledger->database().execute("UPDATE unblock_requests SET submitted_at = ? WHERE id = ?", yesterday, third.id));
    EXPECT_EQ(*expire_requests(*ledger, tuesday + undecided_request), 1);
    EXPECT_EQ(find_request(*ledger, first.id)->state, RequestState::expired);
    EXPECT_EQ(find_request(*ledger, second.reference, second.status_token)->state, RequestState::expired);
    EXPECT_EQ(find_request(*ledger, third.id)->state, RequestState::submitted);
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

} // namespace gatehouse::store::test
