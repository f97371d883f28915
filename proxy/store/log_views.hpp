#pragma once
// Searches of the access log that somebody comes back to, by name: their own, and those that others share. What is searched for stands in the query of the
// page's address; why somebody looks is never kept with it. One that names a person, a device, an address or a single page stays its owner's.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class LogViewId : std::int64_t { none = 0 };

struct LogView {
    LogViewId id = LogViewId::none;
    std::string name;
    std::string query; ///< "verdict=block&category=games", without '?'
    AccountId owner = AccountId::none;
    std::string owner_name; ///< as people know it
    bool is_shared = false;
};

inline constexpr std::size_t most_log_views = 50; ///< of one account

/// One of that name is replaced. Errors: `errc::invalid_value` without a name, with too long a query or too many others; `wrong_state`
/// if that one is shared and would now name somebody.
result<void> save_log_view(Ledger& ledger, AccountId account, std::string const& name, std::string const& query);
/// Its owner; a shared one also the ICT lead, which the audit tells. Errors: `errc::not_found`, also for what the actor does not see;
/// `not_permitted` for somebody else's that is shared.
result<void> remove_log_view(Ledger& ledger, LogViewId id, Actor const& actor, Instant now);
/// Its owner decides who sees it; the ICT lead can end it. Errors: as remove_log_view; `errc::wrong_state` for one that names somebody.
enum class Seen : std::uint8_t { by_owner, by_all };
result<void> set_log_view_seen(Ledger& ledger, LogViewId id, Seen seen, Actor const& actor, Instant now);
/// The account's own by name, then those of others that are shared.
result<std::vector<LogView>> list_log_views(Ledger& ledger, AccountId account);

/// Only what says nothing of one person: site, verdict, category, terms, rule, span and columns. Anything else is not shared, by its name or any
/// other spelling of it.
bool is_about_nobody(std::string_view query);

} // namespace gatehouse::store
