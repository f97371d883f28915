#include "proxy/store/api_tokens.hpp"
#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/given_access.hpp"
#include "proxy/store/notices.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct RoleGrants : School {
    Instant now = tuesday + hours{48};

    ConsoleRole role_of(AccountId id) { return find_account(*ledger, id)->console_role; }
    RoleGrantId ask(AccountId account, ConsoleRole role, AccountId by)
    {
        EXPECT_TRUE(set_console_role(*ledger, account, role, as(by), now));
        auto const waiting = waiting_role(*ledger, account);
        EXPECT_TRUE(waiting) << waiting.error().message();
        return waiting ? waiting->id : RoleGrantId::none;
    }
    result<void> confirm(RoleGrantId id, AccountId by) { return confirm_role(*ledger, {id, as(by), now}); }
    result<void> refuse(RoleGrantId id, AccountId by, std::string const& why = "Nobody told me.")
    {
        return refuse_role(*ledger, {id, as(by), now}, why);
    }
    std::size_t waits_for(AccountId reader) { return count_roles_for(*ledger, *find_account(*ledger, reader), now).value(); }
    RoleGrantState state_of(RoleGrantId id) { return find_role_grant(*ledger, id)->state; }
    AccountId emergency()
    {
        NewAccount account;
        account.login = "glass";
        account.console_role = ConsoleRole::ict_lead;
        account.is_break_glass = true;
        return add_account(*ledger, account, PasswordHash{"x"}, owner(), tuesday)->id;
    }
    /// By the ICT lead, as the second account of somebody.
    AccountId add_other_of(std::string const& person, ConsoleRole role, std::string const& login = "it.cover")
    {
        NewAccount account;
        account.login = login;
        account.person = person;
        account.console_role = role;
        auto const made = add_account(*ledger, account, PasswordHash{"x"}, as(ict), now);
        EXPECT_TRUE(made) << made.error().message();
        return made ? made->id : AccountId::none;
    }
    std::string newest_detail(std::string const& action)
    {
        auto const rows = list_audit(*ledger, {.action_prefix = action});
        return rows && !rows->empty() ? rows->front().detail : "no row";
    }
    void close(AccountId id, Instant at) { ASSERT_DONE(set_disabled(*ledger, id, true, owner(), at)); }
};

TEST_F(RoleGrants, WaitForASecondPersonWhileTheOldRoleStays)
{
    auto const session = *create_session(*ledger, dsl, "", now);
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    EXPECT_EQ(newest_action(), "account.ask-role");
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
    EXPECT_TRUE(find_session(*ledger, session, now)) << "nothing has changed for them";
    EXPECT_EQ(waits_for(head), 1U);
    EXPECT_EQ(waits_for(officer), 0U) << "their role confirms none";
    EXPECT_EQ(waits_for(ict), 0U) << "they asked";
    EXPECT_EQ(what_waits(*ledger, head, {policy::Date{2026, 11, 26}, {}, now})->roles, 1U);

    ASSERT_DONE(confirm(id, head));
    EXPECT_EQ(newest_action(), "account.confirm-role");
    EXPECT_EQ(role_of(dsl), ConsoleRole::officer);
    EXPECT_EQ(find_account(*ledger, dsl)->role_changed_at, now) << "it still decides nothing for a day";
    EXPECT_FAILS(find_session(*ledger, session, now), errc::no_session);
    auto const grant = find_role_grant(*ledger, id);
    EXPECT_EQ(grant->asked_by, "i.white");
    EXPECT_EQ(grant->decided_by, "h.brown");
    EXPECT_EQ(waits_for(head), 0U);
    EXPECT_FAILS(confirm(id, head2), errc::wrong_state) << "once";
    EXPECT_FAILS(refuse(id, head2), errc::wrong_state);
    expect_intact();
}

TEST_F(RoleGrants, AreNotConfirmedByWhoAskedNorByWhoGetsThem)
{
    auto const ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    auto const same = add("ian.again", "Ian White", ConsoleRole::headteacher, "staff", {}, "i.white");
    auto const id = ask(head2, ConsoleRole::chief_executive, ict);
    for (auto const by : {ict, head2, same})
        EXPECT_FAILS(confirm(id, by), errc::same_person) << "of one human being every account is one";
    for (auto const by : {officer, dsl, chief, pupil, AccountId::none})
        EXPECT_FAILS(confirm(id, by), errc::not_permitted);
    EXPECT_EQ(newest_action(), "account.confirm-role.denied");
    EXPECT_FAILS(confirm(id, emergency()), errc::not_permitted) << "nobody knows who holds it";
    EXPECT_EQ(role_of(head2), ConsoleRole::headteacher);
    ASSERT_DONE(confirm(id, ict2));
    EXPECT_EQ(role_of(head2), ConsoleRole::chief_executive);
    expect_intact();
}

TEST_F(RoleGrants, AreRefusedWithAReason)
{
    auto const id = ask(officer2, ConsoleRole::dpo, ict);
    EXPECT_FAILS(refuse(id, head, " "), errc::invalid_value);
    EXPECT_FAILS(refuse(id, ict), errc::same_person);
    ASSERT_DONE(refuse(id, head));
    EXPECT_EQ(find_role_grant(*ledger, id)->answer, "Nobody told me.");
    EXPECT_EQ(role_of(officer2), ConsoleRole::officer);
    EXPECT_FAILS(confirm(id, head2), errc::wrong_state);
    EXPECT_NE(ask(officer2, ConsoleRole::dpo, ict), id) << "it can be asked for again";
}

TEST_F(RoleGrants, OfANewAccountWaitToo)
{
    NewAccount account;
    account.login = "n.new";
    account.console_role = ConsoleRole::dsl;
    auto const made = add_account(*ledger, account, PasswordHash{"x"}, as(ict), now);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->console_role, ConsoleRole::none);
    ASSERT_DONE(confirm(waiting_role(*ledger, made->id)->id, head));
    EXPECT_EQ(role_of(made->id), ConsoleRole::dsl);
    account.login = "n.auditor";
    account.console_role = ConsoleRole::auditor;
    EXPECT_EQ(add_account(*ledger, account, PasswordHash{"x"}, as(ict), now)->console_role, ConsoleRole::auditor)
        << "it decides nothing";
    account.login = "n.machine";
    account.console_role = ConsoleRole::headteacher;
    auto const by_machine = add_account(*ledger, account, PasswordHash{"x"}, owner(), now);
    EXPECT_EQ(by_machine->console_role, ConsoleRole::headteacher) << "the command line of the machine sets a school up";
    EXPECT_FALSE(by_machine->role_changed_at);
}

TEST_F(RoleGrants, NeedASecondPersonWhoIsOneForLongerThanADay)
{
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    ASSERT_DONE(set_console_role(*ledger, officer2, ConsoleRole::headteacher, owner(), now));
    EXPECT_FAILS(confirm(id, officer2), errc::role_changed_recently);
    ASSERT_DONE(refuse(id, officer2)); // saying no is safe at any time
}

TEST_F(RoleGrants, FallWithWhoAskedAndWhoGetsThem)
{
    auto const ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    auto const first = ask(dsl, ConsoleRole::officer, ict);
    ASSERT_DONE(set_console_role(*ledger, ict, ConsoleRole::auditor, owner(), now));
    EXPECT_EQ(state_of(first), RoleGrantState::withdrawn);
    EXPECT_FAILS(confirm(first, head), errc::wrong_state) << "who asked sees to accounts no longer";
    auto const second = ask(dsl, ConsoleRole::officer, ict2);
    close(dsl, now);
    EXPECT_EQ(state_of(second), RoleGrantState::withdrawn);
    auto const third = ask(officer2, ConsoleRole::dpo, ict2);
    auto const fourth = ask(officer2, ConsoleRole::dsl, ict2);
    EXPECT_EQ(state_of(third), RoleGrantState::withdrawn) << "one at a time";
    ASSERT_DONE(set_console_role(*ledger, officer2, ConsoleRole::officer, as(ict2), now));
    EXPECT_EQ(state_of(fourth), RoleGrantState::withdrawn) << "the old role chosen again takes it back";
    auto const fifth = ask(officer2, ConsoleRole::dsl, ict2);
    close(ict2, now);
    EXPECT_EQ(state_of(fifth), RoleGrantState::withdrawn);
    EXPECT_EQ(waits_for(head), 0U);
}

TEST_F(RoleGrants, CountAtOnceWhereThereIsTrulyNobodyElse)
{
    emergency();
    for (auto const each : {head, head2, chief})
        close(each, tuesday);
    ASSERT_DONE(set_console_role(*ledger, dsl, ConsoleRole::headteacher, as(ict), now));
    EXPECT_EQ(newest_action(), "account.set-role") << "a small school is not stuck, and an account for emergencies is nobody";
    EXPECT_EQ(role_of(dsl), ConsoleRole::headteacher);
    EXPECT_EQ(find_account(*ledger, dsl)->role_changed_at, now) << "the 24 hours stay";
    ask(officer2, ConsoleRole::dpo, ict); // now there is somebody: tomorrow they can confirm it
}

TEST_F(RoleGrants, DoNotCountAtOnceBecauseTheOthersWereJustClosed)
{
    close(head2, tuesday);
    ASSERT_DONE(set_disabled(*ledger, head, true, as(ict), now));
    ask(dsl, ConsoleRole::headteacher, ict);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl) << "closed a moment ago";
    ASSERT_DONE(set_disabled(*ledger, head, false, owner(), now));
    ASSERT_DONE(set_console_role(*ledger, head, ConsoleRole::auditor, as(ict), now));
    ask(dsl, ConsoleRole::headteacher, ict);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl) << "their role was taken a moment ago";
    for (auto const role : {ConsoleRole::none, ConsoleRole::supervisor, ConsoleRole::none}) {
        ASSERT_DONE(set_console_role(*ledger, head, role, as(ict), now));
        ask(dsl, ConsoleRole::headteacher, ict);
        EXPECT_EQ(role_of(dsl), ConsoleRole::dsl) << "in however many steps";
    }
    now += hours{25};
    auto const asked = ask(dsl, ConsoleRole::headteacher, ict);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl) << "closed on Friday, asked again on Saturday: the chief executive is there";
    ASSERT_DONE(confirm(asked, chief));
    EXPECT_EQ(role_of(dsl), ConsoleRole::headteacher);
}

/// The headteacher is ill, and nobody else is there but the ICT lead who asked.
TEST_F(RoleGrants, ThatOneAloneCouldConfirmWaitForTheChiefExecutiveTooADayLater)
{
    auto const two = ask(dsl, ConsoleRole::officer, ict);
    now += hours{25};
    EXPECT_FAILS(confirm(two, chief), errc::not_permitted) << "there are two headteachers";
    close(head2, now);
    now += hours{25};
    auto const one = ask(dsl, ConsoleRole::dpo, ict);
    EXPECT_FAILS(confirm(one, chief), errc::not_permitted);
    EXPECT_EQ(waits_for(chief), 0U);
    now += hours{24};
    EXPECT_EQ(waits_for(chief), 1U);
    EXPECT_EQ(role_confirmers(*ledger, one, now)->size(), 2U) << "the headteacher still";
    EXPECT_EQ(newest_role_for_chief(*ledger, now).value(), one);
    ASSERT_DONE(check_role_refusal(*ledger, {one, as(chief), now}));
    ASSERT_DONE(confirm(one, chief));
}

/// Nobody becomes the only one by closing the others in the console, nor by taking their roles, nor in steps.
TEST_F(RoleGrants, KeepTheLastWhoCouldConfirmThem)
{
    ASSERT_DONE(set_disabled(*ledger, head2, true, as(ict), now));
    ASSERT_DONE(set_disabled(*ledger, chief, true, as(ict), now));
    EXPECT_FAILS(set_disabled(*ledger, head, true, as(ict), now), errc::last_confirmer);
    EXPECT_EQ(newest_action(), "account.disable.denied");
    for (auto const role : {ConsoleRole::none, ConsoleRole::marketing, ConsoleRole::officer})
        EXPECT_FAILS(set_console_role(*ledger, head, role, as(ict), now), errc::last_confirmer);
    EXPECT_EQ(newest_action(), "account.set-role.denied");
    ASSERT_DONE(set_disabled(*ledger, dsl, true, as(ict), now));
    ASSERT_DONE(set_disabled(*ledger, officer, true, as(ict), now));
    auto const ict2 = ask(officer2, ConsoleRole::ict_lead, ict);
    ASSERT_DONE(confirm(ict2, head));
    ASSERT_DONE(set_disabled(*ledger, head, true, as(ict), now)); // whoever comes after them was confirmed by them
    EXPECT_FAILS(set_disabled(*ledger, officer2, true, as(ict), now), errc::last_confirmer);
    ASSERT_DONE(set_disabled(*ledger, officer2, true, owner(), now));
    expect_intact();
}

/// With it the ICT lead seemed to be another one beside the account itself, and was the only one a day later.
TEST_F(RoleGrants, KeepTheLastWhoCouldConfirmThemFromTheEmergencyAccountToo)
{
    auto const glass = emergency();
    close(head2, now);
    close(chief, now);
    EXPECT_FAILS(set_disabled(*ledger, head, true, as(glass), now), errc::last_confirmer);
    EXPECT_EQ(newest_action(), "account.disable.denied");
    EXPECT_FAILS(set_console_role(*ledger, head, ConsoleRole::none, as(glass), now), errc::last_confirmer);
    auto const ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    ASSERT_DONE(set_disabled(*ledger, head, true, as(glass), now)); // each of the two has the other
    EXPECT_FAILS(set_disabled(*ledger, ict2, true, as(glass), now), errc::last_confirmer);
    ASSERT_DONE(set_disabled(*ledger, head, false, owner(), now));
    ASSERT_DONE(set_disabled(*ledger, ict2, true, as(glass), now));
    ASSERT_DONE(set_disabled(*ledger, ict, true, as(glass), now)); // whose account somebody else has, say
    EXPECT_FAILS(set_disabled(*ledger, head, true, as(glass), now), errc::last_confirmer);
}

/// The chief executive got a password of which nobody said a word; a day later it said yes to what whoever gave it had asked for.
TEST_F(RoleGrants, AreNotConfirmedWithAnAccountThatWhoAskedGaveAWayIn)
{
    close(head2, tuesday);
    ASSERT_DONE(reset_password(*ledger, chief, PasswordHash{"x"}, as(ict), now));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    auto const told = now;
    auto const first = ask(dsl, ConsoleRole::ict_lead, ict);
    now += hours{25};
    EXPECT_FALSE(find_account(*ledger, chief)->is_held(now));
    EXPECT_FAILS(confirm(first, chief), errc::way_in_unsaid) << "they neither asked for it nor get it";
    EXPECT_EQ(newest_action(), "account.confirm-role.denied");
    EXPECT_EQ(role_left_out_until(*ledger, {first, as(chief), now}).value(), told + second_person_time);
    EXPECT_FAILS(role_left_out_until(*ledger, {first, as(head), now}), errc::not_found);
    EXPECT_EQ(role_confirmers(*ledger, first, now)->size(), 1U) << "the headteacher";
    ASSERT_DONE(check_role_refusal(*ledger, {first, as(chief), now}));
    now = told + second_person_time;
    auto const second = ask(dsl, ConsoleRole::ict_lead, ict);
    now += hours{25};
    ASSERT_DONE(check_role_turn(*ledger, {second, as(chief), now})); // as long as a no to the password was possible

    ASSERT_DONE(reset_password(*ledger, chief, PasswordHash{"x"}, as(ict), now));
    auto const hold = find_access_hold(*ledger, chief, now);
    ASSERT_TRUE(hold);
    ASSERT_DONE(confirm_access(*ledger, {chief, hold->given.back().id, as(head), now}));
    ASSERT_DONE(confirm(second, chief)); // of this one somebody said a word
}

/// The ICT lead comes in as another one, asks for a role, and confirms it as themselves.
TEST_F(RoleGrants, AreNotConfirmedByWhoMayHaveAskedInSomebodyElsesName)
{
    auto const ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    ASSERT_DONE(reset_password(*ledger, ict2, PasswordHash{"x"}, as(ict), now));
    ASSERT_DONE(note_holds_seen(*ledger, head, now));
    now += hours{25};
    auto const id = ask(dsl, ConsoleRole::ict_lead, ict2);
    EXPECT_FAILS(confirm(id, ict), errc::way_in_unsaid);
    ASSERT_DONE(check_role_refusal(*ledger, {id, as(ict), now}));
    ASSERT_DONE(confirm(id, head));
}

TEST_F(RoleGrants, DoNotCountAtOnceBecauseWhoAskedGaveTheOthersAWayIn)
{
    close(head2, tuesday);
    for (auto const each : {head, chief})
        ASSERT_DONE(reset_password(*ledger, each, PasswordHash{"x"}, as(ict), now));
    ASSERT_DONE(ledger->database().execute("UPDATE given_access SET told_at = ?", now));
    now += hours{25};
    auto const id = ask(dsl, ConsoleRole::ict_lead, ict);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
    EXPECT_TRUE(role_confirmers(*ledger, id, now)->empty());
    auto const coming = coming_role_confirmers(*ledger, id, now);
    ASSERT_TRUE(coming);
    EXPECT_EQ(coming->from, now - hours{25} + second_person_time);
    EXPECT_EQ(coming->accounts.size(), 2U) << "a day after it was asked for also the chief executive, beside one alone";
    for (auto const by : {head, chief})
        ASSERT_DONE(check_role_turn(*ledger, {id, as(by), *coming->from}));
    EXPECT_FAILS(confirm(id, head), errc::way_in_unsaid) << "also where it would be the next one's turn";
    EXPECT_FAILS(confirm(id, chief), errc::way_in_unsaid);
    EXPECT_FAILS(confirm(id, officer), errc::not_permitted);
    ASSERT_DONE(set_console_role(*ledger, dsl, ConsoleRole::ict_lead, owner(), now)); // the last resort
    EXPECT_EQ(role_of(dsl), ConsoleRole::ict_lead);
}

TEST_F(RoleGrants, SayWhoWillBeAbleToConfirmThem)
{
    close(head2, tuesday);
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    EXPECT_FALSE(coming_role_confirmers(*ledger, id, now)->from) << "the headteacher could now";
    close(head, now);
    auto const chief_next = coming_role_confirmers(*ledger, id, now);
    ASSERT_TRUE(chief_next);
    EXPECT_EQ(chief_next->from, now + hours{24}) << "in whose place the chief executive is asked a day later";
    ASSERT_EQ(chief_next->accounts.size(), 1U);
    EXPECT_EQ(chief_next->accounts.front().login, "c.gray");
    close(chief, now);
    auto const nobody = coming_role_confirmers(*ledger, id, now);
    ASSERT_TRUE(nobody);
    EXPECT_TRUE(nobody->accounts.empty());
    EXPECT_FAILS(coming_role_confirmers(*ledger, RoleGrantId::none, now), errc::not_found);
}

/// Nobody knows whose hands gave it.
TEST_F(RoleGrants, AreNotConfirmedWithAnAccountThatTheEmergencyAccountGaveAWayIn)
{
    ASSERT_DONE(reset_password(*ledger, head, PasswordHash{"x"}, as(emergency()), now));
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    now += hours{25};
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    EXPECT_FAILS(confirm(id, head), errc::way_in_unsaid);
    ASSERT_DONE(confirm(id, head2));
}

/// Whose role it is, is told that, whatever else there may be.
TEST_F(RoleGrants, AreNotConfirmedByWhoGetsThemAlsoWithAWayInFromWhoAsked)
{
    ASSERT_DONE(reset_password(*ledger, head, PasswordHash{"x"}, as(ict), now));
    ASSERT_DONE(note_holds_seen(*ledger, head2, now));
    now += hours{25};
    auto const id = ask(head, ConsoleRole::chief_executive, ict);
    EXPECT_FAILS(confirm(id, head), errc::same_person);
}

/// What was given on the machine, an ICT lead may refuse: that closes the other one, and makes nobody the only one.
TEST_F(RoleGrants, AreNotTakenFromTheSecondPersonByANo)
{
    for (auto const each : {head2, chief})
        close(each, now);
    ASSERT_DONE(reset_password(*ledger, head, PasswordHash{"x"}, owner(), now));
    auto const hold = find_access_hold(*ledger, head, now);
    ASSERT_TRUE(hold);
    ASSERT_TRUE(refuse_access(*ledger, {head, hold->given.back().id, as(ict), now}, "Not them."));
    now += hours{25};
    ask(officer, ConsoleRole::ict_lead, ict);
    EXPECT_EQ(role_of(officer), ConsoleRole::officer);
}

/// Who left long ago became a second person for ever by that, and no role counted at once any more.
TEST_F(RoleGrants, DoNotWaitForWhoHadLeftWhenALateNoCame)
{
    for (auto const each : {head2, chief})
        close(each, tuesday);
    ASSERT_DONE(reset_password(*ledger, head, PasswordHash{"x"}, owner(), now));
    ASSERT_DONE(ledger->database().execute("UPDATE given_access SET told_at = ?", now));
    now += hours{25};
    close(head, now);
    now += hours{25};
    auto const late = find_late_access(*ledger, head, now);
    ASSERT_TRUE(late);
    ASSERT_TRUE(refuse_access(*ledger, {head, late->given.back().id, as(ict), now}, "Not them."));
    EXPECT_TRUE(find_account(*ledger, head)->access_refused);
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::ict_lead, as(ict), now));
    EXPECT_EQ(role_of(officer), ConsoleRole::ict_lead) << "there is nobody else, nor was there";
}

TEST_F(RoleGrants, AreNeededAgainForAClosedAccountThatOpens)
{
    close(dsl, tuesday);
    ASSERT_DONE(set_disabled(*ledger, dsl, false, as(ict), now));
    EXPECT_EQ(role_of(dsl), ConsoleRole::none);
    ASSERT_DONE(confirm(waiting_role(*ledger, dsl)->id, head));
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
    EXPECT_EQ(newest_detail("account.enable"), "role dsl waits");
    auto const session = *create_session(*ledger, dsl, "", now);
    ASSERT_DONE(set_disabled(*ledger, dsl, false, as(ict), now));
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl) << "it was open: nothing happens";
    EXPECT_TRUE(find_session(*ledger, session, now));
    EXPECT_EQ(newest_action(), "account.confirm-role");
}

TEST_F(RoleGrants, OfAClosedAccountThatOpensAtOnceAreOnRecord)
{
    for (auto const each : {head, head2, chief, dsl, officer})
        close(each, tuesday);
    ASSERT_DONE(set_disabled(*ledger, dsl, false, as(ict), now));
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl) << "there is nobody else";
    EXPECT_EQ(newest_detail("account.enable"), "role dsl at once");
    ASSERT_DONE(set_disabled(*ledger, officer, false, owner(), now));
    EXPECT_EQ(newest_detail("account.enable"), "role officer") << "by the machine's owner it was never gone";
}

/// A name that the ICT lead types made the headteacher a party, nobody was left, and the role counted at once.
TEST_F(RoleGrants, AreNotTakenFromTheSecondPersonByATypedName)
{
    close(head2, tuesday);
    auto const puppet = add_other_of("h.brown", ConsoleRole::ict_lead);
    EXPECT_EQ(role_of(puppet), ConsoleRole::none);
    auto const grant = waiting_role(*ledger, puppet);
    ASSERT_TRUE(grant) << "it waits";
    EXPECT_EQ(waits_for(head), 1U) << "the page tells who is said to be in it";
    EXPECT_FAILS(confirm(grant->id, ict), errc::not_permitted);
    EXPECT_FAILS(confirm(grant->id, head), errc::not_permitted) << "it is theirs, somebody says; so the chief executive";
    EXPECT_FAILS(refuse(grant->id, officer), errc::not_permitted);
    EXPECT_EQ(waits_for(chief), 1U);
    auto const told = *due_notices(*ledger, std::array{ConsoleRole::chief_executive}, now);
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told.front().kind->id, "role-asked-chief");
    ASSERT_DONE(reset_password(*ledger, officer, PasswordHash{"x"}, as(ict), now));
    EXPECT_EQ(count_holds_for(*ledger, *find_account(*ledger, head), now).value(), 1U) << "nor is the next one taken away";
    ASSERT_DONE(refuse(grant->id, head, "That is not me."));
    EXPECT_EQ(role_of(puppet), ConsoleRole::none);
    ASSERT_DONE(set_console_role(*ledger, puppet, ConsoleRole::ict_lead, as(ict), now));
    ASSERT_DONE(confirm(waiting_role(*ledger, puppet)->id, chief));
    EXPECT_EQ(role_of(puppet), ConsoleRole::ict_lead);
    expect_intact();
}

/// With another one apart they confirm, and whoever is named may still say no.
TEST_F(RoleGrants, OfASecondAccountOfTheHeadteacherAreConfirmedByAnother)
{
    auto const other = add_other_of("h.brown", ConsoleRole::officer);
    auto const id = waiting_role(*ledger, other)->id;
    EXPECT_FAILS(confirm(id, head), errc::same_person);
    EXPECT_FAILS(confirm(id, chief), errc::not_permitted);
    EXPECT_FAILS(refuse(id, chief), errc::not_permitted);
    EXPECT_EQ(waits_for(chief), 0U);
    EXPECT_EQ(waits_for(head), 1U);
    ASSERT_DONE(confirm(id, head2));
    EXPECT_EQ(role_of(other), ConsoleRole::officer);
}

/// One ICT lead and one headteacher: the ordinary small school, in which the headteacher is the second person.
TEST_F(RoleGrants, OfAnOrdinarySmallSchoolAreConfirmedByTheHeadteacher)
{
    for (auto const each : {head2, officer2, chief})
        close(each, tuesday);
    for (auto const* person : {"", "i.white"}) { // somebody new, and a second account of the ICT lead
        auto const made = add_other_of(person, ConsoleRole::officer, *person == '\0' ? "n.new" : "ian.again");
        ASSERT_DONE(confirm(waiting_role(*ledger, made)->id, head));
        EXPECT_EQ(role_of(made), ConsoleRole::officer);
    }
    ask(dsl, ConsoleRole::dpo, ict);
}

/// The emergency account was a second person beside the ICT lead's own, in the same hands.
TEST_F(RoleGrants, AskedForWithTheEmergencyAccountOnlyAHeadteacherConfirms)
{
    auto const glass = emergency();
    auto const first = ask(dsl, ConsoleRole::headteacher, glass);
    EXPECT_FAILS(confirm(first, ict), errc::not_permitted) << "it may be in their hands";
    EXPECT_EQ(waits_for(ict), 1U) << "who may say no";
    ASSERT_DONE(refuse(first, ict));
    ASSERT_DONE(confirm(ask(officer2, ConsoleRole::dpo, glass), head));
    for (auto const each : {head, head2})
        close(each, now);
    auto const second = ask(dsl, ConsoleRole::officer, glass);
    EXPECT_FAILS(confirm(second, chief), errc::not_permitted) << "they were there a moment ago";
    now += hours{25};
    EXPECT_FAILS(confirm(second, ict), errc::not_permitted);
    ASSERT_DONE(confirm(second, chief));
}

/// The role that it has, given again, started the headteacher's 24 hours anew and signed them out.
TEST_F(RoleGrants, ThatAreThereAlreadyChangeNothing)
{
    auto const session = *create_session(*ledger, head, "", now);
    auto const key = *create_api_token(*ledger, {"A test", true, now + hours{24}}, as(head), now);
    auto const asked = ask(dsl, ConsoleRole::officer, ict);
    for (auto const& by : {as(ict), owner()})
        ASSERT_DONE(set_console_role(*ledger, head, ConsoleRole::headteacher, by, now));
    EXPECT_FALSE(find_account(*ledger, head)->role_changed_at);
    EXPECT_TRUE(find_session(*ledger, session, now));
    EXPECT_TRUE(find_api_caller(*ledger, key, now));
    EXPECT_EQ(newest_action(), "account.ask-role") << "nothing was done, so nothing is on record";
    ASSERT_DONE(set_console_role(*ledger, ict, ConsoleRole::ict_lead, owner(), now));
    EXPECT_EQ(state_of(asked), RoleGrantState::waiting) << "what they asked for stays";
    ASSERT_DONE(set_console_role(*ledger, dsl, ConsoleRole::dsl, as(ict), now));
    EXPECT_EQ(state_of(asked), RoleGrantState::withdrawn);
    EXPECT_EQ(newest_detail("account.set-role"), "dsl stays");
}

TEST_F(RoleGrants, AreNeitherAskedForNorTakenByWhoWaits)
{
    auto const ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    ASSERT_DONE(reset_password(*ledger, ict, PasswordHash{"x"}, as(ict2), now));
    for (auto const role : {ConsoleRole::none, ConsoleRole::auditor, ConsoleRole::officer})
        EXPECT_FAILS(set_console_role(*ledger, head, role, as(ict), now), errc::access_given_recently);
    EXPECT_EQ(newest_action(), "account.set-role.denied");
    EXPECT_EQ(role_of(head), ConsoleRole::headteacher);
}

/// Closing and forgetting took away the memory of who was the second person until then.
TEST_F(RoleGrants, DoNotCountAtOnceBecauseTheOthersWereForgotten)
{
    close(head2, tuesday);
    ASSERT_DONE(set_disabled(*ledger, head, true, as(ict), now));
    for (auto const& by : {as(ict), owner()})
        EXPECT_FAILS(forget_account(*ledger, head, "Left.", by, now), errc::wrong_state) << "they can still be opened again";
    now += hours{24} - std::chrono::seconds{1};
    ask(dsl, ConsoleRole::headteacher, ict);
    now += forgetting_time - hours{24};
    EXPECT_FAILS(forget_account(*ledger, head, "Left.", as(ict), now), errc::wrong_state);
    now += std::chrono::seconds{1};
    ASSERT_DONE(forget_account(*ledger, head, "Left.", as(ict), now));
    EXPECT_EQ(newest_detail("account.forget"), "role headteacher: Left.");
}

TEST_F(RoleGrants, AreRememberedForADayOfWhoIsClosedAfterLosingThem)
{
    close(head2, tuesday);
    ASSERT_DONE(set_console_role(*ledger, head, ConsoleRole::none, as(ict), now));
    ASSERT_DONE(set_disabled(*ledger, head, true, as(ict), now));
    for (auto const later : {std::chrono::seconds{0}, std::chrono::seconds{forgetting_time} - std::chrono::seconds{1}})
        EXPECT_FAILS(forget_account(*ledger, head, "Left.", as(ict), now + later), errc::wrong_state);
    ask(dsl, ConsoleRole::headteacher, ict);
    close(pupil, now);
    ASSERT_DONE(forget_account(*ledger, pupil, "Left.", as(ict), now)); // who never had one
    EXPECT_EQ(newest_detail("account.forget"), "Left.");
}

TEST_F(RoleGrants, GoWithTheForgottenAccountAndKeepWhoDidIt)
{
    auto const about = ask(dsl, ConsoleRole::officer, ict);
    auto const other = ask(officer2, ConsoleRole::dpo, ict);
    ASSERT_DONE(refuse(about, head));
    ASSERT_DONE(refuse(other, head));
    close(dsl, now);
    close(head, now);
    now += forgetting_time;
    ASSERT_DONE(forget_account(*ledger, dsl, "Left.", owner(), now));
    ASSERT_DONE(forget_account(*ledger, head, "Left.", owner(), now));
    EXPECT_FAILS(find_role_grant(*ledger, about), errc::not_found);
    EXPECT_EQ(find_role_grant(*ledger, other)->decided_by, forgotten_login(head));
}

/// Two stores over one file: exactly one of two who act at once succeeds.
TEST_F(RoleGrants, AreDecidedOnce)
{
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    ASSERT_DONE(refuse_role(*second, {id, as(head2), now}, "No."));
    EXPECT_FAILS(confirm(id, head), errc::wrong_state);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
}

/// Two stores over one file: both people had the page before them with a yes on it, and the first answer is the only one.
TEST_F(RoleGrants, AreDecidedByTheFirstOfTwoWhoBothSawTheQuestion)
{
    for (auto const first_says_yes : {true, false}) {
        auto const account = first_says_yes ? dsl : officer2;
        auto const role = first_says_yes ? ConsoleRole::officer : ConsoleRole::dpo;
        auto const before = role_of(account);
        auto const id = ask(account, role, ict);
        auto second = Ledger::open(options);
        ASSERT_TRUE(second);
        ASSERT_DONE(check_role_turn(*ledger, {id, as(head), now}));
        ASSERT_DONE(check_role_turn(*second, {id, as(head2), now}));
        ASSERT_DONE(first_says_yes ? confirm_role(*second, {id, as(head2), now})
                                   : refuse_role(*second, {id, as(head2), now}, "Nobody told me."));
        EXPECT_FAILS(first_says_yes ? refuse(id, head) : confirm(id, head), errc::wrong_state);
        EXPECT_EQ(role_of(account), first_says_yes ? role : before);
        EXPECT_EQ(find_role_grant(*ledger, id)->decided_by, "v.green");
        EXPECT_EQ(find_role_grant(*ledger, id)->answer, first_says_yes ? "" : "Nobody told me.");
    }
    expect_intact();
}

/// The yes is to what the page showed, not to what was asked for since.
TEST_F(RoleGrants, AreNotConfirmedByAYesToAnEarlierQuestion)
{
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    ASSERT_DONE(check_role_turn(*ledger, {id, as(head), now}));
    ASSERT_DONE(set_console_role(*second, dsl, ConsoleRole::chief_executive, as(ict), now));
    EXPECT_FAILS(confirm(id, head), errc::wrong_state);
    EXPECT_EQ(state_of(id), RoleGrantState::withdrawn);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
    auto const asked_since = waiting_role(*ledger, dsl);
    ASSERT_TRUE(asked_since) << "which still waits";
    EXPECT_NE(asked_since->id, id);
    EXPECT_EQ(asked_since->role, ConsoleRole::chief_executive);
}

TEST_F(RoleGrants, ExpireAfterFourteenDays)
{
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    now += second_person_time - std::chrono::seconds{1};
    ASSERT_DONE(expire_roles(*ledger, now));
    EXPECT_EQ(state_of(id), RoleGrantState::waiting);
    EXPECT_EQ(waits_for(head), 1U);
    now += std::chrono::seconds{1};
    EXPECT_FAILS(confirm(id, head), errc::wrong_state) << "also before the program has seen to it";
    EXPECT_EQ(waits_for(head), 0U);
    ASSERT_DONE(expire_roles(*ledger, now));
    EXPECT_EQ(newest_action(), "account.expire-role");
    EXPECT_EQ(state_of(id), RoleGrantState::expired);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
    EXPECT_FAILS(confirm(id, head), errc::wrong_state);
    EXPECT_FAILS(refuse(id, head), errc::wrong_state);
    ASSERT_DONE(expire_roles(*ledger, now));
    EXPECT_EQ(list_audit(*ledger, {.action_prefix = "account.expire-role"})->size(), 1U) << "once";
    ask(dsl, ConsoleRole::officer, ict); // and may be asked for again
    expect_intact();
}

/// Two stores over one file: whoever confirms at the last moment has confirmed.
TEST_F(RoleGrants, ExpireOrAreConfirmed)
{
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    now += second_person_time - std::chrono::seconds{1};
    ASSERT_DONE(confirm_role(*second, {id, as(head), now}));
    now += std::chrono::seconds{1};
    ASSERT_DONE(expire_roles(*ledger, now));
    EXPECT_EQ(state_of(id), RoleGrantState::confirmed);
    EXPECT_EQ(role_of(dsl), ConsoleRole::officer);
}

/// Two stores over one file: the page was opened a second before the end, and the end came before the answer.
TEST_F(RoleGrants, AreNotConfirmedOnceTheyExpiredBehindAnOpenPage)
{
    auto const id = ask(dsl, ConsoleRole::officer, ict);
    auto second = Ledger::open(options);
    ASSERT_TRUE(second);
    auto const end = now + second_person_time;
    now = end - std::chrono::seconds{1};
    ASSERT_DONE(check_role_turn(*ledger, {id, as(head), now}));
    ASSERT_DONE(expire_roles(*second, end));
    EXPECT_FAILS(confirm(id, head), errc::wrong_state) << "also by the time at which the answer set out";
    EXPECT_FAILS(refuse(id, head), errc::wrong_state);
    EXPECT_EQ(state_of(id), RoleGrantState::expired);
    EXPECT_EQ(role_of(dsl), ConsoleRole::dsl);
    EXPECT_TRUE(find_role_grant(*ledger, id)->decided_by.empty());
    expect_intact();
}

} // namespace
} // namespace gatehouse::store::test
