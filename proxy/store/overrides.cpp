#include "proxy/store/overrides.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/override_steps.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_override
    = "SELECT id, request, clause, reason, who_column, what_column, where_column, when_column,"
      " starts_at, ends_at, created_at, approved_by, ended_at, ended_by, end_reason FROM overrides ";

OverrideRow read_override(Statement const& row)
{
    OverrideRow read;
    read.id = row.id<OverrideId>(0);
    read.request = row.id<RequestId>(1);
    read.clause = row.text(2);
    read.reason = row.text(3);
    read.who = split_lines(row.text(4));
    read.what = split_lines(row.text(5));
    read.where = split_lines(row.text(6));
    read.when = split_lines(row.text(7));
    read.from = row.instant(8);
    read.until = row.instant(9);
    read.created_at = row.instant(10);
    read.approved_by = row.text(11);
    read.ended_at = row.optional_instant(12);
    read.ended_by = row.text(13);
    read.end_reason = row.text(14);
    return read;
}

std::string override_object(OverrideId id)
{
    return fmt::format("override:{}", number(id));
}

} // namespace

result<OverrideId> insert_override(Ledger& ledger, OverrideRow const& row)
{
    auto const added = ledger.database().execute("INSERT INTO overrides (request, clause, reason, who_column, what_column, "
                                                 "where_column, when_column, starts_at, ends_at, created_at,"
                                                 " approved_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        row.request, row.clause, row.reason, join_lines(row.who), join_lines(row.what), join_lines(row.where),
        join_lines(row.when), row.from, row.until, row.created_at, row.approved_by);
    if (!added)
        return added.error();
    return static_cast<OverrideId>(ledger.database().last_row_id());
}

result<void> end_override(Ledger& ledger, OverrideRow const& row, std::string const& who, std::string const& reason, Instant now)
{
    auto& database = ledger.database();
    auto const ended
        = database.execute("UPDATE overrides SET ended_at = ?, ended_by = ?, end_reason = ? WHERE id = ? AND ended_at IS NULL",
            now, who, reason, row.id);
    if (!ended)
        return ended;
    if (database.changed_rows() != 1)
        return errc::wrong_state;
    return database.execute(
        "INSERT INTO unblock_events (request, at, actor, event, text) SELECT id, ?, ?, ?, ? FROM unblock_requests WHERE id = ?",
        now, who, std::string_view{who == "system" ? "ended" : "revoked"}, reason, row.request);
}

result<std::vector<OverrideRow>> current_overrides(Ledger& ledger, Instant now)
{
    static std::string const sql = fmt::format("{}WHERE ended_at IS NULL AND ends_at > ? ORDER BY id", select_override);
    return ledger.database().collect(sql, read_override, now);
}

result<std::size_t> count_overrides(Ledger& ledger)
{
    return count_rows(ledger, "SELECT count(*) FROM overrides");
}

result<std::vector<OverrideRow>> list_overrides(Ledger& ledger, std::size_t limit, std::size_t skipped)
{
    static std::string const sql = fmt::format("{}ORDER BY id DESC LIMIT ? OFFSET ?", select_override);
    return ledger.database().collect(sql, read_override, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(skipped));
}

result<OverrideRow> find_override(Ledger& ledger, OverrideId id)
{
    static std::string const sql = fmt::format("{}WHERE id = ?", select_override);
    auto found = ledger.database().first(sql, read_override, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

result<void> revoke_override(Ledger& ledger, OverrideId id, std::string const& reason, Actor const& actor, Instant now)
{
    if (!is_plain_text(reason, 2000))
        return errc::invalid_value;
    Deed const deed{"override.revoke", override_object(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        // Closing is safe at any time, so neither the 24 hours nor three people are asked for.
        auto const account = require_role(ledger, actor, {ConsoleRole::officer, ConsoleRole::headteacher});
        if (!account)
            return account.error();
        auto const row = find_override(ledger, id);
        if (!row)
            return row.error();
        if (row->until <= now)
            return errc::wrong_state;
        if (auto const ended = end_override(ledger, *row, account->login, reason, now); !ended)
            return ended;
        // What one of two people closed is not opened again by the other one's key alone.
        auto const taken = ledger.database().execute("UPDATE permissions SET head_until = min(head_until, ?1), officer_until = "
                                                     "min(officer_until, ?1), version = version + 1 WHERE granted = ?2",
            now, id);
        return taken ? audit(ledger, deed, reason) : taken;
    });
}

result<std::int64_t> end_overrides(Ledger& ledger, Instant now)
{
    static std::string const sql = fmt::format("{}WHERE ended_at IS NULL AND ends_at <= ? ORDER BY id", select_override);
    return ledger.transact([&]() -> result<std::int64_t> {
        auto const over = ledger.database().collect(sql, read_override, now);
        if (!over)
            return over.error();
        for (auto const& row : *over) {
            if (auto const ended = end_override(ledger, row, system_actor.name, "its time is over", now); !ended)
                return ended.error();
            if (auto const audited = audit(ledger, {"override.end", override_object(row.id), system_actor, now}, ""); !audited)
                return audited.error();
        }
        return static_cast<std::int64_t>(over->size());
    });
}

result<std::optional<Instant>> next_override_change(Ledger& ledger, Instant now)
{
    auto const found = ledger.database().first(
        "SELECT min(at) FROM (SELECT min(starts_at) AS at FROM overrides WHERE ended_at IS NULL AND starts_at > ?1"
        " UNION ALL SELECT min(ends_at) FROM overrides WHERE ended_at IS NULL AND ends_at > ?1)",
        [](Statement const& row) { return row.optional_instant(0); }, now);
    if (!found)
        return found.error();
    return found->value_or(std::nullopt);
}

} // namespace gatehouse::store
