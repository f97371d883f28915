#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

/// What an approved request becomes.
struct Overrides : School { };

TEST_F(Overrides, AreOfThePolicyThatKnowsTheirNames)
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

TEST_F(Overrides, OpenForARoomAlone)
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

TEST_F(Overrides, EndByThemselvesAndByHand)
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
