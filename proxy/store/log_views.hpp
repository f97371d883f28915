#pragma once
// Searches of the access log that somebody comes back to: their own, by name. What is searched for stands in the query of the page's address; why somebody
// looks is never kept with it.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class LogViewId : std::int64_t { none = 0 };

struct LogView {
    LogViewId id = LogViewId::none;
    std::string name;
    std::string query; ///< "verdict=block&category=games", without '?'
};

inline constexpr std::size_t most_log_views = 50; ///< of one account

/// One of that name is replaced. Errors: `errc::invalid_value` without a name, with too long a query or too many others.
result<void> save_log_view(Ledger& ledger, AccountId account, std::string const& name, std::string const& query);
/// Errors: `errc::not_found`, also for somebody else's.
result<void> remove_log_view(Ledger& ledger, AccountId account, LogViewId id);
/// By name.
result<std::vector<LogView>> list_log_views(Ledger& ledger, AccountId account);

} // namespace gatehouse::store
