// Changing and issuing passwords: the other half of sign_in.hpp.
#include "proxy/store/acting.hpp"
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/audit.hpp"
#include "proxy/store/sign_in.hpp"
#include "proxy/store/throttle.hpp"

namespace gatehouse::store {
namespace asio = boost::asio;
namespace {

struct Owner {
    Account account;
    PasswordHash stored;
};

std::size_t minimum_for(ConsoleRole role)
{
    return role == ConsoleRole::none ? minimum_proxy_password : minimum_console_password;
}

/// Whose password is to be proved again; the try is counted.
result<Owner> admit_proof(Ledger& ledger, AccountId id, std::string const& address, Instant now)
{
    auto account = find_account(ledger, id);
    if (!account)
        return account.error() == errc::not_found ? make_error_code(errc::wrong_password) : account.error();
    if (account->disabled)
        return errc::wrong_password;
    auto const wait = admit_attempt(ledger, account->login, address, now);
    if (!wait)
        return wait.error();
    if (*wait > std::chrono::seconds{0})
        return errc::throttled;
    auto const stored = ledger.database().first(
        "SELECT password FROM accounts WHERE id = ?", [](Statement const& row) { return PasswordHash{row.text(0)}; }, id);
    if (!stored)
        return stored.error();
    return Owner{std::move(*account), stored->value_or(PasswordHash{})};
}

result<Owner> admit_change(Ledger& ledger, PasswordChange const& change)
{
    auto const account = find_account(ledger, change.account);
    if (!account)
        return account.error() == errc::not_found ? make_error_code(errc::wrong_password) : account.error();
    // First, so that trying out new passwords does not count as guessing the old one.
    auto const strong = check_password_strength(change.new_password, minimum_for(account->console_role), account->login);
    if (!strong)
        return strong.error();
    if (change.new_password == change.old_password)
        return errc::password_too_common;
    return admit_proof(ledger, change.account, change.address, change.now);
}

result<std::string> keep_change(Ledger& ledger, PasswordChange const& change, Owner const& owner, PasswordHash const& fresh)
{
    Actor const actor{change.account, "", change.address};
    Deed const deed{"account.change-password", "account:" + std::to_string(number(change.account)), actor, change.now};
    return ledger.transact([&]() -> result<std::string> {
        // Compare-and-set: a reset by the ICT lead in between wins.
        auto const kept = ledger.database().execute(
            "UPDATE accounts SET password = ?, must_change = 0 WHERE id = ? AND password = ? AND disabled = 0", fresh.text,
            change.account, owner.stored.text);
        if (!kept)
            return kept.error();
        if (ledger.database().changed_rows() != 1)
            return errc::wrong_password;
        if (auto const forgiven = forgive_attempt(ledger, owner.account.login, change.address, change.now); !forgiven)
            return forgiven.error();
        if (auto const ended = end_all_sessions(ledger, change.account); !ended)
            return ended.error();
        if (auto const ended = end_api_tokens(ledger, change.account, change.now); !ended)
            return ended.error();
        if (auto const audited = audit(ledger, deed, ""); !audited)
            return audited.error();
        return create_session(ledger, change.account, change.address, change.now);
    });
}

/// The password that an account starts with, or why the one given is refused.
result<std::string> starting_password(NewAccount const& account, std::optional<std::string> const& given)
{
    if (!given)
        return random_password();
    if (auto const strong = check_password_strength(*given, minimum_for(account.console_role), account.login); !strong)
        return strong.error();
    return *given;
}

struct AddAccount {
    NewAccount account;
    PasswordHash hash;
    Actor actor;
    Instant now{};
    result<Account> operator()(Ledger& ledger) const { return add_account(ledger, account, hash, actor, now); }
};

struct ResetPassword {
    AccountId account;
    PasswordHash hash;
    Actor actor;
    Instant now{};
    result<Account> operator()(Ledger& ledger) const
    {
        if (auto const reset = reset_password(ledger, account, hash, actor, now); !reset)
            return reset.error();
        return find_account(ledger, account);
    }
};

result<IssuedAccount> issued(result<Account> account, std::string password)
{
    if (!account)
        return account.error();
    return IssuedAccount{std::move(*account), std::move(password)};
}

/// Whoever guesses at somebody's open session leaves a row, as whoever guesses at the door. Always an error.
asio::awaitable<result<void>> note_wrong_password(Store& store, AccountId account, std::string address, Instant now)
{
    Actor const actor{account, "", std::move(address)};
    auto const work = [account, &actor, now](Ledger& ledger) -> result<void> {
        auto const noted = record_event(ledger, actor, "sign-in.password-refused", object_of(account), "", now);
        return noted ? result<void>{errc::wrong_password} : noted;
    };
    co_return co_await store.call(work);
}

} // namespace

asio::awaitable<result<void>> confirm_password(
    Store& store, AccountId account, std::string password, std::string address, Instant now)
{
    if (password.size() > maximum_password)
        co_return errc::wrong_password;
    auto const first = [account, &address, now](Ledger& ledger) { return admit_proof(ledger, account, address, now); };
    auto const owner = co_await store.call(first);
    if (!owner)
        co_return owner.error();
    auto const check = co_await store.hasher().check(password, owner->stored);
    if (!check)
        co_return check.error();
    if (!check->matches)
        co_return co_await note_wrong_password(store, account, address, now);
    auto const second
        = [&login = owner->account.login, &address, now](Ledger& ledger) { return forgive_attempt(ledger, login, address, now); };
    co_return co_await store.call(second);
}

asio::awaitable<result<std::string>> change_password(Store& store, PasswordChange change)
{
    if (change.old_password.size() > maximum_password)
        co_return errc::wrong_password;
    auto const first = [&change](Ledger& ledger) { return admit_change(ledger, change); };
    auto const owner = co_await store.call(first);
    if (!owner)
        co_return owner.error();
    auto const check = co_await store.hasher().check(change.old_password, owner->stored);
    if (!check)
        co_return check.error();
    if (!check->matches) {
        auto const noted = co_await note_wrong_password(store, change.account, change.address, change.now);
        co_return noted.error();
    }
    auto const fresh = co_await store.hasher().hash(change.new_password);
    if (!fresh)
        co_return fresh.error();
    auto const second = [&change, &owner, &fresh](Ledger& ledger) { return keep_change(ledger, change, *owner, *fresh); };
    co_return co_await store.call(second);
}

asio::awaitable<result<IssuedAccount>> issue_account(
    Store& store, NewAccount account, std::optional<std::string> password, Actor actor, Instant now)
{
    auto const start = starting_password(account, password);
    if (!start)
        co_return start.error();
    auto const hash = co_await store.hasher().hash(*start);
    if (!hash)
        co_return hash.error();
    AddAccount const work{std::move(account), *hash, std::move(actor), now};
    co_return issued(co_await store.call(work), *start);
}

asio::awaitable<result<IssuedAccount>> issue_new_password(Store& store, AccountId account, Actor actor, Instant now)
{
    auto const start = random_password();
    auto const hash = co_await store.hasher().hash(start);
    if (!hash)
        co_return hash.error();
    ResetPassword const work{account, *hash, std::move(actor), now};
    co_return issued(co_await store.call(work), start);
}

result<IssuedAccount> issue_account_now(
    Store& store, NewAccount const& account, std::optional<std::string> const& password, Actor const& actor, Instant now)
{
    auto const start = starting_password(account, password);
    if (!start)
        return start.error();
    auto const hash = store.hasher().hash_now(*start);
    if (!hash)
        return hash.error();
    return issued(store.run(AddAccount{account, *hash, actor, now}), *start);
}

result<IssuedAccount> issue_new_password_now(Store& store, AccountId account, Actor const& actor, Instant now)
{
    auto const start = random_password();
    auto const hash = store.hasher().hash_now(start);
    if (!hash)
        return hash.error();
    return issued(store.run(ResetPassword{account, *hash, actor, now}), start);
}

} // namespace gatehouse::store
