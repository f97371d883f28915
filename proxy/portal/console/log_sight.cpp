#include "proxy/portal/console/log_sight.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

log::StoredRecord LogSight::shown(log::StoredRecord row) const
{
    log::hide_sealed(row, *policy_);
    if (names_ == Names::hidden)
        log::hide_person(row, reader_.pseudonym_of(row.user), personal_devices_);
    return row;
}

std::vector<log::StoredRecord> LogSight::shown(std::vector<log::StoredRecord> rows) const
{
    std::erase_if(rows, [this](auto const& row) { return is_own(row); });
    for (auto& row : rows)
        row = shown(std::move(row));
    return rows;
}

task<std::variant<LogSight, Response>> begin_look(Visit const& visit, store::LogLook look, Names names)
{
    look.actor = visit.actor();
    look.now = visit.instant();
    auto const work = [look = std::move(look)](store::Ledger& ledger) { return store::begin_log_look(ledger, look); };
    auto reader = co_await visit.site.services.store.call(work);
    if (reader)
        co_return LogSight{std::move(*reader), visit.site.services.current_policy(), names};
    if (reader.error() == store::errc::conflict_of_interest)
        co_return own_rows_refused(visit);
    co_return show_failure(visit, reader.error());
}

Response own_rows_refused(Visit const& visit)
{
    return show_message(visit, 403, "These are your own rows",
        "Nobody looks at what the log has about themselves. Ask somebody else who may read it: the ICT lead, the online safety "
        "officer "
        "or the safeguarding lead.");
}

} // namespace gatehouse::portal::console
