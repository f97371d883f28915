#include "proxy/store/acting.hpp"
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/given_access.hpp"
#include "proxy/store/known_people.hpp"
#include "proxy/store/log_purposes.hpp"
#include "proxy/store/log_views.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/retention.hpp"
#include "proxy/store/schema.hpp"
#include "proxy/store/second_factor.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/subject_access.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct Forgotten : School {
    /// For long enough that it may be forgotten.
    void close(AccountId id, Instant at = tuesday - forgetting_time)
    {
        ASSERT_DONE(set_disabled(*ledger, id, true, owner(), at));
    }
    result<void> forget(AccountId id, AccountId by, std::string const& reason = "Asked for by the person.")
    {
        return forget_account(*ledger, id, reason, as(by), tuesday);
    }
    std::int64_t count(std::string const& sql)
    {
        auto const found = ledger->database().first(sql, [](Statement const& row) { return row.integer(0); });
        EXPECT_TRUE(found) << sql;
        return found ? found->value_or(-1) : -1;
    }
    /// Where a text stands in any column of any table but the audit's.
    std::vector<std::string> found_in(std::string const& needle)
    {
        std::vector<std::string> places;
        auto const text = [](Statement const& row) { return row.text(0); };
        auto const tables = ledger->database().collect(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'audit'", text);
        for (auto const& table : *tables)
            for (auto const& column : *ledger->database().collect("SELECT name FROM pragma_table_info(?)", text, table))
                if (count("SELECT count(*) FROM " + table + " WHERE instr(lower(" + column + "), lower('" + needle + "')) > 0")
                    > 0)
                    places.push_back(table + '.' + column);
        return places;
    }
};

TEST_F(Forgotten, AreKnownByTheirUserNamesWhenARecordGoesOut)
{
    auto const leaver = add("zoe.leaver", "Zoe Leaver", ConsoleRole::none, "staff");
    ASSERT_DONE(rename_account(*ledger, leaver, "zoe.married", owner(), tuesday));
    close(leaver);
    ASSERT_DONE(forget(leaver, ict));
    auto const known = known_people(*ledger, "amy.year9");
    ASSERT_TRUE(known);
    Redactor const redactor{known->own, known->others};
    auto const redacted
        = redactor.redact("Ask zoe.leaver, Zoe.Married@school.example or mail zoe.married. Not zoe.leavers, xzoe.leaver.");
    EXPECT_EQ(redacted.text, "Ask [another person], [another person] or mail [another person]. Not zoe.leavers, xzoe.leaver.");
    EXPECT_EQ(redacted.replaced, 3U);
    auto const of_theirs = known_people(*ledger, "zoe.leaver");
    ASSERT_TRUE(of_theirs);
    Redactor const own{of_theirs->own, of_theirs->others};
    EXPECT_EQ(own.redact("zoe.leaver was zoe.married").text, "zoe.leaver was zoe.married") << "their own records";
}

TEST_F(Forgotten, HoldNothingOfThePersonAnyMore)
{
    auto const leaver = add("zoe.leaver", "Zoe Leaver", ConsoleRole::officer, "staff", {"zoe-group"}, "zoe.human");
    ASSERT_DONE(rename_account(*ledger, leaver, "zoe.married", owner(), tuesday));
    ASSERT_DONE(set_sign_on(*ledger, leaver, "zoe@school.example", owner(), tuesday));
    auto const token = create_api_token(*ledger, {"zoe-program", false, tuesday + hours{3}}, as(leaver), tuesday);
    ASSERT_TRUE(token);
    ASSERT_DONE(save_log_view(*ledger, leaver, "zoe-view", "verdict=block"));
    auto const session = create_session(*ledger, leaver, "10.0.0.77", tuesday);
    ASSERT_TRUE(session);
    ASSERT_TRUE(begin_second_factor(*ledger, find_session(*ledger, *session, tuesday)->id, as(leaver), tuesday));
    ASSERT_DONE(ledger->database().execute("INSERT INTO recovery_codes (account, code) VALUES (?, 'zoe-code')", leaver));
    ASSERT_DONE(ledger->database().execute("INSERT INTO known_addresses VALUES ('zoe.leaver', '10.0.0.77', ?)", tuesday));
    ASSERT_DONE(ledger->database().execute("UPDATE accounts SET last_sign_in = ? WHERE id = ?", tuesday, leaver));
    close(leaver);
    ASSERT_FALSE(found_in("zoe").empty());

    ASSERT_DONE(forget(leaver, ict));
    EXPECT_EQ(newest_action(), "account.forget");
    EXPECT_EQ(found_in("zoe"), std::vector<std::string>{});
    EXPECT_EQ(found_in("10.0.0.77"), std::vector<std::string>{});
    auto const stub = find_account(*ledger, leaver);
    ASSERT_TRUE(stub);
    EXPECT_EQ(stub->login, forgotten_login(leaver));
    EXPECT_TRUE(stub->disabled);
    EXPECT_EQ(stub->forgotten_at, tuesday);
    EXPECT_EQ(stub->console_role, ConsoleRole::none);
    EXPECT_FALSE(stub->has_second_factor || stub->last_sign_in || stub->role_changed_at);
    EXPECT_EQ(count("SELECT count(*) FROM accounts WHERE password <> '' AND id = " + std::to_string(number(leaver))), 0);
    EXPECT_FAILS(find_session(*ledger, *session, tuesday), errc::no_session);
    expect_intact();
}

TEST_F(Forgotten, LeaveNoAddressFromWhichACodeWasTyped)
{
    auto const leaver = add("zoe.leaver", "Zoe Leaver", ConsoleRole::supervisor, "staff");
    ASSERT_DONE(ledger->database().execute(
        "INSERT INTO recovery_codes (account, code) VALUES (?, ?)", leaver, token_hash("aaaabbbbcccc")));
    ASSERT_DONE(confirm_code(*ledger, leaver, "aaaa-bbbb-cccc", "10.0.0.77", tuesday - forgetting_time));
    ASSERT_DONE(rename_account(*ledger, leaver, "zoe.married", owner(), tuesday - forgetting_time));
    ASSERT_DONE(ledger->database().execute("DELETE FROM throttles")); // they go by themselves within a day
    ASSERT_EQ(found_in("10.0.0.77").size(), 1u);
    close(leaver);
    ASSERT_DONE(forget(leaver, ict));
    EXPECT_EQ(found_in("10.0.0.77"), std::vector<std::string>{});
    EXPECT_EQ(found_in("zoe"), std::vector<std::string>{});
}

TEST_F(Forgotten, GiveTheirUserNamesToNobody)
{
    ASSERT_DONE(rename_account(*ledger, officer2, "pete.jones", owner(), tuesday));
    close(officer2);
    ASSERT_DONE(forget(officer2, ict));
    for (auto const* login : {"p.jones", "pete.jones", " Pete.Jones "}) {
        NewAccount account;
        account.login = login;
        EXPECT_FAILS(add_account(*ledger, account, PasswordHash{"x"}, owner(), tuesday), errc::already_exists) << login;
        EXPECT_FAILS(rename_account(*ledger, pupil, login, owner(), tuesday), errc::already_exists) << login;
        EXPECT_FAILS(find_account(*ledger, login), errc::not_found);
        EXPECT_EQ(find_forgotten(*ledger, login)->id, officer2);
    }
    EXPECT_FAILS(find_forgotten(*ledger, "o.smith"), errc::not_found);
    EXPECT_FAILS(find_account(*ledger, forgotten_login(officer2)), errc::not_found);
}

TEST_F(Forgotten, KeepWhoDidIt)
{
    auto const id = recommended();
    ASSERT_DONE(refuse_request(*ledger, step(id, head), "No."));
    close(officer);
    ASSERT_DONE(forget(officer, ict));
    EXPECT_EQ(find_request(*ledger, id)->reviewer, forgotten_login(officer));
    AuditFilter filter;
    filter.action_prefix = "unblock.recommend";
    filter.actor = "o.smith";
    EXPECT_EQ(list_audit(*ledger, filter)->size(), 1U) << "the audit keeps the name under which it was done";
    expect_intact();
}

TEST_F(Forgotten, AreClosedFirstAndForgottenByWhoSeesToAccounts)
{
    EXPECT_FAILS(forget(officer2, ict), errc::wrong_state) << "it is open";
    close(officer2);
    for (auto const by : {officer, head, dsl, chief, pupil})
        EXPECT_FAILS(forget(officer2, by), errc::not_permitted);
    EXPECT_EQ(newest_action(), "account.forget.denied");
    EXPECT_FAILS(forget(ict, ict), errc::not_permitted) << "the own account";
    EXPECT_FAILS(forget(officer2, ict, " "), errc::invalid_value);
    EXPECT_FAILS(forget(AccountId{99}, ict), errc::not_found);
    ASSERT_DONE(forget(officer2, ict));
    EXPECT_FAILS(forget(officer2, ict), errc::wrong_state) << "once";
}

TEST_F(Forgotten, WaitLongerIfTheirRoleDecided)
{
    auto const auditor = add("a.count", "Aldo Count", ConsoleRole::auditor);
    close(auditor, tuesday - hours{24});
    ASSERT_DONE(forget(auditor, ict));
    close(officer2, tuesday - forgetting_time + std::chrono::seconds{1});
    EXPECT_FAILS(forget(officer2, ict), errc::wrong_state);
    ASSERT_DONE(forget_account(*ledger, officer2, "Left.", as(ict), tuesday + std::chrono::seconds{1}));
}

/// Whoever gave the way in would otherwise have it forgotten before somebody says that it was not they.
TEST_F(Forgotten, WaitWhileItCanStillBeSaidThatItWasNotThey)
{
    auto const auditor = add("a.count", "Aldo Count", ConsoleRole::auditor);
    ASSERT_DONE(reset_password(*ledger, auditor, PasswordHash{"x"}, as(ict), tuesday - hours{60}));
    ASSERT_DONE(note_holds_seen(*ledger, head, tuesday - hours{50}));
    close(auditor, tuesday - hours{25});
    EXPECT_FAILS(forget(auditor, ict), errc::wrong_state);
    ASSERT_DONE(forget_account(*ledger, auditor, "Left.", as(ict), tuesday - hours{50} + forgetting_time));
}

TEST_F(Forgotten, AreNeverChangedAgain)
{
    close(officer2);
    ASSERT_DONE(forget(officer2, ict));
    EXPECT_FAILS(set_disabled(*ledger, officer2, false, as(ict), tuesday), errc::wrong_state);
    EXPECT_FAILS(set_console_role(*ledger, officer2, ConsoleRole::officer, owner(), tuesday), errc::wrong_state);
    EXPECT_FAILS(set_subject(*ledger, officer2, "staff", {}, owner(), tuesday), errc::wrong_state);
    EXPECT_FAILS(set_sign_on(*ledger, officer2, "x@school.example", owner(), tuesday), errc::wrong_state);
    EXPECT_FAILS(rename_account(*ledger, officer2, "somebody", owner(), tuesday), errc::wrong_state);
    EXPECT_FAILS(reset_password(*ledger, officer2, PasswordHash{"x"}, owner(), tuesday), errc::wrong_state);
}

TEST_F(Forgotten, WaitForWhatIsNotOver)
{
    auto const asked = ask("amy.year9").id;
    close(pupil);
    EXPECT_FAILS(forget(pupil, ict), errc::wrong_state) << "their request is open: who asked must stay known";
    ASSERT_DONE(close_request(*ledger, step(asked, officer), "They have left."));
    ASSERT_DONE(forget(pupil, ict));

    auto const proposed
        = propose_restriction(*ledger, {"ben.year9", "A VPN.", "", "12", tuesday, tuesday + hours{24}}, as(officer2), tuesday);
    ASSERT_TRUE(proposed);
    close(officer2);
    EXPECT_FAILS(forget(officer2, ict), errc::wrong_state) << "a second account of theirs must not confirm it";
    ASSERT_DONE(refuse_restriction(*ledger, {proposed->id, proposed->version, as(head), tuesday}, "No."));
    ASSERT_DONE(forget(officer2, ict));

    auto const permission = propose_permission(*ledger, {"group:year-9", "service:youtube", "", "Films."}, as(head), tuesday);
    ASSERT_TRUE(permission);
    auto const keyed = give_key(*ledger, {permission->id, permission->version, as(head), tuesday}, tuesday + hours{4}, "");
    ASSERT_TRUE(keyed);
    close(head);
    EXPECT_FAILS(forget(head, ict), errc::wrong_state) << "their key is live";
    ASSERT_DONE(close_permission(*ledger, {permission->id, keyed->version, as(head2), tuesday}, "Over."));
    ASSERT_DONE(forget(head, ict));
}

TEST_F(Forgotten, GoByTheClockOnceTheyWereClosedSoLong)
{
    close(officer2);
    close(officer2, tuesday + hours{9}); // a second time changes nothing
    close(dsl, tuesday + hours{9});
    auto const asked = ask("amy.year9").id;
    close(pupil);
    auto const purge = [&] { return purge_records(*ledger, {{"accounts", tuesday + hours{1}}}, tuesday + hours{10}); };
    auto const gone = purge();
    ASSERT_TRUE(gone) << gone.error().message();
    EXPECT_EQ(gone->text(), "1 accounts");
    EXPECT_TRUE(find_account(*ledger, officer2)->forgotten_at);
    EXPECT_FALSE(find_account(*ledger, dsl)->forgotten_at) << "not so long";
    EXPECT_FALSE(find_account(*ledger, officer)->forgotten_at) << "open";
    EXPECT_FALSE(find_account(*ledger, pupil)->forgotten_at) << "their request is open";
    EXPECT_EQ(purge()->all(), 0) << "once";
    ASSERT_DONE(close_request(*ledger, step(asked, officer), "They have left."));
    EXPECT_EQ(purge()->of("accounts"), 1);
    ASSERT_DONE(set_disabled(*ledger, dsl, false, owner(), tuesday + hours{9}));
    EXPECT_FALSE(find_account(*ledger, dsl)->disabled_at) << "an account that is open again begins anew";
    for (auto const& each : *what_is_kept(*ledger, tuesday))
        if (each.of->id == "accounts") {
            EXPECT_EQ(each.rows, 6) << "a row without a name is nobody's";
        }
    expect_intact();
}

TEST_F(Forgotten, StillGetWhatIsKeptAboutThem)
{
    auto const dpo = add("d.protect", "Dev Patel", ConsoleRole::dpo);
    auto const marketing = add("m.ads", "Mia Adams", ConsoleRole::marketing);
    ASSERT_DONE(begin_log_purpose(*ledger, "Who reads our news.", tuesday + hours{2}, as(marketing), tuesday));
    auto const asked = ask("m.ads").id;
    ASSERT_DONE(close_request(*ledger, step(asked, officer), "Never blocked."));
    close(marketing);
    ASSERT_DONE(forget(marketing, ict));
    auto const found = read_subject(*ledger, "M.Ads", "Request of 3 December.", as(dpo), tuesday);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_TRUE(found->account);
    EXPECT_EQ(found->account->forgotten_at, tuesday);
    EXPECT_EQ(found->requests.size(), 1U);
    ASSERT_EQ(found->purposes.size(), 1U);
    EXPECT_EQ(found->purposes.front().purpose, "Who reads our news.");
    auto const other = read_subject(*ledger, "amy.year9", "Request of 3 December.", as(dpo), tuesday);
    ASSERT_TRUE(other);
    for (auto const& login : other->known.others.logins)
        EXPECT_FALSE(login.starts_with("closed")) << "what stands in the place of a name is nobody's name";
}

/// Accounts that were closed before the store kept when: the audit knows.
TEST(ClosedAccounts, OfAnEarlierVersionWereClosedWhenTheAuditSays)
{
    TemporaryFolder folder;
    auto database = Database::open(folder.path() / "old.db", {});
    ASSERT_TRUE(database);
    ASSERT_DONE(migrate(*database, schema_steps().first(11)));
    for (auto const* sql : {"INSERT INTO accounts (id, login, display_name, person, console_role, subject_role, groups, password,"
                            " must_change, created_at, disabled) VALUES (7, 'left', '', 'left', 0, '', '', '', 0, 5, 1)",
             "INSERT INTO audit VALUES (1, x'00', x'00', 1000, 0, 'ian', '', 'account.disable', 'account:7', '')",
             "INSERT INTO audit VALUES (2, x'00', x'00', 2000, 0, 'ian', '', 'account.disable', 'account:7', '')"})
        ASSERT_DONE(database->execute(sql));
    ASSERT_DONE(migrate(*database));
    auto const at = database->first("SELECT disabled_at FROM accounts", [](Statement const& row) { return row.integer(0); });
    EXPECT_EQ(at->value_or(0), 2000);
}

/// Supervised use that was over before the store kept when: the audit knows; nobody sat beside anybody longer.
TEST(SupervisedUse, OfAnEarlierVersionEndedWhenTheAuditSays)
{
    TemporaryFolder folder;
    auto database = Database::open(folder.path() / "old.db", {});
    ASSERT_TRUE(database);
    ASSERT_DONE(migrate(*database, schema_steps().first(12)));
    for (auto const* sql : {"INSERT INTO accounts (id, login, display_name, person, console_role, subject_role, groups, password,"
                            " must_change, created_at) VALUES (7, 'olive', '', 'olive', 1, '', '', '', 0, 5)",
             "INSERT INTO restrictions (id, user, clause, reason, starts_at, ends_at, state, proposer)"
             " VALUES (1, 'amy', '12', 'x', 500, 9000, 3, 7), (2, 'ben', '12', 'x', 500, 9000, 4, 7), (3, 'cat', '12', 'x', 500, "
             "9000, 1, 7)",
             "INSERT INTO supervisions (restriction, device, account, starts_at, ends_at) VALUES (1, 'lab', 7, 900, 1500)",
             "INSERT INTO audit VALUES (1, x'00', x'00', 1000, 0, 'h', '', 'restriction.confirm-end', 'restriction:1', '')",
             "INSERT INTO audit VALUES (2, x'00', x'00', 2000, 0, 'h', '', 'restriction.refuse', 'restriction:2', '')"})
        ASSERT_DONE(database->execute(sql));
    ASSERT_DONE(migrate(*database));
    auto const number = [](Statement const& row) { return row.integer(0); };
    EXPECT_EQ(*database->collect("SELECT coalesce(ended_at, 0) FROM restrictions ORDER BY id", number),
        (std::vector<std::int64_t>{1000, 2000, 0}));
    EXPECT_EQ(*database->collect("SELECT ended_at FROM supervisions", number), (std::vector<std::int64_t>{1000}));
}

} // namespace
} // namespace gatehouse::store::test
