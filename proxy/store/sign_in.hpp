#pragma once
// Signing in, to the console and to the proxy: throttle, hash, record. The same time and the same answer for an unknown login, a wrong password
// and a disabled account.

#include "proxy/store/role_grants.hpp"
#include "proxy/store/sessions.hpp"
#include "proxy/store/store.hpp"

namespace gatehouse::store {

struct SignInAttempt {
    std::string login;
    std::string password;
    std::string address; ///< of the client, canonical text
    Instant now{};
};

/// A role that waits, as it was in the moment of the sign-in: nobody's answer comes between that and what is told of it.
struct RoleWait {
    RoleGrant grant;
    ComingConfirmers confirmers;
};

struct SignInOutcome {
    enum class Status : std::uint8_t {
        signed_in,
        refused,
        throttled,
        waits, ///< it is them, and the role that was asked for them waits for a second person (role_grants.hpp): no session, but an audit row
    };
    Status status = Status::refused;
    std::chrono::seconds retry_after{0}; ///< for throttled
    Account account;                     ///< for signed_in and waits
    std::string token; ///< of the new console session, which may need a code (Session::needs_code); empty for the proxy
    std::optional<RoleWait> wait = {}; ///< for waits, always
};

/// With which a console account may come in.
enum class Passwords : std::uint8_t {
    all,
    break_glass, ///< the school's sign-on is the way; a password opens only an account for emergencies
};

/// Console: the account needs a console role. A session whose account still has its initial password opens nothing but the change form
/// (Session::account.must_change_password).
/// Errors: `errc::busy` and those of the database; never told to be a wrong password.
boost::asio::awaitable<result<SignInOutcome>> sign_in_console(
    Store& store, SignInAttempt attempt, Passwords passwords = Passwords::all);

/// Somebody whom the school's sign-on has named. No password, and nothing to throttle: the provider has seen to that. A second factor of ours is asked for
/// as well, where the account has one. `refused`: no account has that name, or it may not sign in. Errors: those of the database.
/// `shown_at`: when the person last showed the provider who they are; not set: it does not say, and now is taken.
result<SignInOutcome> sign_in_by_name(
    Ledger& ledger, std::string_view name, std::optional<Instant> shown_at, std::string const& address, Instant now);

/// Proxy-Authorization: Basic. The account needs a subject role and its own password. Callers keep the answer in identity::CredentialCache.
boost::asio::awaitable<result<SignInOutcome>> sign_in_proxy(Store& store, SignInAttempt attempt);

/// Asks for the password again before something grave. Errors: `errc::wrong_password`, `throttled`.
boost::asio::awaitable<result<void>> confirm_password(
    Store& store, AccountId account, std::string password, std::string address, Instant now);

struct PasswordChange {
    AccountId account = AccountId::none;
    std::string old_password;
    std::string new_password;
    std::string address;
    Instant now{};
};

/// Ends all sessions of the account and answers the token of a new one.
/// Errors: `errc::wrong_password`, `throttled`, `password_too_short`, `password_too_common`, `password_too_long`.
boost::asio::awaitable<result<std::string>> change_password(Store& store, PasswordChange change);

struct IssuedAccount {
    Account account;
    std::string password; ///< shown once; if it is an initial one it must be changed at the first sign-in
};

/// With a random initial password, or with `password` if given (checked for strength; still to be changed unless the account says otherwise).
boost::asio::awaitable<result<IssuedAccount>> issue_account(
    Store& store, NewAccount account, std::optional<std::string> password, Actor actor, Instant now);
boost::asio::awaitable<result<IssuedAccount>> issue_new_password(Store& store, AccountId account, Actor actor, Instant now);

/// Blocking forms, for the command line.
result<IssuedAccount> issue_account_now(
    Store& store, NewAccount const& account, std::optional<std::string> const& password, Actor const& actor, Instant now);
result<IssuedAccount> issue_new_password_now(Store& store, AccountId account, Actor const& actor, Instant now);

} // namespace gatehouse::store
