#include "proxy/store/linked_accounts.hpp"

#include "tests/unit/store/school.hpp"

namespace gatehouse::store {
namespace {

using namespace test;

struct Linked : School {
    std::string person(AccountId account) { return find_account(*ledger, account)->person; }
    std::string newest_action()
    {
        return **ledger->database().first(
            "SELECT action FROM audit ORDER BY sequence DESC LIMIT 1", [](Statement const& row) { return row.text(0); });
    }
};

TEST_F(Linked, AccountsAreOfOneHumanBeing)
{
    auto const id = ask().id;
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    ASSERT_DONE(link_accounts(*ledger, head, officer, owner(), tuesday));
    EXPECT_EQ(newest_action(), "account.link");
    EXPECT_FAILS(approve_request(*ledger, step(id, head), "Yes."), errc::same_person);
    ASSERT_DONE(unlink_account(*ledger, head, owner(), tuesday));
    EXPECT_EQ(newest_action(), "account.unlink");
    ASSERT_DONE(approve_request(*ledger, step(id, head), "Yes."));
}

TEST_F(Linked, AllAccountsOfBothAre)
{
    auto const second = add("h.two", "Hanna Brown", ConsoleRole::none, "staff", {}, "h.brown");
    auto const third = add("o.two", "Olive Smith", ConsoleRole::none, "staff", {}, "o.smith");
    ASSERT_DONE(link_accounts(*ledger, second, officer, owner(), tuesday));
    for (auto const account : {head, second, third})
        EXPECT_EQ(person(account), person(officer));
    ASSERT_DONE(link_accounts(*ledger, third, head, owner(), tuesday)); // it is so already
    ASSERT_DONE(unlink_account(*ledger, officer, owner(), tuesday));    // whose user name the others are known by
    EXPECT_NE(person(officer), person(head));
    EXPECT_EQ(person(third), person(head));
    EXPECT_NE(person(officer), person(officer2));
}

/// Whoever stays was known by the user name of the one that left, and so was taken for them where that stands in a row.
TEST_F(Linked, TheOthersKeepNoNameOfTheOneThatIsParted)
{
    auto const second = add("h.two", "Hanna Brown", ConsoleRole::none, "staff", {}, "h.brown");
    ASSERT_DONE(link_accounts(*ledger, head, officer, owner(), tuesday));
    ASSERT_EQ(person(head), "o.smith");
    ASSERT_DONE(unlink_account(*ledger, officer, owner(), tuesday));
    EXPECT_NE(person(head), "o.smith");
    EXPECT_EQ(person(second), person(head));
    ASSERT_DONE(link_accounts(*ledger, officer2, officer, owner(), tuesday)); // known by what the officer was alone
    ASSERT_EQ(person(officer2), person(officer));
    ASSERT_DONE(unlink_account(*ledger, officer, owner(), tuesday));
    EXPECT_NE(person(officer2), person(officer));
    auto const kept = person(head);
    ASSERT_DONE(unlink_account(*ledger, second, owner(), tuesday));
    EXPECT_EQ(person(head), kept) << "it is not what the other is known by";
    EXPECT_NE(person(second), kept);
}

TEST_F(Linked, OnlyByTheMachinesOwner)
{
    for (auto const somebody : {ict, head, chief}) {
        EXPECT_FAILS(link_accounts(*ledger, officer, officer2, as(somebody), tuesday), errc::not_permitted);
        EXPECT_FAILS(unlink_account(*ledger, officer, as(somebody), tuesday), errc::not_permitted);
    }
    EXPECT_FAILS(link_accounts(*ledger, officer, AccountId{999}, owner(), tuesday), errc::not_found);
    EXPECT_NE(person(officer), person(officer2));
    auto const before = newest_action();
    ASSERT_DONE(unlink_account(*ledger, officer, owner(), tuesday));
    EXPECT_EQ(newest_action(), before) << "it was alone";
}

} // namespace
} // namespace gatehouse::store
