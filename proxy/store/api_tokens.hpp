#pragma once
// Keys with which programs use the console in the name of an account: with its role, for a time, to read only or to change things too. Only their
// hashes are kept.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class ApiTokenId : std::int64_t { none = 0 };

struct ApiToken {
    ApiTokenId id = ApiTokenId::none;
    AccountId account = AccountId::none;
    std::string name; ///< what it is for
    bool may_change = false;
    Instant created_at{}, ends_at{};
    std::optional<Instant> last_used; ///< to the minute
    std::optional<Instant> ended_at;  ///< by hand, or with the account's role or password

    bool is_live(Instant now) const { return !ended_at && now < ends_at; }
};

inline constexpr std::chrono::hours longest_token_life{366 * 24};
inline constexpr std::size_t most_live_tokens = 20; ///< of one account

struct NewApiToken {
    std::string name;
    bool may_change = false;
    Instant ends_at{};
};

/// For the actor's own account. The token, which is shown once. Errors: `errc::invalid_value` without a name, with a longer life than a year or too
/// many live ones; `not_permitted` without a console role.
result<std::string> create_api_token(Ledger& ledger, NewApiToken const& token, Actor const& actor, Instant now);
/// By its own person or the ICT lead. Errors: `errc::not_found`, `not_permitted`, `access_given_recently`, `wrong_state` if it has ended.
result<void> end_api_token(Ledger& ledger, ApiTokenId id, Actor const& actor, Instant now);
/// Those of an account, newest first.
result<std::vector<ApiToken>> list_api_tokens(Ledger& ledger, AccountId account);
/// All of an account, as part of a change of it.
result<void> end_api_tokens(Ledger& ledger, AccountId account, Instant now);

struct ApiCaller {
    Account account;
    ApiToken token;
};
/// Errors: `errc::no_session` for what is no token, has ended, or whose account may not sign in.
result<ApiCaller> find_api_caller(Ledger& ledger, std::string_view token, Instant now);

} // namespace gatehouse::store
