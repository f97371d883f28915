#pragma once
// What for and how long marketing looks at the access log (clause 12): stated before the first look, over by itself, open to those who answer for people's
// data.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class LogPurposeId : std::int64_t { none = 0 };

struct LogPurpose {
    LogPurposeId id = LogPurposeId::none;
    AccountId account = AccountId::none;
    std::string login; ///< of the account
    std::string purpose;
    Instant from{}, until{};
    std::optional<Instant> ended_at; ///< before its time
};

inline constexpr std::chrono::hours longest_look{14 * 24};

/// Marketing, for itself; one that was live ends. Errors: `errc::invalid_value` without a purpose or beyond two weeks, `not_permitted`.
result<LogPurpose> begin_log_purpose(Ledger& ledger, std::string const& purpose, Instant until, Actor const& actor, Instant now);
/// Its own person, the headteacher or the data protection officer. Errors: `errc::not_found`, `wrong_state` if it is over, `not_permitted`.
result<void> end_log_purpose(Ledger& ledger, LogPurposeId id, Actor const& actor, Instant now);
/// The one that is live for that account, if there is one.
result<std::optional<LogPurpose>> live_log_purpose(Ledger& ledger, AccountId account, Instant now);
/// Newest first.
result<std::vector<LogPurpose>> list_log_purposes(Ledger& ledger, std::size_t limit = 50, std::size_t skipped = 0);
result<std::size_t> count_log_purposes(Ledger& ledger);

} // namespace gatehouse::store
