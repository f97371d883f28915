#include "proxy/store/log_views.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

struct LogViews : School {
    LogViewId saved(std::string const& name, std::string const& query, AccountId account)
    {
        EXPECT_TRUE(save_log_view(*ledger, account, name, query));
        for (auto const& view : *list_log_views(*ledger, account))
            if (view.name == name && view.owner == account)
                return view.id;
        return LogViewId::none;
    }
    result<void> seen(LogViewId id, Seen seen, AccountId by) { return set_log_view_seen(*ledger, id, seen, as(by), tuesday); }
};

TEST_F(LogViews, AreTheirOwnersUntilTheyShareThem)
{
    auto const id = saved("Games in lessons", "verdict=block&category=games", officer);
    EXPECT_TRUE(list_log_views(*ledger, ict)->empty());
    EXPECT_FAILS(seen(id, Seen::by_all, ict), errc::not_found);
    EXPECT_FAILS(remove_log_view(*ledger, id, as(ict), tuesday), errc::not_found);
    ASSERT_DONE(seen(id, Seen::by_all, officer));
    EXPECT_EQ(newest_action(), "log-view.share");
    auto const others = list_log_views(*ledger, dsl);
    ASSERT_EQ(others->size(), 1u);
    EXPECT_EQ(others->front().owner, officer);
    EXPECT_EQ(others->front().owner_name, find_account(*ledger, officer)->display_name);
    ASSERT_DONE(seen(id, Seen::by_owner, officer));
    EXPECT_TRUE(list_log_views(*ledger, dsl)->empty());
}

TEST_F(LogViews, AreChangedByTheirOwnerOrTheIctLeadOnly)
{
    auto const id = saved("Games", "category=games", officer);
    ASSERT_DONE(seen(id, Seen::by_all, officer));
    for (auto const other : {officer2, dsl, head}) {
        EXPECT_FAILS(seen(id, Seen::by_owner, other), errc::not_permitted);
        EXPECT_FAILS(remove_log_view(*ledger, id, as(other), tuesday), errc::not_permitted);
        EXPECT_EQ(newest_action(), "log-view.remove.denied");
    }
    saved("Games", "category=gambling", dsl); // one of that name of another's
    EXPECT_EQ(list_log_views(*ledger, officer)->front().query, "category=games");
    ASSERT_DONE(seen(id, Seen::by_owner, ict));
    EXPECT_TRUE(list_log_views(*ledger, ict)->empty());
    ASSERT_DONE(seen(id, Seen::by_all, officer));
    ASSERT_DONE(remove_log_view(*ledger, id, as(ict), tuesday));
    EXPECT_TRUE(list_log_views(*ledger, officer)->empty());
    expect_intact();
}

TEST_F(LogViews, ThatNameSomebodyAreNotShared)
{
    for (auto const* query : {"person=amy.year9", "device=laptop-7", "client=127.0.1.10", "decision=K7", "purpose=a",
             "verdict=block&person=x", "%70erson=amy", "Person=x", "host=a.example&cursor=2", "host=o.smith.example"}) {
        auto const id = saved("A search", query, dsl);
        EXPECT_FAILS(seen(id, Seen::by_all, dsl), errc::wrong_state) << query;
    }
    EXPECT_FAILS(seen(saved("What Olive Smith asked for", "last=week", dsl), Seen::by_all, dsl), errc::wrong_state);
    auto const id = saved("Blocked", "verdict=block&host=a.example&columns=site&columns=rule&last=week", dsl);
    ASSERT_DONE(seen(id, Seen::by_all, dsl));
    EXPECT_FAILS(save_log_view(*ledger, dsl, "Blocked", "person=amy.year9"), errc::wrong_state) << "while it is shared";
    ASSERT_DONE(save_log_view(*ledger, dsl, "Blocked", "verdict=allow"));
    ASSERT_DONE(seen(id, Seen::by_owner, dsl));
    ASSERT_DONE(save_log_view(*ledger, dsl, "Blocked", "person=amy.year9"));
}

TEST_F(LogViews, AreWrittenAnewAlsoWhenThereAreTheMost)
{
    for (std::size_t i = 0; i < most_log_views; ++i)
        ASSERT_DONE(save_log_view(*ledger, dsl, std::to_string(i), "verdict=block"));
    EXPECT_FAILS(save_log_view(*ledger, dsl, "One more", "verdict=block"), errc::invalid_value);
    ASSERT_DONE(save_log_view(*ledger, dsl, "7", "verdict=allow"));
    EXPECT_EQ(list_log_views(*ledger, dsl)->size(), most_log_views);
}

} // namespace
} // namespace gatehouse::store::test
