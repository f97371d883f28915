#include "proxy/store/retention.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

struct Class {
    std::string_view id, sql;
};
constexpr Class classes[] = {{"incidents", "SELECT count(*), 0, min(at) FROM incidents"},
    {"requests", "SELECT count(*), coalesce(sum(state IN (0, 1)), 0), min(submitted_at) FROM unblock_requests"},
    {"reports", "SELECT count(*), coalesce(sum(state = 0), 0), min(at) FROM reports"}};
static_assert(static_cast<int>(RequestState::submitted) == 0 && static_cast<int>(RequestState::recommended) == 1);
static_assert(static_cast<int>(ReportState::open) == 0);

/// Runs a removal and says how many rows it took.
result<std::int64_t> remove(Database& database, std::string_view sql, Instant before)
{
    if (auto const removed = database.execute(sql, before); !removed)
        return removed.error();
    return database.changed_rows();
}

/// Closed before that instant; neither it nor the one that it follows is open or has a grant that is.
constexpr std::string_view old_requests
    = "(SELECT r.id FROM unblock_requests r WHERE r.state NOT IN (0, 1) AND coalesce(r.decided_at, r.submitted_at) < ?1"
      " AND NOT EXISTS (SELECT 1 FROM unblock_requests f LEFT JOIN overrides o ON o.id = f.override WHERE f.id IN (r.id, "
      "r.merged_into)"
      " AND (f.state IN (0, 1) OR (o.id IS NOT NULL AND o.ended_at IS NULL))))";

result<std::int64_t> remove_requests(Database& database, Instant before)
{
    for (auto const* const sql : {"DELETE FROM unblock_events WHERE request IN {}",
             "UPDATE unblock_requests SET merged_into = NULL WHERE merged_into IN {}"})
        if (auto const done = remove(database, fmt::format(fmt::runtime(sql), old_requests), before); !done)
            return done;
    return remove(database, fmt::format("DELETE FROM unblock_requests WHERE id IN {}", old_requests), before);
}

result<std::int64_t> remove_reports(Database& database, Instant before)
{
    if (auto const notes = remove(database,
            "DELETE FROM report_notes WHERE report IN (SELECT id FROM reports WHERE state = 1 AND handled_at < ?1)", before);
        !notes)
        return notes;
    return remove(database, "DELETE FROM reports WHERE state = 1 AND handled_at < ?1", before);
}

} // namespace

result<std::vector<ClassKept>> what_is_kept(Ledger& ledger)
{
    std::vector<ClassKept> kept;
    for (auto const& each : classes) {
        auto const found = ledger.database().first(each.sql, [&](Statement const& row) {
            return ClassKept{each.id, row.integer(0), row.integer(1), row.optional_instant(2)};
        });
        if (!found)
            return found.error();
        kept.push_back(found->value_or(ClassKept{each.id, 0, 0, {}}));
    }
    return kept;
}

result<Purged> purge_records(Ledger& ledger, PurgeBefore const& before, Instant now)
{
    return ledger.transact([&]() -> result<Purged> {
        auto& database = ledger.database();
        Purged purged;
        auto const take = [&](std::optional<Instant> when, std::int64_t& into, auto removal) -> result<void> {
            if (!when)
                return {};
            auto const count = removal(database, *when);
            if (!count)
                return count.error();
            into = *count;
            return {};
        };
        auto const incidents
            = [](Database& rows, Instant when) { return remove(rows, "DELETE FROM incidents WHERE last_at < ?1", when); };
        if (auto const done = take(before.incidents, purged.incidents, incidents); !done)
            return done.error();
        if (auto const done = take(before.requests, purged.requests, remove_requests); !done)
            return done.error();
        if (auto const done = take(before.reports, purged.reports, remove_reports); !done)
            return done.error();
        if (purged.all() == 0)
            return purged;
        auto const detail = fmt::format(
            "{} incidents, {} requests, {} reports were over their time", purged.incidents, purged.requests, purged.reports);
        if (auto const audited = audit(ledger, {"retention.purge", "records", {AccountId::none, "system", ""}, now}, detail);
            !audited)
            return audited.error();
        return purged;
    });
}

} // namespace gatehouse::store
