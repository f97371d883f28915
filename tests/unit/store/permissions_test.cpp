#include "proxy/store/permissions.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct Permissions : School {
    Permission proposed(std::string who = "user:amy.year9")
    {
        auto const made = propose_permission(
            *ledger, {std::move(who), "service:youtube", "network:pupil-wifi", "Film project of Year 9."}, as(officer), tuesday);
        EXPECT_TRUE(made) << made.error().message();
        return made ? *made : Permission{};
    }
    PermissionStep next(PermissionId id, AccountId account, Instant now = tuesday)
    {
        auto const found = find_permission(*ledger, id);
        return {id, found ? found->version : 0, as(account), now};
    }
    result<Permission> give(PermissionId id, AccountId account, hours length, Instant now = tuesday)
    {
        return give_key(*ledger, next(id, account, now), now + length, "Safe search is on; the year's tutor looks at the log.");
    }
    std::vector<OverrideRow> grants(Instant now = tuesday) { return *current_overrides(*ledger, now); }
};

TEST_F(Permissions, OpenWithBothKeysAndAsLongAsTheShorterOne)
{
    auto const id = proposed().id;
    EXPECT_TRUE(grants().empty());
    auto const one = give(id, head, hours{48});
    ASSERT_TRUE(one);
    EXPECT_FALSE(one->is_open(tuesday)) << "one key opens nothing";
    EXPECT_TRUE(grants().empty());
    auto const two = give(id, officer, hours{24});
    ASSERT_TRUE(two);
    EXPECT_TRUE(two->is_open(tuesday));
    ASSERT_EQ(grants().size(), 1u);
    auto const grant = grants().front();
    EXPECT_EQ(grant.until, tuesday + hours{24});
    EXPECT_EQ(grant.clause, "10");
    EXPECT_EQ(grant.who, std::vector<std::string>{"user:amy.year9"});
    EXPECT_EQ(grant.where, std::vector<std::string>{"network:pupil-wifi"});
    EXPECT_EQ(grant.approved_by, "h.brown, o.smith");
    EXPECT_FALSE(two->is_open(tuesday + hours{24}));
    EXPECT_TRUE(grants(tuesday + hours{24}).empty());
    expect_intact();
}

TEST_F(Permissions, WaitForNobodyOnceBothKeysAreOver)
{
    auto const id = proposed().id;
    ASSERT_DONE(give(id, officer, hours{48}));
    ASSERT_DONE(give(id, head, hours{24}));
    auto const waiting = [&](AccountId reader, hours later) {
        return what_waits(*ledger, reader, {{policy::Date{2026, 11, 24}, {}}, tuesday + later})->keys;
    };
    EXPECT_EQ(waiting(head, hours{24}), 1u) << "the other key is there still";
    EXPECT_EQ(waiting(head, hours{48}), 0u);
    EXPECT_EQ(waiting(officer, hours{48}), 0u);
    EXPECT_TRUE(find_permission(*ledger, id)->is_over(tuesday + hours{48}));
}

TEST_F(Permissions, AreGivenAnewWithOneKeyWhileTheOtherLasts)
{
    auto const id = proposed().id;
    ASSERT_DONE(give(id, officer, hours{24}));
    ASSERT_DONE(give(id, head, hours{72}));
    auto const later = tuesday + hours{12};
    ASSERT_DONE(give(id, officer2, hours{24}, later));
    ASSERT_EQ(grants(later).size(), 1u) << "in place of the one before, not beside it";
    EXPECT_EQ(grants(later).front().until, later + hours{24});
    auto const much_later = tuesday + hours{100};
    ASSERT_DONE(give(id, officer, hours{24}, much_later));
    EXPECT_TRUE(grants(much_later).empty()) << "the headteacher's key is over";
}

TEST_F(Permissions, TakeTwoPeopleWhoAreNotThePersonConcerned)
{
    auto const id = proposed().id;
    EXPECT_FAILS(give(id, dsl, hours{24}), errc::not_permitted);
    EXPECT_FAILS(give(id, pupil, hours{24}), errc::not_permitted);
    auto const both = add("h.brown2", "Hanna as officer", ConsoleRole::officer, "staff", {}, "h.brown");
    ASSERT_DONE(give(id, head, hours{24}));
    EXPECT_FAILS(give(id, both, hours{24}), errc::same_person) << "one human being with two accounts";
    auto const own = propose_permission(*ledger, {"user:o.smith", "service:youtube", "", "Films."}, as(officer2), tuesday);
    ASSERT_TRUE(own);
    EXPECT_FAILS(give(own->id, officer, hours{24}), errc::same_person);
    EXPECT_EQ(newest_action(), "permission.key.denied");
    EXPECT_FAILS(
        propose_permission(*ledger, {"user:o.smith", "service:youtube", "", "Films."}, as(officer), tuesday), errc::same_person);
}

TEST_F(Permissions, RefuseWhatIsIncompleteOrTooLong)
{
    auto const id = proposed().id;
    EXPECT_FAILS(give_key(*ledger, next(id, officer), tuesday + hours{24}, " "), errc::invalid_value) << "no measures";
    ASSERT_DONE(give_key(*ledger, next(id, head), tuesday + hours{24}, ""));
    EXPECT_FAILS(give(id, head, longest_key + hours{1}), errc::invalid_value);
    EXPECT_FAILS(give(id, head, hours{0}), errc::invalid_value);
    EXPECT_FAILS(propose_permission(*ledger, {"", "service:youtube", "", "Films."}, as(officer), tuesday), errc::invalid_value);
    EXPECT_FAILS(propose_permission(*ledger, {"user:a\nuser:b", "service:youtube", "", "Films."}, as(officer), tuesday),
        errc::invalid_value);
    auto const seen = next(id, head);
    ASSERT_DONE(give(id, head2, hours{24}));
    EXPECT_FAILS(give_key(*ledger, seen, tuesday + hours{24}, ""), errc::stale);
}

TEST_F(Permissions, CloseForGood)
{
    auto const id = proposed().id;
    ASSERT_DONE(give(id, officer, hours{24}));
    ASSERT_DONE(give(id, head, hours{24}));
    EXPECT_FAILS(close_permission(*ledger, next(id, officer), ""), errc::invalid_value);
    EXPECT_FAILS(close_permission(*ledger, next(id, dsl), "No."), errc::not_permitted);
    ASSERT_DONE(close_permission(*ledger, next(id, officer), "The project is over."));
    EXPECT_TRUE(grants().empty());
    EXPECT_FAILS(give(id, head, hours{24}), errc::wrong_state);
    EXPECT_EQ(list_permissions(*ledger)->front().close_reason, "The project is over.");
    expect_intact();
}

TEST_F(Permissions, KnowThatTheirGrantWasEndedByHand)
{
    auto const id = proposed().id;
    ASSERT_DONE(give(id, officer, hours{24}));
    ASSERT_DONE(give(id, head, hours{24}));
    ASSERT_DONE(revoke_override(*ledger, grants().front().id, "A mistake.", as(head), tuesday));
    EXPECT_FALSE(find_permission(*ledger, id)->is_open(tuesday));
    EXPECT_TRUE(give(id, officer, hours{24}));
    EXPECT_TRUE(grants().empty()) << "what the headteacher closed the officer does not open alone";
    ASSERT_DONE(give(id, head, hours{24}));
    EXPECT_EQ(grants().size(), 1U);
}

} // namespace
} // namespace gatehouse::store::test
