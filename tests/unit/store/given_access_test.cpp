#include "proxy/store/given_access.hpp"

#include "proxy/store/api_tokens.hpp"
#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/notices.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/policy_changes.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/second_factor.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

#include <algorithm>
#include <array>

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
    /// What the mail server took.
    void mail_the_headteacher()
    {
        for (auto const& each : *due_notices(*ledger, std::array{ConsoleRole::headteacher}, now))
            ASSERT_DONE(mark_told(*ledger, each, now));
    }
    void sign_somebody_in() { ASSERT_DONE(record_event(*ledger, as(officer), "sign-in", "account:1", "console", now)); }
    bool is_held(AccountId account) { return find_account(*ledger, account)->is_held(now); }
    result<std::vector<std::string>> refuse(AccountId account, AccountId by, std::string const& why = "They know nothing of it.")
    {
        return refuse_access(*ledger, step(account, by), why);
    }
    void draft(std::string host, AccountId by)
    {
        std::vector<RefusedLine> lines;
        ASSERT_DONE(
            draft_additions(*ledger, {SchoolList::allow, {std::move(host)}, "Wanted.", {2027, 9, 1}}, lines, as(by), now));
    }
    void close(AccountId id) { ASSERT_DONE(set_disabled(*ledger, id, true, owner(), now)); }
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
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
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

/// Neither decides, but whoever comes in as them reads log, audit and cases under their name.
TEST_F(GivenAccesses, HoldMarketingAndAuditorsToo)
{
    auto const marketing = add("m.press", "Mara Press", ConsoleRole::marketing);
    auto const auditor = add("a.count", "Aldo Count", ConsoleRole::auditor);
    auto const supervisor = add("s.sits", "Sam Sits", ConsoleRole::supervisor);
    for (auto const each : {marketing, auditor, supervisor})
        ASSERT_DONE(give_password(each, as(ict)));
    EXPECT_TRUE(is_held(marketing) && is_held(auditor));
    EXPECT_FALSE(is_held(supervisor)) << "who is needed beside somebody now, and sees no more than whom";
    EXPECT_EQ(list_access_holds(*ledger, now)->size(), 2U);
    EXPECT_FAILS(confirm(marketing, ict), errc::same_person);
    ASSERT_DONE(confirm(marketing, ict2));
    EXPECT_FALSE(is_held(marketing));
    ASSERT_TRUE(refuse(auditor, head));
    EXPECT_TRUE(find_account(*ledger, auditor)->disabled);
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
    EXPECT_FAILS(give_password(pupil, as(ict2)), errc::access_given_recently)
        << "to an account of the web alone neither: it may get a role later";
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
    EXPECT_FAILS(give_password(glass, as(ict)), errc::not_permitted) << "nothing holds it: whoever filled it would be two people";
    EXPECT_EQ(newest_action(), "account.reset-password.denied");
    ASSERT_DONE(give_password(glass, owner()));
    ASSERT_DONE(approve(id, glass));
}

TEST_F(GivenAccesses, KeepWhoGaveThemUntilTheyAreOver)
{
    ASSERT_DONE(give_password(head, as(ict)));
    ASSERT_DONE(set_disabled(*ledger, ict, true, owner(), now));
    EXPECT_FAILS(forget_account(*ledger, ict, "Left.", owner(), now), errc::wrong_state);
    now += hours{25};
    EXPECT_FAILS(forget_account(*ledger, ict, "Left.", owner(), now), errc::wrong_state) << "nobody was told of it yet";
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    now += forgetting_time;
    ASSERT_DONE(forget_account(*ledger, ict, "Left.", owner(), now));
    ASSERT_DONE(set_disabled(*ledger, head, true, owner(), now));
    now += forgetting_time;
    ASSERT_DONE(forget_account(*ledger, head, "Left.", owner(), now));
    EXPECT_FALSE(find_account(*ledger, head)->access_given_at);
}

TEST_F(GivenAccesses, DoNotEndByThemselvesBeforeSomebodyWasTold)
{
    ASSERT_DONE(give_password(head, as(ict)));
    auto const hold = find_access_hold(*ledger, head, now);
    ASSERT_TRUE(hold);
    EXPECT_FALSE(hold->until);
    now += hours{24 * 60};
    EXPECT_TRUE(is_held(head)) << "nobody who could say no knows of it";
    for (auto const by : {ict, head, officer, pupil, emergency(ConsoleRole::headteacher)})
        ASSERT_DONE(note_holds_seen(*ledger, by, now));
    EXPECT_FALSE(find_access_hold(*ledger, head, now)->until) << "neither who gave it nor whose it is, nor who cannot say no";
    ASSERT_DONE(note_holds_seen(*ledger, ict2, now));
    EXPECT_EQ(find_access_hold(*ledger, head, now)->until, now + hours{24});
    now += hours{24} - std::chrono::seconds{1};
    EXPECT_TRUE(is_held(head));
    now += std::chrono::seconds{1};
    EXPECT_FALSE(is_held(head));
    ASSERT_DONE(give_password(head, as(ict)));
    EXPECT_FALSE(find_access_hold(*ledger, head, now)->until) << "of this one nobody was told";
    expect_intact();
}

TEST_F(GivenAccesses, CountFromTheMailThatTellsOfThem)
{
    sign_somebody_in();
    ASSERT_DONE(give_password(officer, as(ict)));
    auto const due = *due_notices(*ledger, std::array{ConsoleRole::headteacher}, now);
    ASSERT_EQ(due.size(), 1U);
    now += hours{1};
    ASSERT_DONE(give_password(officer2, as(ict)));
    ASSERT_DONE(mark_told(*ledger, due.front(), now));
    EXPECT_EQ(find_access_hold(*ledger, officer, now)->until, now + hours{24}) << "from when the server took it";
    EXPECT_FALSE(find_access_hold(*ledger, officer2, now)->until) << "the mail was written before";
    mail_the_headteacher();
    EXPECT_EQ(find_access_hold(*ledger, officer2, now)->until, now + hours{24});
}

TEST_F(GivenAccesses, AreNotSeenByWhoIsHeldToo)
{
    ASSERT_DONE(give_password(head, as(ict)));
    ASSERT_DONE(give_password(head2, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    EXPECT_FALSE(find_access_hold(*ledger, head, now)->until) << "it may be the same hands";
}

/// The headteacher is ill, and nobody else is there but the ICT lead who gave it.
TEST_F(GivenAccesses, OfWhichOneAloneCouldSayAreConfirmedByTheChiefExecutiveADayLater)
{
    for (auto const each : {head2, ict2})
        close(each);
    now += hours{25};
    ASSERT_DONE(give_password(officer, as(ict)));
    now += hours{24} - std::chrono::seconds{1};
    EXPECT_FALSE(could_confirm(officer, chief));
    EXPECT_FAILS(confirm(officer, chief), errc::not_permitted);
    EXPECT_FAILS(refuse(officer, chief), errc::not_permitted);
    now += std::chrono::seconds{1};
    EXPECT_TRUE(could_confirm(officer, chief) && could_confirm(officer, head));
    EXPECT_EQ(due_notices(*ledger, std::array{ConsoleRole::chief_executive}, now)->size(), 1U);
    EXPECT_EQ(count_holds_for(*ledger, *find_account(*ledger, chief), now).value(), 1U);
    auto const seen = step(officer, chief);
    ASSERT_DONE(check_access_refusal(*ledger, seen));
    ASSERT_DONE(confirm_access(*ledger, seen));
    ASSERT_DONE(give_password(dsl, owner()));
    now += hours{24};
    EXPECT_FAILS(confirm(dsl, ict), errc::not_permitted) << "it came from the machine";
    ASSERT_DONE(confirm(dsl, chief));
}

/// One ICT lead gave both headteachers a password; there is no other, and each of the two would have to confirm the other.
TEST_F(GivenAccesses, OfTwoWhoWaitForEachOtherAreConfirmedByTheNext)
{
    close(ict2);
    now += hours{25};
    for (bool const has_chief : {true, false}) {
        for (auto const each : {head, head2})
            ASSERT_DONE(give_password(each, as(ict)));
        auto const by_owner = [&] {
            auto at = step(head, ict);
            at.actor = owner();
            return confirm_access(*ledger, at);
        };
        auto const grant = set_console_role(*ledger, dsl, ConsoleRole::officer, as(ict), now);
        ASSERT_DONE(grant);
        now += hours{24} - std::chrono::seconds{1};
        EXPECT_FAILS(confirm(head, chief), errc::not_permitted) << "the other may be confirmed, and say it then";
        EXPECT_FAILS(by_owner(), errc::not_permitted);
        EXPECT_FALSE(find_access_hold(*ledger, head, now)->machine_may);
        now += std::chrono::seconds{1};
        EXPECT_EQ(could_confirm(head, chief), has_chief);
        EXPECT_EQ(find_access_hold(*ledger, head, now)->machine_may, !has_chief);
        EXPECT_EQ(waiting_role(*ledger, dsl)->state, RoleGrantState::waiting);
        EXPECT_TRUE(role_confirmers(*ledger, waiting_role(*ledger, dsl)->id, now)->empty())
            << "for a role they count still: whoever gave the passwords becomes nobody's only one";
        ASSERT_DONE(has_chief ? confirm(head, chief) : by_owner());
        ASSERT_DONE(confirm(head2, head));
        close(chief);
        now += hours{25};
    }
}

/// The one headteacher has a password from the ICT lead of which nobody said a word, so nobody confirms with that account what the ICT lead gave others.
TEST_F(GivenAccesses, AreNotConfirmedWithAnAccountThatTheGiverGaveAWayIn)
{
    for (auto const each : {head2, ict2})
        close(each);
    now += hours{25};
    ASSERT_DONE(give_password(head, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, chief, now));
    auto const told = now;
    now += hours{24};
    EXPECT_FALSE(is_held(head));
    ASSERT_DONE(give_password(officer, as(ict)));
    EXPECT_TRUE(could_confirm(officer, chief)) << "there is nobody else";
    EXPECT_FAILS(confirm(officer, head), errc::way_in_unsaid) << "they are told why it is the chief executive's turn";
    EXPECT_EQ(newest_action(), "account.confirm-access.denied");
    EXPECT_EQ(access_left_out_until(*ledger, step(officer, head)).value(), told + second_person_time);
    EXPECT_FAILS(access_left_out_until(*ledger, step(officer, chief)), errc::not_found);
    EXPECT_FAILS(confirm(officer, ict), errc::not_permitted) << "who gave it";
    ASSERT_DONE(check_access_refusal(*ledger, step(officer, head))); // a no is safe
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    EXPECT_FALSE(find_access_hold(*ledger, officer, now)->until) << "nor does it count as told";
    ASSERT_DONE(give_password(chief, as(ict)));
    auto by_owner = step(chief, ict);
    by_owner.actor = owner();
    EXPECT_FAILS(confirm_access(*ledger, by_owner), errc::access_given_recently) << "the headteacher has a day to say no";
    EXPECT_FALSE(find_access_hold(*ledger, chief, now)->machine_may);
    now += hours{24};
    by_owner.now = now;
    EXPECT_TRUE(find_access_hold(*ledger, chief, now)->machine_may) << "the last resort";
    ASSERT_DONE(confirm_access(*ledger, by_owner));
    ASSERT_DONE(confirm(officer, chief));
}

/// The ICT lead comes in as the second one and gives others a password, which the ICT lead then confirms in their own name, or as a third.
TEST_F(GivenAccesses, AreNotConfirmedByWhoMayBeInTheGiversAccount)
{
    auto const give_and_wait = [&](AccountId account, AccountId by) {
        ASSERT_DONE(give_password(account, as(by)));
        ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    };
    give_and_wait(ict2, ict);
    give_and_wait(head, ict);
    now += hours{24};
    ASSERT_DONE(give_password(officer, as(ict2)));
    for (auto const by : {ict, head})
        EXPECT_FAILS(confirm(officer, by), errc::way_in_unsaid);
    EXPECT_EQ(access_left_out_until(*ledger, step(officer, ict)).value(), now - hours{24} + second_person_time);
    ASSERT_DONE(check_access_refusal(*ledger, step(officer, ict))); // a no is safe
    ASSERT_DONE(give_password(ict2, owner())); // a newer one holds the account; what was done with it before was done
    EXPECT_FAILS(confirm(officer, ict), errc::way_in_unsaid);
    ASSERT_DONE(confirm(officer, head2));
    auto const late = find_late_access(*ledger, head, now);
    ASSERT_TRUE(late);
    ASSERT_DONE(confirm_access(*ledger, {head, late->given.back().id, as(head2), now}));
    ASSERT_DONE(give_password(officer2, as(ict)));
    ASSERT_DONE(confirm(officer2, head)); // of whom it is said that it is them
    expect_intact();
}

TEST_F(GivenAccesses, AreNotPassedOnByAccountsThatWereGivenAWayInBefore)
{
    auto const ict3 = add("ict.three", "Ivan Grey", ConsoleRole::ict_lead);
    for (auto const& [account, by] : {std::pair{ict2, ict}, {ict3, ict2}}) {
        ASSERT_DONE(give_password(account, as(by)));
        ASSERT_DONE(note_holds_seen(*ledger, head2, now));
        now += hours{24};
    }
    ASSERT_DONE(give_password(officer, as(ict3)));
    EXPECT_FAILS(confirm(officer, ict), errc::way_in_unsaid) << "behind the one who was behind it";
    ASSERT_DONE(give_password(officer2, as(ict)));
    EXPECT_FAILS(confirm(officer2, ict3), errc::way_in_unsaid) << "with an account that was given by one that was given";
    now += second_person_time - hours{48};
    ASSERT_DONE(confirm(officer, ict)); // it is too late for a word of the first
}

/// A yes is of all ways in before it too, so nobody says it who gave one of them.
TEST_F(GivenAccesses, ThatAreOlderAreSeenAndSaidWithTheNewest)
{
    ASSERT_DONE(set_sign_on(*ledger, head, "h.brown@school.example", as(ict), now));
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    now += hours{25};
    ASSERT_DONE(give_password(head, as(ict2)));
    auto const hold = find_access_hold(*ledger, head, now);
    ASSERT_TRUE(hold);
    ASSERT_EQ(hold->given.size(), 2U);
    EXPECT_EQ(hold->given.front().kind, AccessKind::sign_on);
    EXPECT_FALSE(hold->until) << "nobody was told of the newest";
    for (auto const by : {ict, ict2})
        EXPECT_FAILS(confirm(head, by), errc::same_person);
    ASSERT_DONE(confirm(head, head2));
    EXPECT_FAILS(find_late_access(*ledger, head, now), errc::wrong_state);
    expect_intact();
}

/// Nobody said a word when the account was made, months ago, by whoever says no today.
TEST_F(GivenAccesses, AreRefusedAlsoByWhoGaveOneLongAgo)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += second_person_time + hours{24};
    ASSERT_DONE(give_password(officer, as(ict2)));
    ASSERT_TRUE(refuse(officer, ict));
    EXPECT_TRUE(find_account(*ledger, officer)->access_refused);
    auto const refused = find_refused_access(*ledger, officer, as(head), now);
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->given.size(), 1U) << "of the old one nobody says anything any more";
    expect_intact();
}

/// Nobody knows who was at the command line.
TEST_F(GivenAccesses, FromTheMachineMakeNobodyASecondPersonBeforeAWord)
{
    ASSERT_DONE(give_password(ict2, owner()));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{24};
    EXPECT_FALSE(is_held(ict2));
    ASSERT_DONE(give_password(officer, as(ict)));
    EXPECT_FAILS(confirm(officer, ict2), errc::way_in_unsaid);
    auto const late = find_late_access(*ledger, ict2, now);
    ASSERT_TRUE(late);
    ASSERT_DONE(confirm_access(*ledger, {ict2, late->given.back().id, as(head), now}));
    ASSERT_DONE(confirm(officer, ict2));
}

TEST_F(GivenAccesses, AreConfirmedByTheChiefExecutiveWhereNobodyElseCould)
{
    EXPECT_FALSE(could_confirm(head, chief));
    ASSERT_DONE(give_password(head, as(ict)));
    EXPECT_FAILS(confirm(head, chief), errc::not_permitted);
    EXPECT_FAILS(refuse(head, chief), errc::not_permitted);
    for (auto const each : {head2, ict2})
        close(each);
    EXPECT_FALSE(could_confirm(head, chief)) << "nobody makes it true on the spot by closing the others";
    auto const chief_is_told = [&] { return *due_notices(*ledger, std::array{ConsoleRole::chief_executive}, now); };
    EXPECT_TRUE(chief_is_told().empty());
    EXPECT_FAILS(confirm(head, chief), errc::not_permitted);
    now += hours{25};
    EXPECT_TRUE(could_confirm(head, chief));
    ASSERT_EQ(chief_is_told().size(), 1U);
    EXPECT_EQ(chief_is_told().front().kind->id, "access-chief");
    ASSERT_DONE(mark_told(*ledger, chief_is_told().front(), now));
    EXPECT_TRUE(chief_is_told().empty()) << "once";
    EXPECT_EQ(count_holds_for(*ledger, *find_account(*ledger, chief), now).value(), 1U);
    EXPECT_FAILS(confirm(head, ict), errc::not_permitted) << "who gave it";
    ASSERT_DONE(confirm(head, chief));
    EXPECT_FALSE(is_held(head));
}

TEST_F(GivenAccesses, AreConfirmedOnTheMachineOnlyWhereNobodyOfTheConsoleCould)
{
    sign_somebody_in();
    ASSERT_DONE(give_password(head, as(ict)));
    auto const by_owner = [&] {
        auto at = step(head, ict);
        at.actor = owner();
        return confirm_access(*ledger, at);
    };
    for (auto const each : {head2, ict2, chief}) {
        EXPECT_FAILS(by_owner(), errc::not_permitted) << "whoever gave it may be the machine's owner";
        close(each);
        EXPECT_FAILS(by_owner(), errc::not_permitted) << "who may have closed them a moment ago";
        now += hours{25};
    }
    mail_the_headteacher();
    EXPECT_TRUE(is_held(head)) << "there is no other headteacher whom that could tell";
    ASSERT_DONE(by_owner());
    EXPECT_FALSE(is_held(head));
    EXPECT_EQ(newest_action(), "account.confirm-access");
    EXPECT_EQ(due_notices(*ledger, std::array{ConsoleRole::headteacher}, now)->size(), 1U) << "and the headteacher is told";
}

TEST_F(GivenAccesses, FromTheMachineAreConfirmedThereADayLaterAtTheEarliest)
{
    for (auto const each : {head2, ict, ict2, chief})
        close(each);
    now += hours{25};
    ASSERT_DONE(give_password(head, owner()));
    auto const by_owner = [&] {
        auto at = step(head, ict);
        at.actor = owner();
        return confirm_access(*ledger, at);
    };
    EXPECT_FAILS(by_owner(), errc::access_given_recently) << "it would be their own act, confirmed at once";
    EXPECT_EQ(newest_action(), "account.confirm-access.denied");
    now += hours{23};
    ASSERT_DONE(set_sign_on(*ledger, head, "h.brown@school.example", owner(), now));
    now += hours{24} - std::chrono::seconds{1};
    EXPECT_FAILS(by_owner(), errc::access_given_recently) << "a day after the newest of them";
    now += std::chrono::seconds{1};
    ASSERT_DONE(by_owner());
    EXPECT_FALSE(is_held(head));
}

TEST_F(GivenAccesses, AreNotConfirmedByWhoeverTookTheRolesOfTheOthers)
{
    ASSERT_DONE(give_password(head, as(ict)));
    for (auto const each : {head2, ict2})
        for (auto const role : {ConsoleRole::none, ConsoleRole::supervisor, ConsoleRole::none})
            ASSERT_DONE(set_console_role(*ledger, each, role, owner(), now));
    EXPECT_FAILS(confirm(head, chief), errc::not_permitted);
    auto at = step(head, chief);
    at.actor = owner();
    EXPECT_FAILS(confirm_access(*ledger, at), errc::not_permitted);
    now += hours{25};
    ASSERT_DONE(confirm(head, chief));
}

TEST_F(GivenAccesses, AreToldOnlyToWhoCouldConfirmThem)
{
    ASSERT_DONE(give_password(officer, owner()));
    for (auto const by : {ict, ict2, chief})
        ASSERT_DONE(note_holds_seen(*ledger, by, now));
    EXPECT_FALSE(find_account(*ledger, officer)->access_told_at) << "an ICT lead may have been at the command line";
    EXPECT_EQ(count_holds_for(*ledger, *find_account(*ledger, ict), now).value(), 1U) << "who may still say no";
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    EXPECT_EQ(find_account(*ledger, officer)->access_told_at, now);
}

TEST_F(GivenAccesses, OfAHeadteacherAreToldByMailOnlyToAnother)
{
    sign_somebody_in();
    ASSERT_DONE(give_password(head, as(ict)));
    ASSERT_DONE(give_password(head2, as(ict)));
    ASSERT_DONE(give_password(officer, as(ict)));
    mail_the_headteacher();
    for (auto const each : {head, head2, officer})
        EXPECT_FALSE(find_account(*ledger, each)->access_told_at) << "every headteacher waits: the mail may reach the same hands";
    ASSERT_DONE(confirm(head2, ict2));
    ASSERT_DONE(give_password(officer2, as(ict)));
    mail_the_headteacher();
    for (auto const each : {officer, officer2})
        EXPECT_EQ(find_account(*ledger, each)->access_told_at, now) << "there is another now";
    EXPECT_FALSE(find_account(*ledger, head)->access_told_at) << "the mail may go to the mailbox of that headteacher alone";
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    EXPECT_EQ(find_account(*ledger, head)->access_told_at, now);
}

TEST_F(GivenAccesses, OfOrByTheOnlyHeadteacherAreNotToldByMail)
{
    sign_somebody_in();
    close(head2);
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_TRUE(refuse(officer, head));
    ASSERT_DONE(give_password(officer, as(head)));
    ASSERT_DONE(give_password(officer2, as(ict)));
    mail_the_headteacher();
    EXPECT_FALSE(find_account(*ledger, officer)->access_told_at) << "the mail goes to who gave it";
    EXPECT_EQ(find_account(*ledger, officer2)->access_told_at, now);
    ASSERT_DONE(give_password(head, as(ict)));
    mail_the_headteacher();
    EXPECT_FALSE(find_account(*ledger, head)->access_told_at) << "the mail goes to whose account it is";
    ASSERT_DONE(note_holds_seen(*ledger, ict2, now));
    EXPECT_EQ(find_account(*ledger, head)->access_told_at, now);
}

TEST_F(GivenAccesses, DoNotKeepWhoGaveThemToAnAccountThatIsClosed)
{
    ASSERT_DONE(give_password(head, as(ict)));
    close(ict);
    now += forgetting_time;
    EXPECT_FAILS(forget_account(*ledger, ict, "Left.", owner(), now), errc::wrong_state);
    close(head);
    ASSERT_DONE(forget_account(*ledger, ict, "Left.", owner(), now));
}

TEST_F(GivenAccesses, RefusedCloseEveryWayIn)
{
    ASSERT_DONE(set_sign_on(*ledger, officer, "o.smith@school.example", as(ict2), now));
    auto const session = *create_session(*ledger, officer, "", now);
    auto const key = *create_api_token(*ledger, {"A test", true, now + hours{24}}, as(officer), now);
    EXPECT_FAILS(refuse(officer, head, " "), errc::invalid_value);
    EXPECT_FAILS(refuse(officer, ict2), errc::same_person) << "who gave it";
    EXPECT_EQ(newest_action(), "account.refuse-access.denied");
    EXPECT_FAILS(refuse(officer, dsl), errc::not_permitted);
    ASSERT_TRUE(refuse(officer, head));
    EXPECT_EQ(newest_action(), "account.refuse-access");
    EXPECT_FAILS(find_session(*ledger, session, now), errc::no_session);
    EXPECT_FAILS(find_api_caller(*ledger, key, now), errc::no_session);
    EXPECT_FAILS(find_account_by_sign_on(*ledger, "o.smith@school.example"), errc::not_found);
    auto const account = find_account(*ledger, officer);
    EXPECT_TRUE(account->disabled && account->access_refused && !account->has_second_factor);
    auto const password = ledger->database().first(
        "SELECT password FROM accounts WHERE id = ?", [](Statement const& row) { return row.text(0); }, officer);
    EXPECT_EQ(**password, "");
    EXPECT_FAILS(confirm(officer, head2), errc::wrong_state) << "a no stands";
    for (auto const& by : {as(ict), owner()}) {
        EXPECT_FAILS(set_disabled(*ledger, officer, false, by, now), errc::wrong_state) << "it is not opened as a closed one is";
        EXPECT_FAILS(set_sign_on(*ledger, officer, "o.smith@school.example", by, now), errc::wrong_state);
        EXPECT_FAILS(clear_second_factor(*ledger, officer, by, now), errc::wrong_state);
    }
    now += hours{24 * 30};
    EXPECT_TRUE(find_account(*ledger, officer)->disabled) << "for as long as nobody opens it";
    expect_intact();
}

TEST_F(GivenAccesses, RefusedAreOpenedByWhoDidNotGiveThemAndHeldAgain)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_TRUE(refuse(officer, head));
    EXPECT_FAILS(give_password(officer, as(ict)), errc::same_person) << "who gave the first one";
    EXPECT_EQ(newest_action(), "account.reset-password.denied");
    for (auto const by : {dsl, officer2, chief, emergency(ConsoleRole::ict_lead)})
        EXPECT_FAILS(give_password(officer, as(by)), errc::not_permitted);
    auto const refused = find_refused_access(*ledger, officer, as(head), now);
    ASSERT_TRUE(refused);
    EXPECT_TRUE(refused->may_open);
    EXPECT_FALSE(find_refused_access(*ledger, officer, as(ict), now)->may_open);
    EXPECT_EQ(refused->given.back().refused_by, "h.brown");
    EXPECT_EQ(refused->given.back().refusal, "They know nothing of it.");
    ASSERT_DONE(give_password(officer, as(head)));
    auto const account = find_account(*ledger, officer);
    EXPECT_TRUE(!account->disabled && !account->access_refused && account->is_held(now));
    EXPECT_EQ(account->console_role, ConsoleRole::officer) << "with the role that it had";
    EXPECT_FAILS(find_refused_access(*ledger, officer, as(head), now), errc::wrong_state);
    EXPECT_FAILS(confirm(officer, head), errc::same_person);
    ASSERT_DONE(confirm(officer, head2));
    EXPECT_FAILS(give_password(officer, as(head)), errc::not_permitted) << "it is not closed any more";
    ASSERT_DONE(give_password(officer, as(ict2)));
    ASSERT_TRUE(refuse(officer, head));
    ASSERT_DONE(give_password(officer, owner()));
    EXPECT_TRUE(is_held(officer)) << "the last resort, which is held and told as ever";
    expect_intact();
}

TEST_F(GivenAccesses, RefusedTakeAlongWhatWasDraftedSince)
{
    draft("before.example", officer);
    now += hours{1};
    ASSERT_DONE(give_password(officer, as(ict)));
    draft("since.example", officer);
    draft("others.example", officer2);
    ASSERT_DONE(
        draft_policy_changes(*ledger, {{{policy::EditedTable::rule, "chat", "id = \"chat\"", ""}}, "Wanted."}, as(officer), now));
    now += hours{1};
    ASSERT_DONE(set_sign_on(*ledger, officer, "o.smith@school.example", as(ict), now));
    auto const dropped = refuse(officer, head);
    ASSERT_TRUE(dropped);
    ASSERT_EQ(dropped->size(), 2U);
    EXPECT_EQ(dropped->front(), "+ school-allow since.example: Wanted.");
    std::vector<std::string> left;
    for (auto const& change : *read_draft(*ledger))
        left.push_back(change.host);
    EXPECT_EQ(left, (std::vector<std::string>{"before.example", "others.example"}));
    EXPECT_TRUE(drafted_policy_changes(*ledger, AccountId::none)->empty());
    EXPECT_EQ(list_audit(*ledger, {.action_prefix = "draft.drop"})->size(), 2U);
}

TEST_F(GivenAccesses, KeepWhatWasDraftedOutOfThePublicationsOfOthers)
{
    draft("before.example", officer);
    draft("others.example", officer2);
    now += hours{1};
    ASSERT_DONE(give_password(officer, as(ict)));
    draft("since.example", officer);
    auto const doubts = drafts_in_doubt(*ledger, now);
    ASSERT_TRUE(doubts);
    ASSERT_EQ(doubts->size(), 1U);
    EXPECT_EQ(doubts->front().login, "o.smith");
    EXPECT_EQ(doubts->front().changes, 1U) << "not what was drafted before";
    EXPECT_FAILS(propose_draft(*ledger, {"All.", now}, as(officer2), now), errc::draft_in_doubt);
    ASSERT_DONE(propose_draft(*ledger, {"Mine.", now, Whose::own}, as(officer2), now));
    for (auto const role : {ConsoleRole::none, ConsoleRole::marketing}) {
        ASSERT_DONE(set_console_role(*ledger, officer, role, as(ict), now));
        EXPECT_FAILS(propose_draft(*ledger, {"All.", now}, as(officer2), now), errc::draft_in_doubt)
            << "whoever gave the password takes the role away";
    }
    close(officer);
    EXPECT_FAILS(propose_draft(*ledger, {"All.", now}, as(officer2), now), errc::draft_in_doubt) << "or closes the account";
    ASSERT_DONE(drop_change(*ledger, read_draft(*ledger)->back().id, as(officer2), now));
    ASSERT_DONE(propose_draft(*ledger, {"All.", now}, as(officer2), now));
}

TEST_F(GivenAccesses, ConfirmedLetOthersPublishWhatWasDrafted)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    draft("since.example", officer);
    EXPECT_FAILS(propose_draft(*ledger, {"All.", now}, as(officer2), now), errc::draft_in_doubt);
    ASSERT_DONE(confirm(officer, head));
    ASSERT_DONE(propose_draft(*ledger, {"All.", now}, as(officer2), now));
}

/// The day of the first password was over, so others could publish what was drafted with it.
/// Given on a Friday, and found out on a Monday.
TEST_F(GivenAccesses, AreRefusedForTwoWeeksAfterSomebodyWasTold)
{
    auto const late = [&](AccountId by) {
        auto const found = find_late_access(*ledger, officer, now);
        return AccessStep{officer, found ? found->given.back().id : GivenAccessId::none, as(by), now};
    };
    ASSERT_DONE(give_password(officer, as(ict)));
    EXPECT_FAILS(find_late_access(*ledger, officer, now), errc::wrong_state) << "it is held";
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    auto const told = now;
    now += hours{24 * 3};
    draft("since.example", officer);
    EXPECT_FALSE(is_held(officer));
    EXPECT_EQ(list_late_access(*ledger, now)->size(), 1U);
    EXPECT_EQ(find_late_access(*ledger, officer, now)->until, told + hours{24});
    EXPECT_EQ(count_holds_for(*ledger, *find_account(*ledger, head), now).value(), 0U) << "nothing waits for a word";
    ASSERT_DONE(check_access_turn(*ledger, late(head)));
    EXPECT_FAILS(check_access_turn(*ledger, late(ict)), errc::same_person);
    EXPECT_FAILS(check_access_refusal(*ledger, late(ict)), errc::same_person);
    ASSERT_DONE(give_password(ict2, owner()));
    EXPECT_FAILS(check_access_refusal(*ledger, late(ict2)), errc::access_given_recently)
        << "who may not be themselves takes no account away that decides";
    now = told + second_person_time - std::chrono::seconds{1};
    auto step = late(head);
    ASSERT_DONE(check_access_refusal(*ledger, step));
    now += std::chrono::seconds{1};
    step.now = now;
    EXPECT_FAILS(check_access_refusal(*ledger, step), errc::wrong_state);
    EXPECT_FAILS(check_access_turn(*ledger, step), errc::wrong_state);
    EXPECT_TRUE(list_late_access(*ledger, now)->empty());
    now -= hours{1};
    auto const dropped = refuse_access(*ledger, late(head), "They know nothing of it.");
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->size(), 1U);
    EXPECT_TRUE(find_account(*ledger, officer)->access_refused);
    EXPECT_TRUE(list_late_access(*ledger, now)->empty());
    EXPECT_EQ(find_refused_access(*ledger, officer, as(head), now)->given.back().refused_by, "h.brown");
    ASSERT_DONE(give_password(officer, as(head)));
    EXPECT_TRUE(is_held(officer));
    expect_intact();
}

/// Until somebody said it the headteacher was nobody's second person for two weeks, and only the command line gave roles.
TEST_F(GivenAccesses, AreConfirmedLaterAsLongAsANoIsPossible)
{
    for (bool const has_chief : {true, false}) {
        for (auto const each : {head2, ict2})
            close(each);
        now += hours{25};
        ASSERT_DONE(give_password(head, as(ict)));
        ASSERT_DONE(ledger->database().execute("UPDATE given_access SET told_at = ? WHERE account = ?", now, head));
        now += hours{25};
        ASSERT_DONE(give_password(officer, as(ict)));
        EXPECT_FAILS(confirm(officer, head), errc::way_in_unsaid);
        auto const late = [&](Actor const& by) {
            auto const found = find_late_access(*ledger, head, now);
            return AccessStep{head, found ? found->given.back().id : GivenAccessId::none, by, now};
        };
        for (auto const by : {ict, head, officer})
            EXPECT_FAILS(confirm_access(*ledger, late(as(by))), errc::not_permitted);
        auto const by = has_chief ? as(chief) : owner();
        EXPECT_EQ(find_late_access(*ledger, head, now)->machine_may, !has_chief);
        EXPECT_FAILS(confirm_access(*ledger, late(has_chief ? owner() : as(chief))), errc::not_permitted);
        auto unseen = late(by);
        unseen.newest = GivenAccessId::none;
        EXPECT_FAILS(confirm_access(*ledger, unseen), errc::stale);
        ASSERT_DONE(confirm_access(*ledger, late(by)));
        EXPECT_EQ(newest_action(), "account.confirm-access");
        EXPECT_TRUE(list_late_access(*ledger, now)->empty());
        EXPECT_FAILS(confirm_access(*ledger, late(by)), errc::wrong_state) << "once";
        EXPECT_FAILS(check_access_refusal(*ledger, late(by)), errc::wrong_state) << "it is them, and was";
        ASSERT_DONE(confirm(officer, head));
        close(chief);
    }
    expect_intact();
}

/// A yes is of what was told, and takes no hold away.
TEST_F(GivenAccesses, AreConfirmedLaterOnlyAsFarAsSomebodyWasTold)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{25};
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::none, owner(), now));
    ASSERT_DONE(give_password(officer, as(ict))); // of which nobody is told, since it decides nothing
    auto const late = find_late_access(*ledger, officer, now);
    ASSERT_TRUE(late);
    ASSERT_EQ(late->given.size(), 1U);
    ASSERT_DONE(confirm_access(*ledger, {officer, late->given.back().id, as(head), now}));
    EXPECT_FAILS(find_late_access(*ledger, officer, now), errc::wrong_state);
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::officer, owner(), now));
    EXPECT_TRUE(is_held(officer));
}

/// Whoever gave it took the role or closed the account, and with that the no.
TEST_F(GivenAccesses, AreRefusedLaterAlsoWhereTheRoleIsGoneOrTheAccountClosed)
{
    for (bool const closes : {false, true}) {
        auto const account = closes ? officer2 : officer;
        ASSERT_DONE(give_password(account, as(ict)));
        ASSERT_DONE(note_holds_seen(*ledger, head, now));
        auto const told = now;
        now += hours{25};
        draft(closes ? "closed.example" : "lost.example", account);
        auto const live = propose_draft(*ledger, {"Mine.", now, Whose::own}, as(account), now);
        ASSERT_TRUE(live);
        ASSERT_DONE(apply_publication(*ledger, live->id, now));
        ASSERT_DONE(closes ? set_disabled(*ledger, account, true, as(ict), now)
                           : set_console_role(*ledger, account, ConsoleRole::none, as(ict), now));
        now += hours{25};
        ASSERT_DONE(give_password(account, as(ict))); // of which nobody is told; it hides nothing
        auto const late = find_late_access(*ledger, account, now);
        ASSERT_TRUE(late);
        EXPECT_EQ(list_late_access(*ledger, now)->size(), 1U);
        EXPECT_EQ(late->refusable_until(), told + second_person_time);
        auto const hold = find_access_hold(*ledger, account, now);
        EXPECT_EQ(hold.has_value(), closes) << "a role that is gone holds nothing";
        AccessStep const seen{account, (hold ? *hold : *late).given.back().id, as(head), now};
        ASSERT_TRUE(refuse_access(*ledger, seen, "They know nothing of it."));
        auto const refused = find_refused_access(*ledger, account, as(head), now);
        ASSERT_TRUE(refused);
        EXPECT_EQ(refused->live.size(), 1U);
        EXPECT_TRUE(list_late_access(*ledger, now)->empty());
        if (closes) {
            EXPECT_EQ(refused->account.disabled_at, told + hours{25}) << "since when it is closed";
        }
    }
    ASSERT_DONE(give_password(pupil, as(ict)));
    ASSERT_DONE(ledger->database().execute("UPDATE given_access SET told_at = ? WHERE account = ?", now, pupil));
    now += hours{25};
    EXPECT_FAILS(find_late_access(*ledger, pupil, now), errc::wrong_state) << "it never had a role";
    EXPECT_TRUE(list_late_access(*ledger, now)->empty());
    expect_intact();
}

TEST_F(GivenAccesses, ThatSomebodyConfirmedAreNotRefusedLater)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{25};
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(confirm(officer, head));
    EXPECT_FAILS(find_late_access(*ledger, officer, now), errc::wrong_state) << "it is them, and was";
    EXPECT_TRUE(list_late_access(*ledger, now)->empty());
}

TEST_F(GivenAccesses, RefusedTellWhatOthersPublishedOfIt)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{25};
    draft("live.example", officer);
    auto const live = propose_draft(*ledger, {"All.", now}, as(officer2), now);
    ASSERT_TRUE(live);
    ASSERT_DONE(apply_publication(*ledger, live->id, now));
    draft("pending.example", officer);
    draft("others.example", officer2);
    auto const pending = propose_draft(*ledger, {"For the term.", now + hours{24 * 7}}, as(officer2), now);
    ASSERT_TRUE(pending);
    ASSERT_DONE(give_password(officer, as(ict)));
    auto const dropped = refuse(officer, head);
    ASSERT_TRUE(dropped);
    EXPECT_EQ(find_publication(*ledger, pending->id)->state, PublicationState::cancelled);
    EXPECT_EQ(*dropped, std::vector<std::string>{"+ school-allow pending.example: Wanted."});
    EXPECT_EQ(read_draft(*ledger)->size(), 1U) << "what the other officer drafted";
    auto const refused = find_refused_access(*ledger, officer, as(head), now);
    ASSERT_TRUE(refused);
    ASSERT_EQ(refused->live.size(), 1U);
    EXPECT_EQ(refused->live.front().publication.id, live->id);
    EXPECT_EQ(refused->live.front().changes, 1U);
    expect_intact();
}

TEST_F(GivenAccesses, RefusedAreNotForgottenByWhoGaveThem)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_TRUE(refuse(officer, head));
    now += forgetting_time;
    EXPECT_FAILS(forget_account(*ledger, officer, "They have left.", as(ict), now), errc::wrong_state);
    ASSERT_DONE(forget_account(*ledger, officer, "They have left.", owner(), now));
}

TEST_F(GivenAccesses, RefusedAreTold)
{
    ASSERT_DONE(give_password(head, as(ict)));
    mail_the_headteacher();
    ASSERT_TRUE(refuse(head, head2));
    std::vector<std::string> ids;
    for (auto const& each : *due_notices(*ledger,
             std::array{ConsoleRole::headteacher, ConsoleRole::dpo, ConsoleRole::dsl, ConsoleRole::chief_executive}, now))
        ids.emplace_back(each.kind->id);
    EXPECT_EQ(ids, (std::vector<std::string>{"not-them", "not-them-dpo", "not-them-dsl", "not-them-head"}));
}

/// What came from the machine an ICT lead does not confirm, and may still say no to.
TEST_F(GivenAccesses, FromTheMachineAnIctLeadMayRefuse)
{
    ASSERT_DONE(give_password(head, owner()));
    EXPECT_FAILS(confirm(head, ict), errc::not_permitted);
    ASSERT_TRUE(refuse(head, ict));
    EXPECT_FAILS(give_password(head, as(ict)), errc::not_permitted) << "nor does one open it";
    ASSERT_DONE(give_password(head, as(head2)));
}

/// Whoever gave it could wait for the role and come in then.
TEST_F(GivenAccesses, FromBeforeTheRoleHoldItToo)
{
    sign_somebody_in();
    auto const newcomer = add("n.new", "Nia New", ConsoleRole::supervisor);
    ASSERT_DONE(set_sign_on(*ledger, newcomer, "i.white@school.example", as(ict), now));
    EXPECT_FALSE(is_held(newcomer)) << "it decides nothing anyway";
    EXPECT_FAILS(find_access_hold(*ledger, newcomer, now), errc::wrong_state);
    EXPECT_TRUE(list_access_holds(*ledger, now)->empty());
    mail_the_headteacher();
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{24 * 60};
    ASSERT_DONE(set_console_role(*ledger, newcomer, ConsoleRole::officer, as(ict), now));
    EXPECT_FALSE(is_held(newcomer)) << "the role waits still";
    ASSERT_DONE(confirm_role(*ledger, {waiting_role(*ledger, newcomer)->id, as(head), now}));
    EXPECT_TRUE(is_held(newcomer));
    EXPECT_FALSE(find_access_hold(*ledger, newcomer, now)->until) << "while it decided nothing nobody was told";
    EXPECT_FAILS(confirm(newcomer, ict), errc::same_person);
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{24};
    EXPECT_FALSE(is_held(newcomer));
    expect_intact();
}

TEST_F(GivenAccesses, WhileTheRoleIsTakenAwayHoldItWhenItComesBack)
{
    for (bool const closes : {false, true}) {
        auto const account = closes ? officer2 : officer;
        ASSERT_DONE(closes ? set_disabled(*ledger, account, true, as(ict), now)
                           : set_console_role(*ledger, account, ConsoleRole::none, as(ict), now));
        ASSERT_DONE(give_password(account, as(ict)));
        ASSERT_DONE(closes ? set_disabled(*ledger, account, false, as(ict), now)
                           : set_console_role(*ledger, account, ConsoleRole::officer, as(ict), now));
        ASSERT_DONE(confirm_role(*ledger, {waiting_role(*ledger, account)->id, as(head), now}));
        EXPECT_TRUE(is_held(account)) << closes;
    }
}

TEST_F(GivenAccesses, OfANewAccountAreItsFirstPasswordAndItsName)
{
    auto const make = [&](std::string login, ConsoleRole role, Actor const& by) {
        NewAccount account;
        account.login = std::move(login);
        account.console_role = role;
        account.sign_on = account.login + "@school.example";
        return *add_account(*ledger, account, PasswordHash{"x"}, by, now);
    };
    EXPECT_FALSE(is_held(make("first", ConsoleRole::officer, owner()).id)) << "a school that is set up works at once";
    auto const newcomer = make("n.new", ConsoleRole::officer, as(ict)).id;
    ASSERT_DONE(confirm_role(*ledger, {waiting_role(*ledger, newcomer)->id, as(head), now}));
    auto const hold = find_access_hold(*ledger, newcomer, now);
    ASSERT_TRUE(hold);
    ASSERT_EQ(hold->given.size(), 2U);
    EXPECT_EQ(hold->given.front().kind, AccessKind::password);
    EXPECT_EQ(hold->given.back().kind, AccessKind::sign_on);
    EXPECT_FAILS(confirm(newcomer, ict), errc::same_person);
    ASSERT_DONE(confirm(newcomer, head));
    EXPECT_FALSE(is_held(newcomer));
}

/// One ICT lead and one headteacher are enough: the one makes the account, the other says yes to its role and is told of it.
TEST_F(GivenAccesses, OfANewAccountAreOverWhenItsRoleMayDecide)
{
    for (auto const each : {officer, officer2, head2, ict2, dsl, chief})
        close(each);
    now += hours{48};
    NewAccount account;
    account.login = "n.new";
    account.console_role = ConsoleRole::officer;
    auto const newcomer = add_account(*ledger, account, PasswordHash{"x"}, as(ict), now)->id;
    now += hours{2};
    ASSERT_DONE(confirm_role(*ledger, {waiting_role(*ledger, newcomer)->id, as(head), now}));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{24};
    EXPECT_FALSE(is_held(newcomer));
    draft("games.example", newcomer);
    ASSERT_DONE(propose_draft(*ledger, {"For the term.", now}, as(newcomer), now));
}

TEST_F(GivenAccesses, OfAccountsThatDecideNothingKeepNobody)
{
    ASSERT_DONE(give_password(pupil, as(ict)));
    close(ict);
    now += forgetting_time;
    ASSERT_DONE(forget_account(*ledger, ict, "Left.", owner(), now));
}

/// What an account that may not be theirs has put into the days to come.
TEST_F(GivenAccesses, RefusedTakeAlongWhatIsScheduled)
{
    draft("others.example", officer2);
    draft("before.example", officer);
    now += hours{1};
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{25};
    draft("since.example", officer);
    auto const pending = propose_draft(*ledger, {"For the term.", now + hours{24 * 7}}, as(officer), now);
    std::vector<RefusedLine> lines;
    NewChanges const unseen{SchoolList::leave_alone, {"bank.example"}, "It breaks.", {2027, 9, 1}};
    auto const waiting = propose_additions(*ledger, unseen, lines, as(officer), now);
    ASSERT_TRUE(pending && waiting);
    ASSERT_EQ(waiting->state, PublicationState::waiting);
    ASSERT_DONE(set_sign_on(*ledger, officer, "o.smith@school.example", as(ict), now));
    auto const dropped = refuse(officer, head);
    ASSERT_TRUE(dropped);
    EXPECT_FALSE(*next_publication(*ledger));
    for (auto const id : {pending->id, waiting->id})
        EXPECT_EQ(find_publication(*ledger, id)->state, PublicationState::cancelled);
    EXPECT_EQ(list_audit(*ledger, {.action_prefix = "publication.cancel"})->size(), 2U);
    EXPECT_EQ(dropped->size(), 2U) << "also what was drafted under the first way in, whose time is over";
    std::vector<std::string> left;
    for (auto const& change : *read_draft(*ledger))
        left.push_back(change.host);
    EXPECT_EQ(left, (std::vector<std::string>{"others.example", "before.example"}));
    expect_intact();
}

TEST_F(GivenAccesses, ThatSomebodyConfirmedTakeNothingAlong)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_DONE(confirm(officer, head));
    draft("before.example", officer);
    now += hours{1};
    ASSERT_DONE(give_password(officer, as(ict)));
    draft("since.example", officer);
    auto const dropped = refuse(officer, head);
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->size(), 1U);
}

TEST_F(GivenAccesses, RefusedTakeAlongWhatWasDraftedWithTheClockSetBack)
{
    draft("before.example", officer);
    now += hours{6};
    ASSERT_DONE(give_password(officer, as(ict)));
    now -= hours{3};
    draft("since.example", officer);
    now += hours{4};
    auto const dropped = refuse(officer, head);
    ASSERT_TRUE(dropped);
    EXPECT_EQ(*dropped, std::vector<std::string>{"+ school-allow since.example: Wanted."});
}

TEST_F(GivenAccesses, RefusedLastAreThoseAlsoAfterTheClockWentBack)
{
    ASSERT_DONE(give_password(officer, as(ict)));
    ASSERT_TRUE(refuse(officer, head));
    ASSERT_DONE(give_password(officer, as(head)));
    now -= hours{3};
    ASSERT_TRUE(refuse(officer, head2));
    EXPECT_EQ(find_refused_access(*ledger, officer, as(head), now)->given.back().refused_by, "v.green");
    EXPECT_FAILS(give_password(officer, as(head)), errc::same_person) << "who gave the one that was refused last";
}

/// Two stores over one file: of a yes and a no at once exactly one counts, whole.
TEST_F(GivenAccesses, AreConfirmedOrRefusedOnce)
{
    for (bool const yes_first : {true, false}) {
        auto const account = yes_first ? officer : officer2;
        ASSERT_DONE(give_password(account, as(ict)));
        auto const mine = step(account, head), theirs = step(account, head2);
        auto second = Ledger::open(options);
        ASSERT_TRUE(second);
        if (yes_first) {
            ASSERT_DONE(confirm_access(*second, mine));
            EXPECT_EQ(refuse_access(*ledger, theirs, "No.").error(), errc::wrong_state);
        } else {
            ASSERT_TRUE(refuse_access(*second, mine, "No."));
            EXPECT_FAILS(confirm_access(*ledger, theirs), errc::wrong_state);
        }
        EXPECT_EQ(find_account(*ledger, account)->disabled, !yes_first);
        EXPECT_FALSE(is_held(account));
    }
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
