#pragma once
// A code of one's phone beside the password (TOTP, RFC 6238: six digits of SHA-1, new every 30 seconds), and codes on paper for when the phone is gone.
// A code works once. The secret has to be known to whoever checks codes, so it is in the database.

#include "proxy/store/sessions.hpp"

namespace gatehouse::store {

inline constexpr std::size_t totp_secret_size = 20; ///< bytes, RFC 4226 §4
inline constexpr std::size_t recovery_code_count = 10;

/// How long a new secret waits for its first code. Whoever finds the session later is not shown it.
inline constexpr std::chrono::minutes unconfirmed_secret_time{10};

/// A new secret in base 32 (RFC 4648 §6), without force until it is confirmed; it is of this session alone, and one that waits there is replaced.
/// Errors: `errc::wrong_state` if the account has a second factor already, `not_permitted` for the one for emergencies: whoever opens its envelope has no
/// phone of it; `no_session`.
result<std::string> begin_second_factor(Ledger& ledger, SessionId session, Actor const& actor, Instant now);
/// The secret of this session that waits for its confirmation. Errors: `errc::not_found`.
result<std::string> waiting_secret(Ledger& ledger, SessionId session, AccountId account, Instant now);
/// Puts the waiting secret into force if the code is one of it, and ends all other sessions of the account. The recovery codes are told here and never
/// again. Errors: `errc::wrong_code`, `throttled`, `not_found`, `wrong_state` if there is one already.
result<std::vector<std::string>> confirm_second_factor(
    Ledger& ledger, std::string_view code, SessionId session, Actor const& actor, Instant now);
/// Errors: `errc::wrong_code`, `throttled`, `wrong_state` if there is none.
result<void> remove_second_factor(Ledger& ledger, std::string_view code, Actor const& actor, Instant now);
/// Asks for a code again before something grave. Errors: `errc::wrong_code`, also where there is no second factor, `throttled`.
result<void> confirm_code(Ledger& ledger, AccountId account, std::string_view code, std::string const& address, Instant now);
/// For somebody whose phone and paper are gone: the ICT lead, not for themselves, or the command line. Ends all sessions of the account.
/// Errors: `errc::not_permitted`, `not_found`.
result<void> clear_second_factor(Ledger& ledger, AccountId account, Actor const& actor, Instant now);

/// The second step of signing in: a session that needs a code ends, and the token of one that opens everything is returned.
/// Errors: `errc::wrong_code`, `throttled`, `no_session`.
result<std::string> pass_second_factor(
    Ledger& ledger, Session const& session, std::string_view code, std::string const& address, Instant now);
/// Recovery codes that were not used yet.
result<std::int64_t> recovery_codes_left(Ledger& ledger, AccountId account);

/// What a phone's app reads from the picture: "otpauth://totp/School:o.smith?secret=...&issuer=School".
std::string totp_address(std::string_view school, std::string_view login, std::string_view secret);

} // namespace gatehouse::store
