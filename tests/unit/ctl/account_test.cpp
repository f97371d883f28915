#include "tests/unit/ctl/ctl_support.hpp"

namespace gatehouse::ctl {
namespace {

using testing::HasSubstr;

class AccountTest : public School {
protected:
    Said add(AccountOptions const& options, Output output = Output::text, std::string const& input = {})
    {
        return call([&](Common const& common, Streams streams) { return account_add(common, options, streams); }, output, input);
    }
    static AccountOptions officer()
    {
        AccountOptions options;
        options.login = "oso";
        options.name = "Olive Sanderson";
        options.console_role = "officer";
        return options;
    }
};

TEST_F(AccountTest, IsMadeWithoutADaemonAndPrintsItsPasswordOnce)
{
    auto const said = add(officer(), Output::json);
    ASSERT_EQ(said.status, success) << said.out << said.error;
    auto const json = said.json();
    EXPECT_EQ(json.at("login").as_string(), "oso");
    EXPECT_EQ(json.at("console_role").as_string(), "officer");
    EXPECT_GE(json.at("password").as_string().size(), 20U);
    EXPECT_TRUE(json.at("must_change_password").as_bool());

    auto const list = call_json(account_list);
    EXPECT_EQ(list.json().at("accounts").as_array().size(), 1U);
    EXPECT_EQ(list.out.find(json.at("password").as_string().c_str()), std::string::npos);
}

TEST_F(AccountTest, TakesAPasswordFromItsInputAndNeverShowsIt)
{
    auto options = officer();
    options.password_from_input = true;
    auto const said = add(options, Output::text, "correct-horse-battery-41\n");
    ASSERT_EQ(said.status, success) << said.error;
    EXPECT_EQ(said.out.find("correct-horse"), std::string::npos);
}

TEST_F(AccountTest, MakesProxyAccountsThatCanSignInAtOnce)
{
    AccountOptions options;
    options.login = "p.jones";
    options.subject_role = "pupil";
    options.groups = {"year-9"};
    auto const said = add(options, Output::json);
    ASSERT_EQ(said.status, success) << said.out;
    EXPECT_FALSE(said.json().at("must_change_password").as_bool());
    EXPECT_EQ(said.json().at("groups").as_array().size(), 1U);
}

TEST_F(AccountTest, RefusesWhatMakesNoSense)
{
    auto const with = [](auto change) {
        auto options = officer();
        change(options);
        return options;
    };
    EXPECT_THAT(add(with([](auto& o) { o.console_role = "king"; })).error, HasSubstr("there is no console role \"king\""));
    EXPECT_THAT(add(with([](auto& o) { o.console_role = ""; })).error, HasSubstr("--subject-role"));
    EXPECT_THAT(add(with([](auto& o) { o.subject_role = "teachr"; })).error, HasSubstr("no role \"teachr\""));
    EXPECT_THAT(add(with([](auto& o) { o.groups = {"year-0"}; })).error, HasSubstr("no group \"year-0\""));
    EXPECT_EQ(add(with([](auto& o) { o.login = "has space"; })).status, failure);
    EXPECT_THAT(add(with([](auto& o) { o.password_from_input = true; })).error, HasSubstr("no password"));
    EXPECT_EQ(add(with([](auto& o) { o.password_from_input = true; }), Output::text, "short\n").status, failure);
    EXPECT_EQ(add(officer()).status, success);
    EXPECT_EQ(add(officer()).status, failure); // the login is taken
}

TEST_F(AccountTest, TakesTheCodeOffOnlyWhereThereIsAnAccount)
{
    ASSERT_EQ(add(officer()).status, success);
    auto const clear = [&](std::string const& login) {
        return call([&](Common const& common, Streams streams) { return account_clear_code(common, login, streams); });
    };
    EXPECT_EQ(clear("oso").status, success);
    EXPECT_THAT(clear("nobody").error, HasSubstr("nothing was changed for \"nobody\""));
}

TEST_F(AccountTest, ClosesOne)
{
    ASSERT_EQ(add(officer()).status, success);
    auto const close = [&](std::string const& login) {
        return call([&](Common const& common, Streams streams) { return account_close(common, login, streams); });
    };
    EXPECT_THAT(close("oso").out, HasSubstr("closed and signed out everywhere"));
    EXPECT_EQ(close("oso").status, success) << "it is closed already";
    EXPECT_THAT(close("nobody").error, HasSubstr("nothing was changed for \"nobody\""));
}

TEST_F(AccountTest, GivesOneAnotherRole)
{
    ASSERT_EQ(add(officer()).status, success);
    auto const give = [&](std::string const& login, std::string const& role) {
        return call([&](Common const& common, Streams streams) { return account_role(common, login, role, streams); });
    };
    EXPECT_THAT(give("oso", "headteacher").out, HasSubstr("oso has the role headteacher"));
    EXPECT_THAT(call_json(account_list).out, HasSubstr("headteacher"));
    EXPECT_EQ(give("oso", "none").status, success);
    EXPECT_THAT(give("oso", "king").error, HasSubstr("there is no console role \"king\""));
    EXPECT_THAT(give("nobody", "officer").error, HasSubstr("nothing was changed for \"nobody\""));
}

TEST_F(AccountTest, ForgetsOnlyWhoseAccountIsClosed)
{
    ASSERT_EQ(add(officer()).status, success);
    auto const forget = [&](std::string const& login) {
        return call([&](Common const& common, Streams streams) { return account_forget(common, login, "They left.", streams); });
    };
    EXPECT_THAT(forget("oso").error, HasSubstr("close the account first"));
    EXPECT_THAT(forget("nobody").error, HasSubstr("nothing was changed for \"nobody\""));
}

} // namespace
} // namespace gatehouse::ctl
