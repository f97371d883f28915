#include "proxy/store/given_access.hpp"

#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/second_factor.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

#include <algorithm>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct GivenAccesses : School {
    Instant now = tuesday;
    AccountId ict2{};

    void SetUp() override
    {
        School::SetUp();
        ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    }
    result<void> give_password(AccountId account, Actor const& by)
    {
        return reset_password(*ledger, account, PasswordHash{"x"}, by, now);
    }
    AccessStep step(AccountId account, AccountId by)
    {
        auto const hold = find_access_hold(*ledger, account, now);
        return {account, hold ? hold->given.back().id : GivenAccessId::none, as(by), now};
    }
    result<void> confirm(AccountId account, AccountId by) { return confirm_access(*ledger, step(account, by)); }
    result<void> approve(RequestId id, AccountId by)
    {
        auto const done = approve_request(*ledger, School::step(id, by, now), "Yes.");
        return done ? result<void>{} : result<void>{done.error()};
    }
    AccountId emergency(ConsoleRole role)
    {
        NewAccount account;
        account.login = "glass";
        account.console_role = role;
        account.is_break_glass = true;
        return add_account(*ledger, account, PasswordHash{"x"}, owner(), tuesday)->id;
    }
    bool could_confirm(AccountId account, AccountId who)
    {
        auto const hold = find_access_hold(*ledger, account, now);
        return hold
            && std::any_of(hold->confirmers.begin(), hold->confirmers.end(), [&](Account const& each) { return each.id == who; });
    }
};

TEST_F(GivenAccesses, HoldDecisionsOfTheAccountForADay)
{
    auto const id = recommended();
    ASSERT_DONE(give_password(head, as(ict)));
    EXPECT_FAILS(approve(id, head), errc::access_given_recently) << "the ICT lead would decide in the headteacher's place";
    EXPECT_EQ(newest_action(), "unblock.approve.denied");
    auto const hold = find_access_hold(*ledger, head, now);
    ASSERT_TRUE(hold);
    EXPECT_EQ(hold->until, now + hours{24});
    EXPECT_EQ(hold->given.back().given_by, "i.white");
    now += hours{24} - std::chrono::seconds{1};
    EXPECT_FAILS(approve(id, head), errc::access_given_recently);
    now += std::chrono::seconds{1};
    EXPECT_FAILS(find_access_hold(*ledger, head, now), errc::wrong_state);
    ASSERT_DONE(approve(id, head));
    expect_intact();
}

TEST_F(GivenAccesses, HoldEveryKindOfDecision)
{
    auto const permission = propose_permission(*ledger, {"group:year-9", "service:youtube", "", "Films."}, as(officer2), now);
    auto const proposed
        = propose_restriction(*ledger, {"amy.year9", "A VPN.", "", "12", now, now + hours{24}}, as(officer2), now);
    ASSERT_TRUE(permission && proposed);
    auto const request = ask().id;
    ASSERT_DONE(set_console_role(*ledger, dsl, ConsoleRole::officer, as(ict2), now));
    for (auto const account : {head, officer, ict})
        ASSERT_DONE(give_password(account, as(ict2)));
    EXPECT_FAILS(
        give_key(*ledger, {permission->id, permission->version, as(head), now}, now + hours{1}, ""), errc::access_given_recently);
    EXPECT_FAILS(confirm_restriction(*ledger, {proposed->id, proposed->version, as(head), now}), errc::access_given_recently);
    EXPECT_FAILS(confirm_role(*ledger, {waiting_role(*ledger, dsl)->id, as(head), now}), errc::access_given_recently);
    EXPECT_FAILS(recommend_request(*ledger, School::step(request, officer, now), terms()), errc::access_given_recently);
    EXPECT_FAILS(propose_restriction(*ledger, {"ben", "A VPN.", "", "12", now, now + hours{24}}, as(officer), now),
        errc::access_given_recently);
    std::vector<RefusedLine> refused;
    EXPECT_FAILS(
        propose_additions(*ledger, {SchoolList::allow, {"chat.example"}, "Wanted.", {2027, 9, 1}}, refused, as(officer), now),
        errc::access_given_recently);
    EXPECT_FAILS(set_console_role(*ledger, officer2, ConsoleRole::dpo, as(ict), now), errc::access_given_recently);
}

TEST_F(GivenAccesses, AreAPasswordACodeTakenOffAndANameAtTheSignOn)
{
    ASSERT_DONE(set_sign_on(*ledger, head, "h.brown@school.example", as(ict), now));
    EXPECT_EQ(find_access_hold(*ledger, head, now)->given.back().kind, AccessKind::sign_on);
    ASSERT_DONE(set_sign_on(*ledger, officer, "", as(ict), now));
    EXPECT_FALSE(find_account(*ledger, officer)->is_held(now)) << "none was taken away, which opens nothing";
    ASSERT_DONE(clear_second_factor(*ledger, officer, as(ict), now));
    EXPECT_FALSE(find_account(*ledger, officer)->is_held(now)) << "there was none to take off";
    ASSERT_DONE(ledger->transact(
        [&] { return ledger->database().execute("UPDATE accounts SET totp_secret = 'sealed' WHERE id = ?", officer); }));
    ASSERT_DONE(clear_second_factor(*ledger, officer, as(ict), now));
    EXPECT_EQ(find_access_hold(*ledger, officer, now)->given.back().kind, AccessKind::code_off);
    ASSERT_DONE(give_password(pupil, as(ict)));
    EXPECT_FALSE(find_account(*ledger, pupil)->is_held(now)) << "it decides nothing anyway";
    EXPECT_EQ(list_access_holds(*ledger, now)->size(), 2U);
}

TEST_F(GivenAccesses, EndWhenASecondPersonConfirms)
{
    auto const id = recommended();
    ASSERT_DONE(give_password(head, as(ict)));
    EXPECT_TRUE(could_confirm(head, head2) && could_confirm(head, ict2));
    EXPECT_EQ(what_waits(*ledger, head2, {policy::Date{2026, 11, 24}, {}, now})->holds, 1U);
    for (auto const by : {ict, head})
        EXPECT_EQ(count_holds_for(*ledger, *find_account(*ledger, by), now).value(), 0U);
    EXPECT_FAILS(confirm(head, ict), errc::same_person) << "who gave it";
    EXPECT_EQ(newest_action(), "account.confirm-access.denied");
    EXPECT_FAILS(confirm(head, head), errc::access_given_recently) << "whoever has the new password";
    auto const same = add("hanna.again", "Hanna Brown", ConsoleRole::headteacher, "staff", {}, "h.brown");
    EXPECT_FAILS(confirm(head, same), errc::same_person);
    for (auto const by : {officer, dsl, chief, pupil, AccountId::none, emergency(ConsoleRole::headteacher)})
        EXPECT_FAILS(confirm(head, by), errc::not_permitted);
    ASSERT_DONE(confirm(head, head2));
    EXPECT_EQ(newest_action(), "account.confirm-access");
    ASSERT_DONE(approve(id, head));
    EXPECT_FAILS(confirm(head, ict2), errc::wrong_state) << "once";
    expect_intact();
}

TEST_F(GivenAccesses, AreNotPassedOnThroughAThirdAccount)
{
    ASSERT_DONE(give_password(ict2, as(ict)));
    EXPECT_FAILS(give_password(head, as(ict2)), errc::access_given_recently)
        << "the first could come in as the second, give it, and confirm it as themselves";
    EXPECT_EQ(newest_action(), "account.reset-password.denied");
    EXPECT_FALSE(find_account(*ledger, head)->is_held(now)) << "nothing was given";
    ASSERT_DONE(give_password(pupil, as(ict2))); // the web alone
    ASSERT_DONE(give_password(head, as(ict)));
    EXPECT_FAILS(confirm(head, ict2), errc::access_given_recently);
    EXPECT_FALSE(could_confirm(head, ict2)) << "nor does a page name them";
    ASSERT_DONE(confirm(head, head2));
}

TEST_F(GivenAccesses, OfSeveralNobodyWhoGaveOneConfirms)
{
    ASSERT_DONE(give_password(head, as(ict)));
    auto const seen = step(head, head2);
    ASSERT_DONE(set_sign_on(*ledger, head, "h.brown@school.example", as(ict2), now));
    for (auto const by : {ict, ict2})
        EXPECT_FAILS(confirm(head, by), errc::same_person);
    EXPECT_FAILS(confirm_access(*ledger, seen), errc::stale) << "the page did not show the newer one";
    EXPECT_TRUE(find_account(*ledger, head)->is_held(now));
    ASSERT_DONE(confirm(head, head2));
    EXPECT_FALSE(find_account(*ledger, head)->is_held(now));
    ASSERT_DONE(give_password(head, as(ict)));
    EXPECT_TRUE(find_account(*ledger, head)->is_held(now)) << "a confirmation is of what was there";
}

TEST_F(GivenAccesses, FromTheMachineOrTheEmergencyAccountOnlyAHeadteacherConfirms)
{
    ASSERT_DONE(give_password(head, owner()));
    EXPECT_TRUE(find_access_hold(*ledger, head, now)->given.back().given_by.empty());
    EXPECT_FAILS(confirm(head, ict2), errc::not_permitted) << "it may have been this ICT lead at the command line";
    EXPECT_FALSE(could_confirm(head, ict2));
    ASSERT_DONE(confirm(head, head2));
    ASSERT_DONE(give_password(officer, as(emergency(ConsoleRole::ict_lead))));
    EXPECT_FAILS(confirm(officer, ict2), errc::not_permitted);
    ASSERT_DONE(confirm(officer, head));
}

TEST_F(GivenAccesses, LeaveTheEmergencyAccountUsable)
{
    auto const glass = emergency(ConsoleRole::headteacher);
    auto const id = recommended();
    ASSERT_DONE(give_password(glass, as(ict)));
    ASSERT_DONE(approve(id, glass));
}

TEST_F(GivenAccesses, KeepWhoGaveThemUntilTheyAreOver)
{
    ASSERT_DONE(give_password(head, as(ict)));
    ASSERT_DONE(set_disabled(*ledger, ict, true, owner(), now));
    EXPECT_FAILS(forget_account(*ledger, ict, "Left.", owner(), now), errc::wrong_state);
    now += hours{25};
    ASSERT_DONE(forget_account(*ledger, ict, "Left.", owner(), now));
    ASSERT_DONE(set_disabled(*ledger, head, true, owner(), now));
    ASSERT_DONE(forget_account(*ledger, head, "Left.", owner(), now));
    EXPECT_FALSE(find_account(*ledger, head)->access_given_at);
}

/// Two stores over one file: of two who confirm at once exactly one does.
TEST_F(GivenAccesses, AreConfirmedOnce)
{
    ASSERT_DONE(give_password(head, as(ict)));
    auto const mine = step(head, head2), theirs = step(head, ict2);
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    ASSERT_DONE(confirm_access(*second, mine));
    EXPECT_FAILS(confirm_access(*ledger, theirs), errc::wrong_state);
    auto const rows = list_audit(*ledger, {.action_prefix = "account.confirm-access"});
    ASSERT_TRUE(rows);
    EXPECT_EQ(rows->size(), 1U);
}

} // namespace
} // namespace gatehouse::store::test
