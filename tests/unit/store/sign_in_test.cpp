#include "proxy/store/sign_in.hpp"

#include "proxy/store/api_tokens.hpp"
#include "proxy/store/role_grants.hpp"
#include "tests/unit/store/school.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

namespace gatehouse::store::test {
namespace asio = boost::asio;

using std::chrono::seconds;

/// A store with cheap hashes; coroutines run on the test's own context.
struct SignIn : testing::Test {
    TemporaryFolder folder;
    asio::io_context context; ///< before the store, whose thread may still be inside its post() when the answer is here
    std::unique_ptr<Store> store;

    void SetUp() override { open({1, 8192}); }

    void open(HashCost cost)
    {
        store.reset();
        auto opened = Store::open({{folder.path(), {}}, 64, cost});
        ASSERT_TRUE(opened) << opened.error().message();
        store = std::move(*opened);
    }

    template <class T>
    T await(asio::awaitable<T> work)
    {
        auto future = asio::co_spawn(context, std::move(work), asio::use_future);
        context.restart();
        context.run();
        return future.get();
    }

    IssuedAccount issue(std::string login, ConsoleRole role, std::string subject = {}, std::optional<std::string> password = {},
        bool must_change = true)
    {
        NewAccount account;
        account.login = std::move(login);
        account.console_role = role;
        account.subject_role = std::move(subject);
        account.must_change_password = must_change;
        auto const issued = issue_account_now(*store, account, password, owner(), tuesday);
        EXPECT_TRUE(issued) << issued.error().message();
        return issued ? *issued : IssuedAccount{};
    }

    /// An officer, "nora", whose role waits for a second person.
    result<IssuedAccount> make_waiting_officer(AccountId by, Instant now)
    {
        NewAccount account;
        account.login = "nora";
        account.console_role = ConsoleRole::officer;
        return issue_account_now(*store, account, {}, as(by), now);
    }

    SignInOutcome console(std::string login, std::string password, std::string address = "10.0.0.9", Instant now = tuesday)
    {
        auto const outcome = await(sign_in_console(*store, {std::move(login), std::move(password), std::move(address), now}));
        EXPECT_TRUE(outcome) << outcome.error().message();
        return outcome ? *outcome : SignInOutcome{};
    }

    result<Session> session(std::string const& token, Instant now = tuesday)
    {
        auto const find = [&](Ledger& ledger) { return find_session(ledger, token, now); };
        return store->run(find);
    }
};

using Status = SignInOutcome::Status;

TEST_F(SignIn, OpensASessionThatMustChangeItsInitialPassword)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    auto const first = console("O.Smith", issued.password);
    ASSERT_EQ(first.status, Status::signed_in);
    EXPECT_TRUE(session(first.token)->account.must_change_password);
    PasswordChange change{first.account.id, issued.password, "wet lettuce on tuesday", "10.0.0.9", tuesday};
    auto const changed = await(change_password(*store, change));
    ASSERT_TRUE(changed) << changed.error().message();
    EXPECT_FAILS(session(first.token), errc::no_session);
    EXPECT_FALSE(session(*changed)->account.must_change_password);
    EXPECT_EQ(console("o.smith", issued.password).status, Status::refused); // single use
    EXPECT_EQ(console("o.smith", "wet lettuce on tuesday").status, Status::signed_in);
}

TEST_F(SignIn, TellsWhoHasThePasswordThatTheirRoleStillWaits)
{
    auto const ict = issue("i.white", ConsoleRole::ict_lead), head = issue("h.brown", ConsoleRole::headteacher);
    auto const later = tuesday + std::chrono::hours{48};
    auto const nora = make_waiting_officer(ict.account.id, later);
    ASSERT_TRUE(nora) << nora.error().message();
    auto const told = console("nora", nora->password, "10.0.0.9", later);
    EXPECT_EQ(told.status, Status::waits);
    EXPECT_TRUE(told.token.empty());
    ASSERT_TRUE(told.wait) << "nobody's answer comes between the sign-in and what is told of it";
    EXPECT_EQ(told.wait->grant.role, ConsoleRole::officer);
    ASSERT_EQ(told.wait->confirmers.accounts.size(), 1U);
    EXPECT_EQ(told.wait->confirmers.accounts.front().login, "h.brown");
    auto const row = store->run([](Ledger& ledger) { return list_audit(ledger, {.action_prefix = "sign-in"}); });
    ASSERT_TRUE(row && !row->empty());
    EXPECT_EQ(row->front().action, "sign-in.waits") << "they heard who could say yes: on record";
    EXPECT_EQ(row->front().actor, "nora");
    EXPECT_EQ(console("nora", "wet lettuce", "10.0.0.9", later).status, Status::refused);
    ASSERT_DONE(store->run([&](Ledger& ledger) {
        return confirm_role(ledger, {waiting_role(ledger, nora->account.id)->id, as(head.account.id), later});
    }));
    EXPECT_EQ(console("nora", nora->password, "10.0.0.9", later).status, Status::signed_in);
}

TEST_F(SignIn, TellsWhomTheSchoolNamesThatTheirRoleStillWaits)
{
    auto const ict = issue("i.white", ConsoleRole::ict_lead), head = issue("h.brown", ConsoleRole::headteacher);
    auto const later = tuesday + std::chrono::hours{48};
    auto const nora = make_waiting_officer(ict.account.id, later);
    ASSERT_TRUE(nora) << nora.error().message();
    std::string const name = "nora@school.example";
    ASSERT_DONE(store->run([&](Ledger& ledger) { return set_sign_on(ledger, nora->account.id, name, owner(), later); }));
    auto const come = [&](Ledger& ledger) { return sign_in_by_name(ledger, name, {}, "10.0.0.9", later); };
    auto const told = store->run(come);
    ASSERT_TRUE(told) << told.error().message();
    ASSERT_EQ(told->status, Status::waits);
    ASSERT_TRUE(told->wait);
    EXPECT_EQ(told->wait->grant.login, "nora");
    ASSERT_DONE(store->run([&](Ledger& ledger) {
        return confirm_role(ledger, {told->wait->grant.id, as(head.account.id), later});
    }));
    auto const came = store->run(come);
    ASSERT_TRUE(came) << came.error().message();
    EXPECT_EQ(came->status, Status::signed_in);
    EXPECT_FALSE(came->wait);
}

/// Who handed the keys out or wrote them down may be whom the new password is to keep out.
TEST_F(SignIn, EndsTheKeysForProgramsWithAChangedPassword)
{
    auto const issued = issue("o.smith", ConsoleRole::officer, {}, "wet lettuce on tuesday", false);
    auto const key = store->run([&](Ledger& ledger) {
        return create_api_token(ledger, {"Export", true, tuesday + std::chrono::hours{24}}, as(issued.account.id), tuesday);
    });
    ASSERT_TRUE(key);
    ASSERT_TRUE(
        await(change_password(*store, {issued.account.id, issued.password, "dry lettuce on monday", "10.0.0.9", tuesday})));
    EXPECT_FAILS(store->run([&](Ledger& ledger) { return find_api_caller(ledger, *key, tuesday); }), errc::no_session);
}

/// Who has the first password in hand saw it only for the way to the person.
TEST_F(SignIn, ByTheNameAtTheSchoolEndsTheFirstPassword)
{
    for (bool const was_changed : {false, true}) {
        auto const login = was_changed ? "p.jones" : "o.smith";
        auto const issued = issue(login, ConsoleRole::officer, "staff");
        auto password = issued.password;
        if (was_changed) {
            password = "wet lettuce on tuesday";
            ASSERT_TRUE(await(change_password(*store, {issued.account.id, issued.password, password, "10.0.0.9", tuesday})));
        }
        auto const name = std::string{login} + "@school.example";
        ASSERT_DONE(store->run([&](Ledger& ledger) { return set_sign_on(ledger, issued.account.id, name, owner(), tuesday); }));
        auto const came = store->run([&](Ledger& ledger) { return sign_in_by_name(ledger, name, {}, "10.0.0.9", tuesday); });
        ASSERT_TRUE(came);
        ASSERT_EQ(came->status, Status::signed_in);
        EXPECT_FALSE(session(came->token)->account.must_change_password);
        auto const expected = was_changed ? Status::signed_in : Status::refused;
        EXPECT_EQ(console(login, password).status, expected);
        EXPECT_EQ(await(sign_in_proxy(*store, {login, password, "10.0.0.9", tuesday}))->status, expected);
    }
}

TEST_F(SignIn, AnswersTheSameForUnknownWrongAndDisabled)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    auto const amy = issue("amy", ConsoleRole::none, "pupil", "river oak flute", false);
    auto const disable = [&](Ledger& ledger) { return set_disabled(ledger, issued.account.id, true, owner(), tuesday); };
    EXPECT_EQ(console("o.smith", "wrong", "10.0.0.1").status, Status::refused);
    EXPECT_EQ(console("nobody", "wrong", "10.0.0.2").status, Status::refused);
    EXPECT_EQ(console("amy", amy.password, "10.0.0.3").status, Status::refused); // no console role
    ASSERT_DONE(store->run(disable));
    EXPECT_EQ(console("o.smith", issued.password, "10.0.0.4").status, Status::refused);
    EXPECT_EQ(console("'; DROP TABLE accounts; --", std::string("x\0y", 3), "10.0.0.5").status, Status::refused);
    EXPECT_EQ(console(std::string(100000, 'x'), std::string(100000, 'y'), "10.0.0.6").status, Status::refused);
}

TEST_F(SignIn, WorksAsLongForAnUnknownLogin)
{
    open({2, 16 * 1024 * 1024}); // dear enough to be seen
    auto const issued = issue("o.smith", ConsoleRole::officer);
    auto const time = [&](std::string login, std::string address) {
        auto const start = std::chrono::steady_clock::now();
        console(std::move(login), "wrong", std::move(address));
        return std::chrono::steady_clock::now() - start;
    };
    auto const known = std::min({time("o.smith", "10.0.0.1"), time("o.smith", "10.0.0.2"), time("o.smith", "10.0.0.3")});
    auto const unknown = std::min({time("nobody", "10.0.0.4"), time("nobody", "10.0.0.5"), time("nobody", "10.0.0.6")});
    // Without the decoy the unknown login takes a hundredth; the bounds leave room for a busy machine.
    EXPECT_LT(known, unknown * 5);
    EXPECT_LT(unknown, known * 5);
}

TEST_F(SignIn, ThrottlesGuessesAndLetsThePersonInElsewhere)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(console("o.smith", "wrong", "10.0.0.66").status, Status::refused);
    auto const sixth = console("o.smith", issued.password, "10.0.0.66");
    EXPECT_EQ(sixth.status, Status::throttled);
    EXPECT_EQ(sixth.retry_after, seconds{1});
    EXPECT_EQ(console("o.smith", issued.password, "10.0.0.9").status, Status::signed_in);
}

TEST_F(SignIn, RehashesWithTodaysCost)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    auto const read = [](Ledger& ledger) {
        return ledger.database().first("SELECT password FROM accounts", [](Statement const& row) { return row.text(0); });
    };
    EXPECT_EQ((**store->run(read)).rfind("$argon2id$v=19$m=8,t=1,p=1$", 0), 0u);
    open({2, 16384});
    EXPECT_EQ(console("o.smith", issued.password).status, Status::signed_in);
    EXPECT_EQ((**store->run(read)).rfind("$argon2id$v=19$m=16,t=2,p=1$", 0), 0u);
    EXPECT_EQ(console("o.smith", issued.password).status, Status::signed_in);
}

TEST_F(SignIn, OpensTheProxyForPeopleWithASubjectRole)
{
    auto const amy = issue("amy", ConsoleRole::none, "pupil", "river oak flute", false);
    auto const initial = issue("bob", ConsoleRole::none, "pupil");
    auto const officer = issue("o.smith", ConsoleRole::officer);
    auto const proxy = [&](std::string login, std::string password) {
        return await(sign_in_proxy(*store, {std::move(login), std::move(password), "10.0.0.9", tuesday}));
    };
    auto const good = proxy("amy", amy.password);
    ASSERT_TRUE(good);
    EXPECT_EQ(good->status, Status::signed_in);
    EXPECT_EQ(good->account.subject_role, "pupil");
    EXPECT_TRUE(good->token.empty());
    EXPECT_EQ(proxy("amy", "wrong")->status, Status::refused);
    EXPECT_EQ(proxy("bob", initial.password)->status, Status::refused); // still the initial one
    EXPECT_EQ(proxy("o.smith", officer.password)->status, Status::refused);
}

TEST_F(SignIn, RefusesAWeakNewPasswordWithoutCountingAGuess)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    PasswordChange change{issued.account.id, issued.password, "short", "10.0.0.9", tuesday};
    for (int i = 0; i < 8; ++i)
        EXPECT_FAILS(await(change_password(*store, change)), errc::password_too_short);
    change.new_password = "Password12345";
    EXPECT_FAILS(await(change_password(*store, change)), errc::password_too_common);
    change.new_password = issued.password;
    EXPECT_FAILS(await(change_password(*store, change)), errc::password_too_common);
    change.new_password = "wet lettuce on tuesday";
    change.old_password = "wrong";
    for (int i = 0; i < 5; ++i)
        EXPECT_FAILS(await(change_password(*store, change)), errc::wrong_password);
    EXPECT_FAILS(await(change_password(*store, change)), errc::throttled);
}

TEST_F(SignIn, PutsGuessesAtAnOpenSessionOnRecord)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    EXPECT_FAILS(await(confirm_password(*store, issued.account.id, "a guess", "10.0.0.9", tuesday)), errc::wrong_password);
    PasswordChange const change{issued.account.id, "a guess", "wet lettuce on tuesday", "10.0.0.9", tuesday};
    EXPECT_FAILS(await(change_password(*store, change)), errc::wrong_password);
    ASSERT_DONE(await(confirm_password(*store, issued.account.id, issued.password, "10.0.0.9", tuesday)));
    auto const work = [](Ledger& ledger) { return list_audit(ledger, {.action_prefix = "sign-in.password-refused"}); };
    auto const rows = store->run(work);
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2u);
    EXPECT_EQ(rows->front().actor, "o.smith");
    EXPECT_EQ(rows->front().address, "10.0.0.9");
}

TEST_F(SignIn, IssuesAnewPasswordThatMustBeChanged)
{
    auto const issued = issue("o.smith", ConsoleRole::officer);
    auto const before = console("o.smith", issued.password);
    auto const again = issue_new_password_now(*store, issued.account.id, owner(), tuesday);
    ASSERT_TRUE(again);
    EXPECT_FAILS(session(before.token), errc::no_session);
    EXPECT_TRUE(again->account.must_change_password);
    EXPECT_EQ(console("o.smith", again->password).status, Status::signed_in);
    auto const awaited = await(issue_new_password(*store, issued.account.id, owner(), tuesday));
    ASSERT_TRUE(awaited);
    NewAccount account;
    account.login = "weak";
    account.console_role = ConsoleRole::officer;
    EXPECT_FAILS(await(issue_account(*store, account, "short", owner(), tuesday)), errc::password_too_short);
    EXPECT_TRUE(await(issue_account(*store, account, {}, owner(), tuesday)));
}

} // namespace gatehouse::store::test
