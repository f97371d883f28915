#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/given_access.hpp"
#include "proxy/store/second_factor.hpp"
#include "proxy/store/sign_in.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/own_store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;

constexpr std::string_view hold_text
    = "their account decides nothing until a second person confirms that it is really them, or for 24 hours from when one of "
      "those was told; the page Roles says who could\n";

/// The first line, without what ends it.
std::optional<std::string> read_password(std::istream& in)
{
    std::string line;
    if (!std::getline(in, line))
        return std::nullopt;
    if (line.ends_with('\r'))
        line.pop_back();
    return line;
}

json::object to_json(store::Account const& account)
{
    json::array groups;
    for (auto const& group : account.groups)
        groups.emplace_back(group);
    return {{"login", account.login}, {"name", account.display_name}, {"console_role", store::to_text(account.console_role)},
        {"subject_role", account.subject_role}, {"groups", std::move(groups)}, {"disabled", account.disabled},
        {"must_change_password", account.must_change_password}, {"second_factor", account.has_second_factor},
        {"forgotten", account.forgotten_at.has_value()}};
}

/// What is wrong with the roles, or nothing.
std::string complaint_about(AccountOptions const& options, policy::Policy const& policy)
{
    if (options.console_role.empty() && options.subject_role.empty())
        return "give the account a --role for the console or a --subject-role for the proxy";
    if (!options.subject_role.empty() && policy.role(options.subject_role) == nullptr)
        return fmt::format("policy.toml has no role \"{}\"", options.subject_role);
    for (auto const& group : options.groups)
        if (std::none_of(policy.groups.begin(), policy.groups.end(), [&](auto const& known) { return known.id == group; }))
            return fmt::format("policy.toml has no group \"{}\"", group);
    return {};
}

} // namespace

int account_add(Common const& common, AccountOptions const& options, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const policy = settings ? read_declarations(common, *settings, streams) : std::nullopt;
    if (!policy)
        return failure;
    auto const fail = [&](std::string_view message) { return report_failure(common, streams, message); };
    if (auto const complaint = complaint_about(options, *policy); !complaint.empty())
        return fail(complaint);
    auto const role = store::parse_console_role(options.console_role.empty() ? "none" : options.console_role);
    if (!role)
        return fail(
            fmt::format("there is no console role \"{}\": write officer, headteacher, ict-lead, dsl, dpo, chief-executive, "
                        "marketing, auditor or supervisor",
                options.console_role));
    std::optional<std::string> password;
    if (options.password_from_input && !(password = read_password(streams.in)))
        return fail("no password came in");

    auto const store = open_store(common, *settings, streams);
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    store::NewAccount account{options.login, options.name.empty() ? options.login : options.name, options.person, *role,
        options.subject_role, options.groups, true, options.sign_on, options.break_glass};
    if (options.break_glass && *role == store::ConsoleRole::none)
        return fail("an account for emergencies needs a --role of the console");
    // A proxy account without a console role cannot change its password anywhere: what its owner typed stays.
    account.must_change_password = *role != store::ConsoleRole::none && !options.break_glass;
    auto const issued = store::issue_account_now(*store, account, password, command_line(), now);
    if (!issued)
        return fail(fmt::format("the account \"{}\" was not made: {}", options.login, issued.error().message()));
    if (common.output == Output::json) {
        auto object = to_json(issued->account);
        object["ok"] = true;
        if (!password)
            object["password"] = issued->password;
        write_json(streams, object);
    } else if (password) {
        streams.out << fmt::format("account {} made\n", issued->account.login);
    } else {
        streams.out << fmt::format("account {} made; {} password (shown once): {}\n", issued->account.login,
            options.break_glass ? "single-use" : "first", issued->password);
    }
    return success;
}

int account_clear_code(Common const& common, std::string const& login, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const cleared = store->run([&](store::Ledger& ledger) -> result<store::Account> {
        auto const account = store::find_account(ledger, login);
        if (!account)
            return account.error();
        if (auto const done = store::clear_second_factor(ledger, account->id, command_line(), now); !done)
            return done.error();
        return store::find_account(ledger, login);
    });
    if (!cleared)
        return report_failure(
            common, streams, fmt::format("nothing was changed for \"{}\": {}", login, cleared.error().message()));
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"login", login}});
    else
        streams.out << fmt::format("{} signs in with the password alone; all places are signed out\n{}", login,
            cleared->is_held(now) ? hold_text : std::string_view{});
    return success;
}

int account_confirm(Common const& common, std::string const& login, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    std::vector<std::string> others;
    bool is_late = false; // it decides again already
    auto const confirmed = store->run([&](store::Ledger& ledger) -> result<void> {
        auto const account = store::find_account(ledger, login);
        if (!account)
            return account.error();
        auto hold = store::find_access_hold(ledger, account->id, now);
        is_late = !hold && hold.error() == store::errc::wrong_state;
        if (is_late)
            hold = store::find_late_access(ledger, account->id, now);
        if (!hold)
            return hold.error();
        for (auto const& each : hold->confirmers)
            others.push_back(each.login);
        return store::confirm_access(ledger, {account->id, hold->given.back().id, command_line(), now});
    });
    auto const fail = [&](std::string_view why) {
        return report_failure(common, streams, fmt::format("nothing was changed for \"{}\": {}", login, why));
    };
    if (!confirmed && !others.empty())
        return fail(fmt::format("in the console it is confirmed by {}, on the page Roles", fmt::join(others, " or ")));
    if (!confirmed && confirmed.error() == store::errc::wrong_state)
        return fail("the account does not wait for that");
    if (!confirmed && confirmed.error() == store::errc::access_given_recently)
        return fail(
            "what was given on the machine, or what somebody of the console can say no to, is confirmed here 24 hours later at "
            "the earliest; try again then");
    if (!confirmed && confirmed.error() == store::errc::not_permitted)
        return fail("somebody of the console could confirm it, or could within the last 24 hours; ask them, or try again then");
    if (!confirmed)
        return fail(confirmed.error().message());
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"login", login}});
    else
        streams.out << (is_late ? fmt::format("it is on record that it is really {}", login)
                                : fmt::format("the account of {} decides again", login))
                    << "; the audit and the headteacher are told\n";
    return success;
}

int account_new_password(Common const& common, std::string const& login, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const account = store->run([&](store::Ledger& ledger) { return store::find_account(ledger, login); });
    auto const issued = account ? store::issue_new_password_now(*store, account->id, command_line(), now)
                                : result<store::IssuedAccount>{account.error()};
    if (!issued)
        return report_failure(
            common, streams, fmt::format("nothing was changed for \"{}\": {}", login, issued.error().message()));
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"login", login}, {"password", issued->password}});
    else
        streams.out << fmt::format("first password of {} (shown once): {}; all places are signed out\n{}", login,
            issued->password, issued->account.is_held(now) ? hold_text : std::string_view{});
    return success;
}

int account_close(Common const& common, std::string const& login, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const closed = store->run([&](store::Ledger& ledger) -> result<void> {
        auto const account = store::find_account(ledger, login);
        if (!account)
            return account.error();
        return store::set_disabled(ledger, account->id, true, command_line(), now);
    });
    if (!closed)
        return report_failure(
            common, streams, fmt::format("nothing was changed for \"{}\": {}", login, closed.error().message()));
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"login", login}});
    else
        streams.out << fmt::format(
            "the account of {} is closed and signed out everywhere; the audit and the headteacher are told\n", login);
    return success;
}

int account_forget(Common const& common, std::string const& login, std::string const& reason, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const forgotten = store->run([&](store::Ledger& ledger) -> result<void> {
        auto const account = store::find_account(ledger, login);
        if (!account)
            return account.error();
        return store::forget_account(ledger, account->id, reason, command_line(), now);
    });
    if (!forgotten && forgotten.error() == store::errc::wrong_state)
        return report_failure(common, streams,
            fmt::format("nothing was changed for \"{}\": close the account first, and what still needs it: a request, "
                        "supervised use, a permission; one with a role of the console waits for a day after that, one whose role "
                        "decides for 14 days",
                login));
    if (!forgotten)
        return report_failure(
            common, streams, fmt::format("nothing was changed for \"{}\": {}", login, forgotten.error().message()));
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}});
    else
        streams.out << "the person is forgotten; an account without a name stays\n";
    return success;
}

int account_list(Common const& common, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const accounts = store->run([](store::Ledger& ledger) { return store::list_accounts(ledger); });
    if (!accounts)
        return report_failure(common, streams, accounts.error().message());
    json::array rows;
    for (auto const& account : *accounts)
        rows.push_back(to_json(account));
    if (common.output == Output::json) {
        write_json(streams, {{"ok", true}, {"accounts", std::move(rows)}});
        return success;
    }
    for (auto const& account : *accounts)
        streams.out << fmt::format("{:<16} {:<16} {:<10} {}{}\n", account.login, store::to_text(account.console_role),
            account.subject_role.empty() ? "-" : account.subject_role, account.display_name,
            account.forgotten_at   ? " (forgotten)"
                : account.disabled ? " (disabled)"
                                   : "");
    return success;
}

} // namespace gatehouse::ctl
