#pragma once
// People who may sign in: to the console (role) and to the proxy (subject role and groups). Passwords are never seen here, only their hashes;
// sign_in.hpp puts the two together.

#include "proxy/store/ledger.hpp"
#include "proxy/store/password_hasher.hpp"

namespace gatehouse::store {

enum class ConsoleRole : std::uint8_t {
    none,
    officer,
    headteacher,
    ict_lead,
    dsl,
    dpo,
    chief_executive,
    marketing,
    auditor,
    supervisor
};
std::string_view to_text(ConsoleRole
        role); ///< "officer", "headteacher", "ict-lead", "dsl", "dpo", "chief-executive", "marketing", "auditor", "supervisor", "none"
std::optional<ConsoleRole> parse_console_role(std::string_view text);

/// After a change of role, or after somebody was told of another way in, before the account decides anything.
inline constexpr std::chrono::hours settling_time{24};
/// What waits for a second person expires after this.
inline constexpr std::chrono::days second_person_time{14};

struct Account {
    AccountId id = AccountId::none;
    std::string login; ///< lower case, [a-z0-9._@-], at most 64 bytes, unique
    std::string display_name;
    std::string person; ///< the same for all accounts of one human being; the login unless given
    ConsoleRole console_role = ConsoleRole::none;
    std::string subject_role; ///< "staff", "pupil"; empty: this account does not sign in to the proxy
    std::vector<std::string> groups;
    bool disabled = false;
    bool must_change_password = true;
    std::string sign_on;            ///< name at the provider of the school's sign-on; empty: none
    bool is_break_glass = false;    ///< for the day when nobody else gets in: its password works once, whatever the sign-on says
    bool has_second_factor = false; ///< a code is asked for beside the password (second_factor.hpp)
    Instant created_at{};
    std::optional<Instant> role_changed_at; ///< by a person of the console; not set for accounts made on the command line
    std::optional<Instant> last_sign_in;
    std::optional<Instant> disabled_at;     ///< since when nobody signs in with it
    std::optional<Instant> access_given_at; ///< the newest that somebody else gave it and nobody confirmed (given_access.hpp)
    std::optional<Instant> access_told_at;  ///< when somebody was told of the last of those; nothing: of one of them nobody was
    bool access_refused = false; ///< a second person said that it is not them: closed until somebody else gives it another way in
    std::optional<Instant> forgotten_at; ///< the person was taken out of it (forgotten_accounts.hpp): nothing changes it any more

    /// Somebody else has given it another way in, and it decides nothing yet.
    bool is_held(Instant now) const { return access_given_at && (!access_told_at || now < *access_told_at + settling_time); }
};

struct NewAccount {
    std::string login;
    std::string display_name;
    std::string person; ///< empty: the login
    ConsoleRole console_role = ConsoleRole::none;
    std::string subject_role;
    std::vector<std::string> groups;
    bool must_change_password
        = true; ///< false only for proxy accounts whose password was typed by their owner, and break-glass accounts
    std::string sign_on;
    bool is_break_glass = false; ///< by the machine's owner only
};

/// Lower-cased and trimmed; nothing if it cannot be a login.
std::optional<std::string> canonical_login(std::string_view text);

/// Errors: `errc::already_exists`, `invalid_value` (in the console also a person whom nobody is), `not_permitted` (console: ICT lead only, nobody themselves);
/// the role may wait (role_grants.hpp).
result<Account> add_account(Ledger& ledger, NewAccount const& account, PasswordHash const& hash, Actor const& actor, Instant now);

result<Account> find_account(Ledger& ledger, AccountId id);
result<Account> find_account(Ledger& ledger, std::string_view login);
result<std::vector<Account>> list_accounts(Ledger& ledger);

/// Ends all sessions and starts 24 hours of deciding nothing; or waits (role_grants.hpp). Errors, here and of closing: `errc::last_confirmer` (second_person.hpp). The role that it has changes nothing, but takes back what waits.
result<void> set_console_role(Ledger& ledger, AccountId account, ConsoleRole role, Actor const& actor, Instant now);
result<void> set_subject(Ledger& ledger, AccountId account, std::string const& role, std::vector<std::string> const& groups,
    Actor const& actor, Instant now);
/// The account's name at the provider; empty takes it away. A new one starts 24 hours of deciding nothing (given_access.hpp), as does a new password. Errors: `errc::already_exists` if another account has it.
result<void> set_sign_on(Ledger& ledger, AccountId account, std::string const& name, Actor const& actor, Instant now);
/// Errors: `errc::not_found`.
result<Account> find_account_by_sign_on(Ledger& ledger, std::string_view name);
/// The old login stays reserved for this person, so that a renamed account is still recognised as the requester.
result<void> rename_account(Ledger& ledger, AccountId account, std::string_view login, Actor const& actor, Instant now);
/// Ends all sessions; where it is so already nothing happens. This and every other change: `errc::wrong_state` where the person was taken out of the account.
result<void> set_disabled(Ledger& ledger, AccountId account, bool disabled, Actor const& actor, Instant now);
/// A new initial password, single use: must be changed at the next sign-in; that of an account for emergencies is its next one. Ends all
/// sessions. One whose way in was refused is opened with it, by whoever could have confirmed that (given_access.hpp). Errors: `errc::not_permitted`
/// also of an account for emergencies in the console.
result<void> reset_password(Ledger& ledger, AccountId account, PasswordHash const& initial, Actor const& actor, Instant now);

} // namespace gatehouse::store
