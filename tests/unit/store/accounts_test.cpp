#include "proxy/store/sessions.hpp"
#include "proxy/store/throttle.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Accounts : School {
    NewAccount fresh(std::string login = "n.new")
    {
        NewAccount account;
        account.login = std::move(login);
        return account;
    }
};

TEST_F(Accounts, HaveOneSpellingOfALogin)
{
    EXPECT_EQ(find_account(*ledger, " O.SMITH ")->id, officer);
    EXPECT_FAILS(add_account(*ledger, fresh("O.Smith"), PasswordHash{}, owner(), tuesday), errc::already_exists);
    for (auto const* bad : {"", " ", "a b", "a:b", "a\nb", "caf\xc3\xa9", "'; --"})
        EXPECT_FAILS(add_account(*ledger, fresh(bad), PasswordHash{}, owner(), tuesday), errc::invalid_value);
    EXPECT_FAILS(add_account(*ledger, fresh(std::string(65, 'a')), PasswordHash{}, owner(), tuesday), errc::invalid_value);
}

TEST_F(Accounts, KeepRolesAndGroups)
{
    auto const account = find_account(*ledger, pupil);
    ASSERT_TRUE(account);
    EXPECT_EQ(account->subject_role, "pupil");
    EXPECT_EQ(account->groups, std::vector<std::string>{"year-9"});
    ASSERT_DONE(set_subject(*ledger, pupil, "pupil", {"year-10", "chess"}, as(ict), tuesday));
    EXPECT_EQ(find_account(*ledger, pupil)->groups.size(), 2u);
    EXPECT_FAILS(set_subject(*ledger, pupil, "pu\npil", {}, as(ict), tuesday), errc::invalid_value);
}

TEST_F(Accounts, AreChangedByTheIctLeadOnlyAndNeverByThemselves)
{
    for (auto const account : {officer, head, dsl, pupil, AccountId::none})
        EXPECT_FAILS(set_disabled(*ledger, officer2, true, as(account), tuesday), errc::not_permitted);
    EXPECT_FAILS(set_console_role(*ledger, ict, ConsoleRole::headteacher, as(ict), tuesday), errc::not_permitted);
    EXPECT_EQ(newest_action(), "account.set-role.denied");
    ASSERT_DONE(set_console_role(*ledger, officer2, ConsoleRole::auditor, as(ict), tuesday));
    EXPECT_EQ(find_account(*ledger, officer2)->role_changed_at, std::optional{tuesday});
    EXPECT_FAILS(set_disabled(*ledger, AccountId{99}, true, as(ict), tuesday), errc::not_found);
    // An account that somebody made in the console waits a day as well.
    auto account = fresh();
    account.console_role = ConsoleRole::supervisor;
    auto const added = add_account(*ledger, account, PasswordHash{"x"}, as(ict), tuesday);
    ASSERT_TRUE(added);
    EXPECT_EQ(added->role_changed_at, std::optional{tuesday});
    expect_intact();
}

/// A name that is nobody's, or an old one, made two people of one.
TEST_F(Accounts, AreOfWhomeverAUserNameOfTheirsSays)
{
    ASSERT_DONE(rename_account(*ledger, head, "h.gray", owner(), tuesday));
    auto account = fresh();
    account.console_role = ConsoleRole::supervisor;
    int made = 0;
    for (auto const* typed : {"h.gray", " H.Brown"}) {
        account.login = "hanna." + std::to_string(++made);
        account.person = typed;
        EXPECT_EQ(add_account(*ledger, account, PasswordHash{"x"}, as(ict), tuesday)->person, "h.brown") << typed;
    }
    account.login = "hanna.3";
    account.person = "h.brwon";
    EXPECT_FAILS(add_account(*ledger, account, PasswordHash{"x"}, as(ict), tuesday), errc::invalid_value);
    account.person = "hanna, staff number 7";
    EXPECT_EQ(add_account(*ledger, account, PasswordHash{"x"}, owner(), tuesday)->person, account.person) << "on the machine";
    account.login = "hanna.4";
    EXPECT_EQ(add_account(*ledger, account, PasswordHash{"x"}, as(ict), tuesday)->person, account.person);
}

TEST_F(Accounts, KnowTheirRolesByName)
{
    for (int i = 0; i <= static_cast<int>(ConsoleRole::auditor); ++i) {
        auto const role = static_cast<ConsoleRole>(i);
        EXPECT_EQ(parse_console_role(to_text(role)), std::optional{role});
    }
    EXPECT_FALSE(parse_console_role("root"));
}

struct Sessions : School { };

TEST_F(Sessions, EndWhenIdleOrOld)
{
    auto const token = create_session(*ledger, officer, "10.0.0.9", tuesday);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->size(), 32u);
    auto now = tuesday;
    for (; now + minutes{14} < tuesday + session_age; now += minutes{14}) {
        auto const session = find_session(*ledger, *token, now);
        ASSERT_TRUE(session);
        EXPECT_EQ(session->account.login, "o.smith");
    }
    EXPECT_FAILS(find_session(*ledger, *token, tuesday + session_age), errc::no_session);
    auto const idle = create_session(*ledger, officer, "", tuesday);
    EXPECT_TRUE(find_session(*ledger, *idle, tuesday + session_idle - seconds{1}));
    EXPECT_FAILS(find_session(*ledger, *idle, tuesday + session_idle * 2), errc::no_session);
    ASSERT_DONE(prune_sessions(*ledger, tuesday + session_age));
    EXPECT_EQ(list_sessions(*ledger, officer, tuesday)->size(), 0u);
}

TEST_F(Sessions, KeepNoTokenThatOpensAnything)
{
    auto const token = create_session(*ledger, officer, "", tuesday);
    auto const kept = ledger->database().first("SELECT token FROM sessions", [](Statement const& row) { return row.text(0); });
    ASSERT_TRUE(kept && *kept);
    EXPECT_NE(**kept, *token);
    EXPECT_FAILS(find_session(*ledger, **kept, tuesday), errc::no_session);
    for (std::string const bad : {"", "x", "' OR 1=1 --"})
        EXPECT_FAILS(find_session(*ledger, bad, tuesday), errc::no_session);
}

TEST_F(Sessions, EndWithSignOutRoleChangeDisablingAndReset)
{
    auto const live = [&](std::string const& token) { return find_session(*ledger, token, tuesday).has_value(); };
    auto const open = [&] { return *create_session(*ledger, officer, "", tuesday); };
    auto const one = open(), two = open();
    ASSERT_DONE(end_session(*ledger, find_session(*ledger, one, tuesday)->id));
    EXPECT_FALSE(live(one));
    EXPECT_TRUE(live(two));
    ASSERT_DONE(end_all_sessions_of(*ledger, as(officer), tuesday));
    EXPECT_FALSE(live(two));
    EXPECT_EQ(newest_action(), "session.end-all");
    auto const three = open();
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::auditor, as(ict), tuesday));
    EXPECT_FALSE(live(three));
    auto const four = open();
    ASSERT_DONE(reset_password(*ledger, officer, PasswordHash{"x"}, as(ict), tuesday));
    EXPECT_FALSE(live(four));
    auto const five = open();
    ASSERT_DONE(set_disabled(*ledger, officer, true, as(ict), tuesday));
    EXPECT_FALSE(live(five));
    EXPECT_FALSE(live(open())); // made in the instant of disabling
}

/// Whoever may be somebody else throws nobody out.
TEST_F(Sessions, OfSomebodyElseAreNotEndedByWhoWaits)
{
    auto const ict2 = add("ict.two", "Ida Blue", ConsoleRole::ict_lead);
    ASSERT_DONE(create_session(*ledger, head, "", tuesday));
    ASSERT_DONE(create_session(*ledger, ict2, "", tuesday));
    auto const session_of = [&](AccountId id) { return list_sessions(*ledger, id, tuesday)->front().id; };
    ASSERT_DONE(reset_password(*ledger, ict2, PasswordHash{"x"}, as(ict), tuesday));
    ASSERT_DONE(create_session(*ledger, ict2, "", tuesday));
    EXPECT_FAILS(end_session_of(*ledger, session_of(head), as(ict2), tuesday), errc::access_given_recently);
    EXPECT_EQ(newest_action(), "session.end.denied");
    ASSERT_DONE(end_session_of(*ledger, session_of(ict2), as(ict2), tuesday));
    ASSERT_DONE(end_session_of(*ledger, session_of(head), as(ict), tuesday));
}

TEST_F(Sessions, KnowWhetherTheSchoolsSignOnBroughtThePersonHere)
{
    auto const by_password = *create_session(*ledger, officer, "", tuesday);
    auto const by_sign_on = *create_session(*ledger, officer, "", tuesday, {.by_sign_on = true});
    EXPECT_FALSE(find_session(*ledger, by_password, tuesday)->by_sign_on);
    EXPECT_TRUE(find_session(*ledger, by_sign_on, tuesday)->by_sign_on);
}

struct Throttle : School {
    seconds attempt(std::string const& address, Instant now, std::string const& login = "o.smith")
    {
        auto const wait = admit_attempt(*ledger, login, address, now);
        EXPECT_TRUE(wait);
        return wait ? *wait : seconds{-1};
    }
    void succeed(std::string const& address, Instant now, std::string const& login = "o.smith")
    {
        auto const work = [&] { return forgive_attempt(*ledger, login, address, now); };
        ASSERT_DONE(ledger->transact(work));
    }
};

TEST_F(Throttle, GivesFiveTriesThenDoublesUpToAQuarterOfAnHour)
{
    std::vector<int> const expected{0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900};
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(delay_after(static_cast<int>(i), free_tries), seconds{i < 5 ? 0 : expected[i]}) << i;
    for (int i = 0; i < free_tries; ++i)
        EXPECT_EQ(attempt("10.0.0.1", tuesday), seconds{0});
    EXPECT_EQ(attempt("10.0.0.1", tuesday), seconds{1});
    EXPECT_EQ(attempt("10.0.0.1", tuesday + seconds{1}), seconds{0});
    EXPECT_EQ(attempt("10.0.0.1", tuesday + seconds{2}), seconds{1});
    EXPECT_EQ(attempt("10.0.0.1", tuesday + hours{25}), seconds{0});
}

TEST_F(Throttle, LetsNobodyLockOutThePersonElsewhere)
{
    for (int i = 0; i < 50; ++i)
        attempt("10.0.0.66", tuesday);
    EXPECT_GT(attempt("10.0.0.66", tuesday), seconds{0});
    EXPECT_EQ(attempt("10.0.0.1", tuesday), seconds{0});
}

TEST_F(Throttle, LetsAPersonInFromWhereTheyWereBeforeUnderAWideAttack)
{
    attempt("10.0.0.1", tuesday);
    succeed("10.0.0.1", tuesday);
    for (int i = 0; i < 120; ++i)
        attempt("10.1.0." + std::to_string(i), tuesday);
    EXPECT_GT(attempt("10.2.0.1", tuesday), seconds{0}); // the login as a whole is slowed down for strangers
    EXPECT_EQ(attempt("10.0.0.1", tuesday), seconds{0});
}

TEST_F(Throttle, SlowsAnAddressThatTriesManyLogins)
{
    for (int i = 0; i < free_tries; ++i)
        EXPECT_EQ(attempt("10.0.0.66", tuesday, "login" + std::to_string(i)), seconds{0});
    EXPECT_GT(attempt("10.0.0.66", tuesday, "another"), seconds{0});
}

TEST_F(Throttle, IsNotResetByTheAttackersOwnAccount)
{
    for (int round = 0; round < 5; ++round) {
        attempt("10.0.0.66", tuesday, "victim" + std::to_string(round));
        if (attempt("10.0.0.66", tuesday, "amy.year9") == seconds{0})
            succeed("10.0.0.66", tuesday, "amy.year9");
    }
    EXPECT_GT(attempt("10.0.0.66", tuesday, "victim9"), seconds{0});
}

TEST_F(Throttle, DoesNotLockOutWhenTheClockWasSetBack)
{
    for (int i = 0; i < 10; ++i)
        attempt("10.0.0.1", tuesday + hours{24});
    EXPECT_EQ(attempt("10.0.0.1", tuesday), seconds{0});
}

TEST(PasswordRules, AskForLengthAndNothingElse)
{
    for (auto const* good :
        {"correct horse battery", "wet lettuce on tuesday", "mmvxkqprtbzw", "\xc3\xa9\xc3\xa8\xc3\xaa\xc3\xab flute river oak"})
        EXPECT_TRUE(check_password_strength(good, minimum_console_password, "o.smith")) << good;
    for (auto const* common : {"password1234", "Password1234!", "aaaaaaaaaaaa", "123456789012", "abcdefghijkl", "qwerqwerqwer",
             "letmein12345", "o.smith12345", "passwordpassword", "Welcome2026!!", "headteacher2026"})
        EXPECT_FAILS(check_password_strength(common, minimum_console_password, "o.smith"), errc::password_too_common);
    EXPECT_FAILS(check_password_strength("short words", minimum_console_password, "x"), errc::password_too_short);
    EXPECT_FAILS(check_password_strength("\xc3\xa9\xc3\xa8\xc3\xaa\xc3\xab\xc3\xa9\xc3\xa8", minimum_console_password, "x"),
        errc::password_too_short);
    EXPECT_FAILS(check_password_strength(std::string(257, 'x'), minimum_console_password, "x"), errc::password_too_long);
    EXPECT_TRUE(check_password_strength(
        "a wonderful long sentence that goes on and on, as is right for a passphrase", minimum_console_password, "x"));
    for (int i = 0; i < 50; ++i)
        EXPECT_TRUE(check_password_strength(random_password(), minimum_console_password, "x"));
    EXPECT_NE(random_password(), random_password());
}

} // namespace gatehouse::store::test
