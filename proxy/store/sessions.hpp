#pragma once
// Console sessions. The token is 128 random bits, returned once and kept as a hash; a session ends when idle, old, signed out, or when its
// account's role, password or permission changes.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

inline constexpr std::chrono::minutes session_idle{15};
inline constexpr std::chrono::hours session_age{12};

struct Session {
    SessionId id = SessionId::none;
    Account account; ///< as it is now
    Instant created_at{};
    Instant last_seen{};
    std::string address;     ///< where it was made
    bool by_sign_on = false; ///< the school's sign-on brought the person here, not a password
    bool needs_code = false; ///< the password was right, the code of the second factor is still to come: it opens nothing else
    Instant proved_at{};     ///< when the person last showed who they are: by signing in here, or earlier at the school's sign-on
};

/// How a session begins; as in Session.
struct SessionStart {
    bool needs_code = false;
    bool by_sign_on = false;
    std::optional<Instant> proved_at{}; ///< now, if nothing else is known
};
/// A new session; the token is 32 hexadecimal digits and is not kept.
result<std::string> create_session(
    Ledger& ledger, AccountId account, std::string const& address, Instant now, SessionStart start = {});
/// The live session of a token, with its account; counts as activity (written at most every 30 s).
/// Errors: `errc::no_session`.
result<Session> find_session(Ledger& ledger, std::string_view token, Instant now);
/// Whether it is live still, without counting as activity: for what goes on by itself. Errors: `errc::no_session`.
result<void> check_session(Ledger& ledger, SessionId session, Instant now);
result<std::vector<Session>> list_sessions(Ledger& ledger, AccountId account, Instant now);
result<void> end_session(Ledger& ledger, SessionId session);
/// By its own person, or by the ICT lead; on record. Errors: `errc::not_found`, `not_permitted`, `access_given_recently`.
result<void> end_session_of(Ledger& ledger, SessionId session, Actor const& actor, Instant now);
result<void> end_all_sessions(Ledger& ledger, AccountId account);
/// The same as somebody's deed, with its audit row: of the own account. Errors: `errc::not_permitted`.
result<void> end_all_sessions_of(Ledger& ledger, Actor const& actor, Instant now);
/// Removes what is idle or too old; housekeeping.
result<void> prune_sessions(Ledger& ledger, Instant now);

} // namespace gatehouse::store
