#include "proxy/store/accounts.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/role_steps.hpp"
#include "proxy/store/sessions.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::array<std::string_view, 10> role_names{
    "none", "officer", "headteacher", "ict-lead", "dsl", "dpo", "chief-executive", "marketing", "auditor", "supervisor"};

// What was given to an account whose role neither decides nor shows data of people holds it once that does: may_be_held().
constexpr std::string_view select_account
    = "SELECT id, login, display_name, person, console_role, subject_role, groups, disabled, must_change,"
      " created_at, role_changed_at, last_sign_in, totp_secret <> '', sign_on, break_glass, disabled_at, forgotten_at,"
      " (SELECT max(given_at) FROM given_access g WHERE console_role BETWEEN 1 AND 8 AND g.account = accounts.id AND "
      "g.confirmed_at IS NULL AND g.refused_at IS"
      " NULL), (SELECT iif(count(*) = count(told_at), max(told_at), NULL) FROM given_access g WHERE g.account = accounts.id AND"
      " g.confirmed_at IS NULL AND g.refused_at IS NULL), access_refused FROM accounts ";

Account read_account(Statement const& row)
{
    Account account;
    account.id = row.id<AccountId>(0);
    account.login = row.text(1);
    account.display_name = row.text(2);
    account.person = row.text(3);
    account.console_role = row.id<ConsoleRole>(4);
    account.subject_role = row.text(5);
    account.groups = split_lines(row.text(6));
    account.disabled = row.flag(7);
    account.must_change_password = row.flag(8);
    account.created_at = row.instant(9);
    account.role_changed_at = row.optional_instant(10);
    account.last_sign_in = row.optional_instant(11);
    account.has_second_factor = row.flag(12);
    account.sign_on = row.text(13);
    account.is_break_glass = row.flag(14);
    account.disabled_at = row.optional_instant(15);
    account.forgotten_at = row.optional_instant(16);
    account.access_given_at = row.optional_instant(17);
    account.access_told_at = row.optional_instant(18);
    account.access_refused = row.flag(19);
    return account;
}

result<Account> one(result<std::optional<Account>> found)
{
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

bool is_word(std::string_view text)
{
    return text.find('\n') == std::string_view::npos && is_plain_text(text, 64);
}

bool is_valid_subject(std::string const& role, std::vector<std::string> const& groups)
{
    return (role.empty() || is_word(role)) && groups.size() <= 32 && std::all_of(groups.begin(), groups.end(), is_word);
}

bool is_sign_on(std::string_view name)
{
    return name.find('\n') == std::string_view::npos && is_plain_text(name, 254, Empty::allowed);
}

bool is_valid(NewAccount const& account)
{
    return canonical_login(account.login) && is_plain_text(account.display_name, 128, Empty::allowed)
        && is_plain_text(account.person, 128, Empty::allowed) && is_sign_on(account.sign_on)
        && is_valid_subject(account.subject_role, account.groups);
}

/// The actor may, there is a person in the account, and nobody said that it is not they. Errors: `errc::not_permitted`, `not_found`, `wrong_state`.
result<void> require_changeable(Ledger& ledger, Actor const& actor, AccountId id)
{
    if (auto const allowed = require_administrator(ledger, actor, id); !allowed)
        return allowed;
    auto const account = find_account(ledger, id);
    if (!account)
        return account.error();
    return account->forgotten_at || account->access_refused ? result<void>{errc::wrong_state} : result<void>{};
}

/// As require_changeable; who may give a way in to an account whose last one was refused may that, and opens it. The account for emergencies gets its
/// password on the machine: nothing holds it, so whoever filled it in the console would be two people at once. Errors: also those of open_refused.
result<void> require_password_giver(Ledger& ledger, Actor const& actor, AccountId id, Instant now)
{
    auto const account = find_account(ledger, id);
    if (account && account->is_break_glass && actor.account != AccountId::none)
        return errc::not_permitted;
    return account && account->access_refused ? open_refused(ledger, *account, actor, now)
                                              : require_changeable(ledger, actor, id);
}

/// Of people and of programs.
result<void> end_every_session(Ledger& ledger, AccountId id, Instant now)
{
    auto const ended = end_all_sessions(ledger, id);
    return ended ? end_api_tokens(ledger, id, now) : ended;
}

/// One change of one account: permission, change, optional end of its sessions, audit row.
enum class Sessions : std::uint8_t { stay, end };

template <class Change>
result<void> change_account(
    Ledger& ledger, AccountId id, Deed const& deed, Sessions sessions, std::string const& detail, Change change)
{
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const changeable = require_changeable(ledger, deed.actor, id); !changeable)
            return changeable;
        if (auto const changed = change(ledger.database()); !changed)
            return changed;
        if (sessions == Sessions::end)
            if (auto const ended = end_every_session(ledger, id, deed.now); !ended)
                return ended;
        return audit(ledger, deed, detail);
    });
}

/// Reserves a login for an account for ever, also after the person was taken out of it. Errors: `errc::already_exists`.
result<void> reserve_login(Ledger& ledger, std::string const& login, AccountId account)
{
    auto& database = ledger.database();
    auto const owner = database.first(
        "SELECT account FROM account_logins WHERE login IN (?, ?)", [](Statement const& row) { return row.id<AccountId>(0); },
        login, login_digest(ledger.chain(), login));
    if (!owner)
        return owner.error();
    if (!*owner)
        return database.execute("INSERT INTO account_logins (login, account) VALUES (?, ?)", login, account);
    return **owner == account ? result<void>{} : result<void>{errc::already_exists};
}

/// By a person of the console: it counts as changed now, or waits for somebody else.
result<void> give_first_role(Ledger& ledger, AccountId id, ConsoleRole role, Actor const& actor, Instant now)
{
    if (actor.account == AccountId::none || role == ConsoleRole::none)
        return {};
    auto const way = ask_for_role(ledger, id, role, actor, now);
    if (!way)
        return way.error();
    return *way == RoleWay::at_once ? write_role(ledger, id, role, now) : result<void>{};
}

/// A name of somebody else's choice opens the account to whoever has it; taking one away opens nothing, nor does the same one again.
result<void> note_sign_on(Ledger& ledger, AccountId id, std::string const& name, Actor const& actor, Instant now)
{
    auto const was = find_account(ledger, id);
    if (!was)
        return was.error();
    if (name.empty() || was->sign_on == name)
        return {};
    return note_given_access(ledger, id, AccessKind::sign_on, actor, now);
}

/// What whoever makes an account in the console knows or has chosen of it. The machine's owner sets up a school that works at once.
result<void> note_first_ways_in(Ledger& ledger, AccountId id, bool has_sign_on, Actor const& actor, Instant now)
{
    if (actor.account == AccountId::none)
        return {};
    auto const noted = note_given_access(ledger, id, AccessKind::password, actor, now);
    return noted && has_sign_on ? note_given_access(ledger, id, AccessKind::sign_on, actor, now) : noted;
}

/// An account that is opened again gets its role as a new one would. What became of it, for the audit: " waits", " at once", nothing if it was never gone.
result<std::string_view> give_role_again(Ledger& ledger, Account const& account, Actor const& actor, Instant now)
{
    if (actor.account == AccountId::none || !needs_second_person(account.console_role))
        return "";
    if (auto const taken = write_role(ledger, account.id, ConsoleRole::none, now); !taken)
        return taken.error();
    auto const way = ask_for_role(ledger, account.id, account.console_role, actor, now);
    if (!way)
        return way.error();
    if (*way == RoleWay::waits)
        return " waits";
    auto const written = write_role(ledger, account.id, account.console_role, now);
    return written ? result<std::string_view>{" at once"} : result<std::string_view>{written.error()};
}

/// The role that the account had, for the notices: by the time they are read it may have none.
std::string role_detail(Account const& was, std::string_view became)
{
    return was.console_role == ConsoleRole::none ? std::string{} : fmt::format("role {}{}", to_text(was.console_role), became);
}

/// Whose other account it is: by any user name of theirs, or as the accounts of theirs say. Errors: `errc::invalid_value`: of nobody, which only the
/// machine's owner may write.
result<std::string> person_of(Ledger& ledger, NewAccount const& account, std::string const& login, Actor const& actor)
{
    auto const typed = folded_name(account.person);
    if (typed.empty())
        return login;
    auto const known = ledger.database().first(
        "SELECT a.person, 0 AS place FROM account_logins l JOIN accounts a ON a.id = l.account WHERE l.login = ?1"
        " UNION ALL SELECT person, 1 FROM accounts WHERE person = ?1 ORDER BY place LIMIT 1",
        [](Statement const& row) { return row.text(0); }, typed);
    if (!known)
        return known.error();
    if (*known)
        return **known;
    return actor.account == AccountId::none ? result<std::string>{typed} : result<std::string>{errc::invalid_value};
}

} // namespace

std::string_view to_text(ConsoleRole role)
{
    auto const index = static_cast<std::size_t>(role);
    return index < role_names.size() ? role_names[index] : "none";
}

std::optional<ConsoleRole> parse_console_role(std::string_view text)
{
    auto const found = std::find(role_names.begin(), role_names.end(), text);
    if (found == role_names.end())
        return std::nullopt;
    return static_cast<ConsoleRole>(found - role_names.begin());
}

std::optional<std::string> canonical_login(std::string_view text)
{
    auto login = folded_name(text);
    auto const is_allowed
        = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '@' || c == '-'; };
    if (login.empty() || login.size() > 64 || !std::all_of(login.begin(), login.end(), is_allowed))
        return std::nullopt;
    return login;
}

result<Account> add_account(Ledger& ledger, NewAccount const& account, PasswordHash const& hash, Actor const& actor, Instant now)
{
    if (!is_valid(account))
        return errc::invalid_value;
    auto const login = *canonical_login(account.login);
    Deed const deed{"account.add", "account:" + login, actor, now};
    return carry_out(ledger, deed, [&]() -> result<Account> {
        auto& database = ledger.database();
        if (auto const allowed = require_administrator(ledger, actor, AccountId::none); !allowed)
            return allowed.error();
        if (auto const found = find_account(ledger, login); found)
            return errc::already_exists;
        if (account.is_break_glass && actor.account != AccountId::none)
            return errc::not_permitted;
        auto const sign_on = folded_name(account.sign_on);
        if (!sign_on.empty() && find_account_by_sign_on(ledger, sign_on))
            return errc::already_exists;
        // The machine's owner sets up a school that works at once; a role that a person of the console gives is given below.
        auto const role = actor.account == AccountId::none ? account.console_role : ConsoleRole::none;
        auto const person = person_of(ledger, account, login, actor);
        if (!person)
            return person.error();
        auto const added = database.execute(
            "INSERT INTO accounts (login, display_name, person, console_role, subject_role, groups, password, must_change, "
            "created_at, sign_on, break_glass) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            login, account.display_name, *person, role, account.subject_role, join_lines(account.groups), hash.text,
            account.must_change_password, now, sign_on, account.is_break_glass);
        if (!added)
            return added.error();
        auto const id = static_cast<AccountId>(database.last_row_id());
        if (auto const reserved = reserve_login(ledger, login, id); !reserved)
            return reserved.error();
        if (auto const noted = note_first_ways_in(ledger, id, !sign_on.empty(), actor, now); !noted)
            return noted.error();
        auto const detail = fmt::format("console role {}, subject role {}, person {}{}{}", to_text(account.console_role),
            account.subject_role.empty() ? "none" : account.subject_role, *person, sign_on.empty() ? "" : ", sign-on " + sign_on,
            account.is_break_glass ? ", break glass" : "");
        if (auto const audited = audit(ledger, deed, detail); !audited)
            return audited.error();
        if (auto const given = give_first_role(ledger, id, account.console_role, actor, now); !given)
            return given.error();
        return find_account(ledger, id);
    });
}

result<Account> find_account(Ledger& ledger, AccountId id)
{
    static std::string const sql = fmt::format("{}WHERE id = ?", select_account);
    return one(ledger.database().first(sql, read_account, id));
}

result<Account> find_account(Ledger& ledger, std::string_view login)
{
    static std::string const sql = fmt::format("{}WHERE login = ?", select_account);
    auto const canonical = canonical_login(login);
    if (!canonical)
        return errc::not_found;
    return one(ledger.database().first(sql, read_account, *canonical));
}

result<std::vector<Account>> list_accounts(Ledger& ledger)
{
    static std::string const sql = fmt::format("{}ORDER BY login", select_account);
    return ledger.database().collect(sql, read_account);
}

result<void> set_console_role(Ledger& ledger, AccountId account, ConsoleRole role, Actor const& actor, Instant now)
{
    Deed const deed{"account.set-role", object_of(account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const changeable = require_changeable(ledger, actor, account); !changeable)
            return changeable;
        auto const was = find_account(ledger, account);
        auto const withdrawn = withdraw_roles_of(ledger, account, now);
        if (!was || !withdrawn)
            return !was ? was.error() : withdrawn.error();
        if (was->console_role == role) // nobody's 24 hours begin anew, and nobody is signed out
            return *withdrawn > 0 ? audit(ledger, deed, fmt::format("{} stays", to_text(role))) : result<void>{};
        if (std::find(with_chief.begin(), with_chief.end(), role) == with_chief.end())
            if (auto const left = require_another_confirmer(ledger, actor, account); !left)
                return left;
        auto const way = ask_for_role(ledger, account, role, actor, now);
        if (!way || *way == RoleWay::waits)
            return way ? result<void>{} : result<void>{way.error()};
        if (auto const theirs = withdraw_roles(ledger, account, now); !theirs)
            return theirs;
        if (auto const written = write_role(ledger, account, role, now); !written)
            return written;
        return audit(ledger, deed, std::string{to_text(role)});
    });
}

result<void> set_subject(Ledger& ledger, AccountId account, std::string const& role, std::vector<std::string> const& groups,
    Actor const& actor, Instant now)
{
    if (!is_valid_subject(role, groups))
        return errc::invalid_value;
    Deed const deed{"account.set-subject", object_of(account), actor, now};
    return change_account(
        ledger, account, deed, Sessions::stay, role + " " + fmt::format("{}", fmt::join(groups, " ")), [&](Database& database) {
            return database.execute(
                "UPDATE accounts SET subject_role = ?, groups = ? WHERE id = ?", role, join_lines(groups), account);
        });
}

result<void> set_sign_on(Ledger& ledger, AccountId account, std::string const& name, Actor const& actor, Instant now)
{
    if (!is_sign_on(name))
        return errc::invalid_value;
    auto const folded = folded_name(name);
    Deed const deed{"account.set-sign-on", object_of(account), actor, now};
    return change_account(ledger, account, deed, Sessions::end, folded, [&](Database& database) -> result<void> {
        auto const owner = folded.empty() ? result<Account>{errc::not_found} : find_account_by_sign_on(ledger, folded);
        if (owner && owner->id != account)
            return errc::already_exists;
        if (auto const noted = note_sign_on(ledger, account, folded, actor, now); !noted)
            return noted;
        return database.execute("UPDATE accounts SET sign_on = ? WHERE id = ?", folded, account);
    });
}

result<Account> find_account_by_sign_on(Ledger& ledger, std::string_view name)
{
    static std::string const sql = fmt::format("{}WHERE sign_on = ? AND sign_on <> ''", select_account);
    return one(ledger.database().first(sql, read_account, folded_name(name)));
}

result<void> rename_account(Ledger& ledger, AccountId account, std::string_view login, Actor const& actor, Instant now)
{
    auto const canonical = canonical_login(login);
    if (!canonical)
        return errc::invalid_value;
    Deed const deed{"account.rename", object_of(account), actor, now};
    return change_account(ledger, account, deed, Sessions::stay, *canonical, [&](Database& database) -> result<void> {
        if (auto const reserved = reserve_login(ledger, *canonical, account); !reserved)
            return reserved;
        return database.execute("UPDATE accounts SET login = ? WHERE id = ?", *canonical, account);
    });
}

result<void> set_disabled(Ledger& ledger, AccountId account, bool disabled, Actor const& actor, Instant now)
{
    Deed const deed{disabled ? "account.disable" : "account.enable", object_of(account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const changeable = require_changeable(ledger, actor, account); !changeable)
            return changeable;
        auto const was = find_account(ledger, account);
        if (!was || was->disabled == disabled)
            return was ? result<void>{} : result<void>{was.error()};
        if (auto const left = disabled ? require_another_confirmer(ledger, actor, account) : result<void>{}; !left)
            return left;
        if (auto const withdrawn = withdraw_roles(ledger, account, now); !withdrawn)
            return withdrawn;
        if (auto const changed = ledger.database().execute(
                "UPDATE accounts SET disabled = ?1, disabled_at = iif(?1, ?2, NULL) WHERE id = ?3", disabled, now, account);
            !changed)
            return changed;
        if (auto const ended = end_every_session(ledger, account, now); !ended)
            return ended;
        auto const became = disabled ? result<std::string_view>{""} : give_role_again(ledger, *was, actor, now);
        return became ? audit(ledger, deed, role_detail(*was, *became)) : result<void>{became.error()};
    });
}

result<void> reset_password(Ledger& ledger, AccountId account, PasswordHash const& initial, Actor const& actor, Instant now)
{
    Deed const deed{"account.reset-password", object_of(account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const allowed = require_password_giver(ledger, actor, account, now); !allowed)
            return allowed;
        if (auto const noted = note_given_access(ledger, account, AccessKind::password, actor, now); !noted)
            return noted;
        // A code of whoever had the account for emergencies before would use up the next envelope and open nothing.
        auto const changed = ledger.database().execute(
            "UPDATE accounts SET password = ?1, must_change = 1 - break_glass, totp_secret = iif(break_glass, '', totp_secret)"
            " WHERE id = ?2",
            initial.text, account);
        auto const gone = ledger.database().execute(
            "DELETE FROM recovery_codes WHERE account = (SELECT id FROM accounts WHERE id = ? AND break_glass)", account);
        if (!changed || !gone)
            return !changed ? changed : gone;
        if (auto const ended = end_every_session(ledger, account, now); !ended)
            return ended;
        return audit(ledger, deed, "");
    });
}

} // namespace gatehouse::store
