#include "proxy/store/log_views.hpp"

#include "proxy/store/acting.hpp"

namespace gatehouse::store {

result<void> save_log_view(Ledger& ledger, AccountId account, std::string const& name, std::string const& query)
{
    if (!is_plain_text(name, 100) || name.find('\n') != std::string::npos || !is_plain_text(query, 2000, Empty::allowed))
        return errc::invalid_value;
    return ledger.transact([&]() -> result<void> {
        auto const others = list_log_views(ledger, account);
        if (!others)
            return others.error();
        if (others->size() >= most_log_views)
            return errc::invalid_value;
        return ledger.database().execute("INSERT INTO log_views (account, name, query) VALUES (?1, ?2, ?3) ON CONFLICT (account, "
                                         "name) DO UPDATE SET query = ?3",
            account, name, query);
    });
}

result<void> remove_log_view(Ledger& ledger, AccountId account, LogViewId id)
{
    return ledger.transact([&]() -> result<void> {
        auto const gone = ledger.database().execute("DELETE FROM log_views WHERE id = ? AND account = ?", id, account);
        if (!gone)
            return gone;
        return ledger.database().changed_rows() == 1 ? result<void>{} : result<void>{errc::not_found};
    });
}

result<std::vector<LogView>> list_log_views(Ledger& ledger, AccountId account)
{
    auto const read = [](Statement const& row) { return LogView{row.id<LogViewId>(0), row.text(1), row.text(2)}; };
    return ledger.database().collect("SELECT id, name, query FROM log_views WHERE account = ? ORDER BY name", read, account);
}

} // namespace gatehouse::store
