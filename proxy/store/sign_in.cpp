#include "proxy/store/sign_in.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/throttle.hpp"

namespace gatehouse::store {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::hours proxy_sign_in_noted{24}; // last_sign_in of proxy accounts is written at most this often

enum class Door : std::uint8_t { console, break_glass, proxy };

/// What is known before the password is looked at.
struct Admission {
    std::chrono::seconds wait{0};
    std::optional<Account> account; ///< only one that may use this door
    std::optional<PasswordHash> stored;
};

/// The login under which tries are counted: anything typed, bounded, so that unknown logins are throttled like known ones.
std::string counted_login(std::string const& typed)
{
    return canonical_login(typed).value_or("?" + token_hash(folded_name(typed)));
}

bool may_use(Account const& account, Door door)
{
    if (account.disabled)
        return false;
    if (door == Door::proxy)
        return !account.subject_role.empty() && !account.must_change_password;
    return account.console_role != ConsoleRole::none && (door == Door::console || account.is_break_glass);
}

/// New in the console: whoever has the right password hears why it opens nothing yet.
bool waits_for_role(Ledger& ledger, Account const& account, Door door, Instant now)
{
    if (door != Door::console || account.disabled || account.console_role != ConsoleRole::none)
        return false;
    auto const waiting = waiting_role(ledger, account.id);
    return waiting && waiting->waits(now);
}

/// It is them, and there is no session: on record all the same, since they were told what waits and who could say yes. Inside a transaction.
result<SignInOutcome> told_to_wait(Ledger& ledger, Account account, std::string const& address, std::string detail, Instant now)
{
    auto grant = waiting_role(ledger, account.id);
    if (!grant)
        return grant.error();
    auto confirmers = coming_role_confirmers(ledger, grant->id, now);
    if (!confirmers)
        return confirmers.error();
    Actor const actor{account.id, "", address};
    if (auto const audited = audit(ledger, {"sign-in.waits", object_of(account.id), actor, now}, std::move(detail)); !audited)
        return audited.error();
    RoleWait wait{std::move(*grant), std::move(*confirmers)};
    return SignInOutcome{SignInOutcome::Status::waits, {}, std::move(account), {}, std::move(wait)};
}

result<std::optional<PasswordHash>> stored_hash(Ledger& ledger, AccountId account)
{
    return ledger.database().first(
        "SELECT password FROM accounts WHERE id = ?", [](Statement const& row) { return PasswordHash{row.text(0)}; }, account);
}

result<Admission> admit(Ledger& ledger, SignInAttempt const& attempt, Door door)
{
    auto const login = counted_login(attempt.login);
    auto const wait = admit_attempt(ledger, login, attempt.address, attempt.now);
    if (!wait)
        return wait.error();
    Admission admission{*wait, {}, {}};
    auto const account = find_account(ledger, login);
    if (!account)
        return account.error() == errc::not_found ? result<Admission>{std::move(admission)} : result<Admission>{account.error()};
    if (!may_use(*account, door) && !waits_for_role(ledger, *account, door, attempt.now))
        return admission;
    auto stored = stored_hash(ledger, account->id);
    if (!stored)
        return stored.error();
    admission.account = *account;
    if (*stored && !(*stored)->text.empty()) // of a break-glass account whose password was used there is none
        admission.stored = std::move(*stored);
    return admission;
}

/// Everything between the hash and the answer is one transaction; the account is read again, because it may have changed meanwhile.
struct Completion {
    SignInAttempt attempt;
    Door door = Door::console;
    AccountId account = AccountId::none;
    PasswordHash stored;
    std::optional<PasswordHash> better;

    result<SignInOutcome> operator()(Ledger& ledger) const
    {
        Actor const actor{account, "", attempt.address};
        Deed const deed{"sign-in", "account:" + std::to_string(number(account)), actor, attempt.now};
        return ledger.transact([&] { return complete(ledger, deed); });
    }

    result<SignInOutcome> complete(Ledger& ledger, Deed const& deed) const
    {
        auto& database = ledger.database();
        auto const found = find_account(ledger, account);
        if (!found)
            return found.error();
        auto const hash = stored_hash(ledger, account);
        if (!hash)
            return hash.error();
        bool const waits = waits_for_role(ledger, *found, door, attempt.now);
        if ((!may_use(*found, door) && !waits) || !*hash || (*hash)->text != stored.text)
            return SignInOutcome{};
        if (auto const forgiven = forgive_attempt(ledger, found->login, attempt.address, attempt.now); !forgiven)
            return forgiven.error();
        if (waits)
            return told_to_wait(ledger, *found, attempt.address, "console", attempt.now);
        if (better)
            if (auto const kept = database.execute("UPDATE accounts SET password = ? WHERE id = ?", better->text, account); !kept)
                return kept.error();
        SignInOutcome outcome{SignInOutcome::Status::signed_in, {}, *found, {}};
        bool const is_noted
            = door == Door::proxy && found->last_sign_in && attempt.now < *found->last_sign_in + proxy_sign_in_noted;
        if (!is_noted)
            if (auto const noted = database.execute("UPDATE accounts SET last_sign_in = ? WHERE id = ?", attempt.now, account);
                !noted)
                return noted.error();
        if (door == Door::proxy)
            return outcome;
        auto token = create_session(ledger, account, attempt.address, attempt.now, {.needs_code = found->has_second_factor});
        if (!token)
            return token.error();
        outcome.token = std::move(*token);
        if (auto const audited = audit(ledger, deed, found->has_second_factor ? "console, code to come" : "console"); !audited)
            return audited.error();
        if (found->is_break_glass)
            if (auto const spent = spend_break_glass(ledger, *found, deed); !spent)
                return spent.error();
        return outcome;
    }

    /// Its password is used up with this; everybody who answers for the policy hears of it (notices.cpp).
    static result<void> spend_break_glass(Ledger& ledger, Account const& account, Deed const& deed)
    {
        auto const spent = ledger.database().execute("UPDATE accounts SET password = '' WHERE id = ?", account.id);
        if (!spent)
            return spent;
        Deed const used{"break-glass.used", deed.object, deed.actor, deed.now};
        return audit(ledger, used, "its password opens nothing any more");
    }
};

asio::awaitable<result<SignInOutcome>> sign_in(Store& store, SignInAttempt attempt, Door door)
{
    if (attempt.password.size() > maximum_password)
        attempt.password.clear(); // cannot be right, and must not make the hash dear; still counted and answered like any other
    auto const first = [&attempt, door](Ledger& ledger) { return admit(ledger, attempt, door); };
    auto admission = co_await store.call(first);
    if (!admission)
        co_return admission.error();
    if (admission->wait > std::chrono::seconds{0})
        co_return SignInOutcome{SignInOutcome::Status::throttled, admission->wait, {}, {}};
    auto const check = co_await store.hasher().check(attempt.password, admission->stored);
    if (!check)
        co_return check.error();
    if (check->matches) {
        Completion const second{attempt, door, admission->account->id, *admission->stored, check->better};
        co_return co_await store.call(second);
    }
    if (door != Door::proxy) {
        auto const note = [&attempt](Ledger& ledger) {
            Actor const nobody{AccountId::none, "anonymous", attempt.address};
            return record_event(
                ledger, nobody, "sign-in.refused", "login:" + counted_login(attempt.login), "console", attempt.now);
        };
        if (auto const noted = co_await store.call(note); !noted)
            co_return noted.error();
    }
    co_return SignInOutcome{};
}

/// Inside a transaction.
result<SignInOutcome> let_in_by_name(
    Ledger& ledger, Account account, std::optional<Instant> shown_at, std::string const& address, Instant now)
{
    SessionStart const start{.needs_code = account.has_second_factor, .by_sign_on = true, .proved_at = shown_at};
    auto token = create_session(ledger, account.id, address, now, start);
    if (!token)
        return token.error();
    // Whoever the provider vouches for needs no password of ours. A first one that nobody changed opens nothing any more: somebody else has seen it.
    auto const noted = ledger.database().execute(
        "UPDATE accounts SET last_sign_in = ?, password = iif(must_change, '', password), must_change = 0 WHERE id = ?", now,
        account.id);
    if (!noted)
        return noted.error();
    Deed const deed{"sign-in", object_of(account.id), {account.id, "", address}, now};
    if (auto const audited = audit(ledger, deed, "by the school's sign-on"); !audited)
        return audited.error();
    account.must_change_password = false;
    return SignInOutcome{SignInOutcome::Status::signed_in, {}, std::move(account), std::move(*token)};
}

} // namespace

asio::awaitable<result<SignInOutcome>> sign_in_console(Store& store, SignInAttempt attempt, Passwords passwords)
{
    return sign_in(store, std::move(attempt), passwords == Passwords::all ? Door::console : Door::break_glass);
}

result<SignInOutcome> sign_in_by_name(
    Ledger& ledger, std::string_view name, std::optional<Instant> shown_at, std::string const& address, Instant now)
{
    return ledger.transact([&]() -> result<SignInOutcome> {
        auto account = find_account_by_sign_on(ledger, name);
        if (!account && account.error() != errc::not_found)
            return account.error();
        if (account && waits_for_role(ledger, *account, Door::console, now))
            return told_to_wait(ledger, std::move(*account), address, "by the school's sign-on", now);
        if (!account || account->is_break_glass || !may_use(*account, Door::console)) {
            Actor const nobody{AccountId::none, "anonymous", address};
            Deed const refused{"sign-in.refused", "sign-on:" + folded_name(name), nobody, now};
            auto const noted = audit(ledger, refused, "no account for this name");
            return noted ? result<SignInOutcome>{SignInOutcome{}} : result<SignInOutcome>{noted.error()};
        }
        return let_in_by_name(ledger, std::move(*account), shown_at, address, now);
    });
}

asio::awaitable<result<SignInOutcome>> sign_in_proxy(Store& store, SignInAttempt attempt)
{
    return sign_in(store, std::move(attempt), Door::proxy);
}

} // namespace gatehouse::store
