#include "proxy/store/retention.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace gatehouse::store {
namespace {

static_assert(static_cast<int>(RequestState::submitted) == 0 && static_cast<int>(RequestState::recommended) == 1);
static_assert(static_cast<int>(ReportState::open) == 0);
static_assert(static_cast<int>(RestrictionState::ended) == 3 && static_cast<int>(RestrictionState::refused) == 4);

/// SQL that is the same for counting what is there. ?1: now. Columns: all, still open, oldest.
struct Counting {
    std::string_view id, sql;
};
constexpr Counting countings[]{{"incidents", "SELECT count(*), 0, min(at) FROM incidents"},
    {"requests", "SELECT count(*), coalesce(sum(state IN (0, 1)), 0), min(submitted_at) FROM unblock_requests"},
    {"reports", "SELECT count(*), coalesce(sum(state = 0), 0), min(at) FROM reports"},
    {"supervised_use",
        "SELECT count(*), coalesce(sum(state NOT IN (3, 4) AND ends_at > ?1), 0), min(starts_at) FROM restrictions"},
    {"permissions",
        "SELECT count(*), coalesce(sum(closed_at IS NULL AND max(head_until, officer_until) > ?1), 0), min(made_at)"
        " FROM permissions"},
    {"grants", "SELECT count(*), coalesce(sum(ended_at IS NULL), 0), min(created_at) FROM overrides"},
    {"purposes", "SELECT count(*), coalesce(sum(ended_at IS NULL AND until > ?1), 0), min(from_at) FROM log_purposes"},
    {"keys", "SELECT count(*), coalesce(sum(ended_at IS NULL AND ends_at > ?1), 0), min(created_at) FROM api_tokens"},
    {"addresses", "SELECT count(*), 0, min(last_at) FROM known_addresses"},
    {"sign_ins", "SELECT count(*), count(*), min(created_at) FROM sessions"},
    {"searches", "SELECT count(*), 0, NULL FROM log_views"},
    {"accounts", "SELECT count(*), coalesce(sum(disabled = 0), 0), min(created_at) FROM accounts WHERE forgotten_at IS NULL"},
    {"changes",
        "SELECT count(*), coalesce(sum(publication IS NULL), 0), min(made_at) FROM (SELECT publication, made_at FROM list_changes"
        " UNION ALL SELECT publication, made_at FROM policy_changes)"},
    {"reviews", "SELECT count(*), 0, min(made_at) FROM reviews"}, {"checks", "SELECT count(*), 0, min(at) FROM check_runs"},
    {"audit", "SELECT count(*), 0, min(at) FROM audit"}};

/// Removals of a class, in their order; the last one's rows are counted. ?1: the instant before which. "{}": the rows meant, where several need them.
struct Removal {
    std::string_view id, rows;
    std::vector<std::string_view> sql;
};

/// Closed before that instant; neither it nor the one that it follows is open or has a grant that is.
constexpr std::string_view old_requests
    = "(SELECT r.id FROM unblock_requests r WHERE r.state NOT IN (0, 1) AND coalesce(r.decided_at, r.submitted_at) < ?1"
      " AND NOT EXISTS (SELECT 1 FROM unblock_requests f LEFT JOIN overrides o ON o.id = f.override WHERE f.id IN (r.id, "
      "r.merged_into)"
      " AND (f.state IN (0, 1) OR (o.id IS NOT NULL AND o.ended_at IS NULL))))";
constexpr std::string_view old_reports = "(SELECT id FROM reports WHERE state = 1 AND handled_at < ?1)";
constexpr std::string_view old_restrictions
    = "(SELECT id FROM restrictions WHERE min(ends_at, coalesce(ended_at, ends_at)) < ?1)";
/// A permission without any key since then is over too: it opens nothing, and nobody wanted it.
constexpr std::string_view old_permissions
    = "(SELECT p.id FROM permissions p LEFT JOIN overrides o ON o.id = p.granted WHERE "
      "coalesce(p.closed_at, max(p.made_at, p.head_until, p.officer_until)) < ?1 AND (o.id IS NULL OR o.ended_at IS NOT NULL))";

std::vector<Removal> const& aged_rows()
{
    static std::vector<Removal> const all{{"incidents", "", {"DELETE FROM incidents WHERE last_at < ?1"}},
        {"requests", old_requests,
            {"DELETE FROM unblock_events WHERE request IN {}",
                "UPDATE unblock_requests SET merged_into = NULL WHERE merged_into IN {}",
                "DELETE FROM unblock_requests WHERE id IN {}"}},
        {"reports", old_reports,
            {"DELETE FROM report_notes WHERE report IN {}", "DELETE FROM reports_told WHERE report IN {}",
                "DELETE FROM reports WHERE id IN {}"}},
        {"supervised_use", old_restrictions,
            {"DELETE FROM supervisions WHERE restriction IN {}", "DELETE FROM restrictions WHERE id IN {}"}},
        {"permissions", old_permissions, {"DELETE FROM permissions WHERE id IN {}"}},
        {"grants", "",
            {"DELETE FROM overrides WHERE ended_at < ?1 AND id NOT IN (SELECT override FROM unblock_requests WHERE override IS "
             "NOT"
             " NULL) AND id NOT IN (SELECT granted FROM permissions WHERE granted IS NOT NULL)"}},
        {"purposes", "", {"DELETE FROM log_purposes WHERE coalesce(ended_at, until) < ?1"}},
        {"keys", "", {"DELETE FROM api_tokens WHERE coalesce(ended_at, ends_at) < ?1"}},
        {"addresses", "", {"DELETE FROM known_addresses WHERE last_at < ?1"}}};
    return all;
}

result<std::int64_t> remove(Database& database, Removal const& removal, Instant before)
{
    std::int64_t removed = 0;
    for (auto const sql : removal.sql) {
        if (auto const done = database.execute(fmt::format(fmt::runtime(sql), removal.rows), before); !done)
            return done.error();
        removed = database.changed_rows();
    }
    return removed;
}

/// The person is taken out of accounts whose time is over; their rows stay.
result<void> forget_accounts(Ledger& ledger, PurgeBefore const& before, Instant now, Purged& purged)
{
    auto const when = before.find("accounts");
    if (when == before.end())
        return {};
    auto const count = forget_old_accounts(ledger, when->second, now);
    if (!count)
        return count.error();
    if (*count > 0)
        purged.counts.emplace_back("accounts", *count);
    return {};
}

} // namespace

std::span<RecordClass const> record_classes()
{
    static std::vector<RecordClass> const all{{"incidents", Ends::by_time, {"incidents"}},
        {"requests", Ends::by_time, {"unblock_requests", "unblock_events"}},
        {"reports", Ends::by_time, {"reports", "report_notes", "reports_told"}},
        {"supervised_use", Ends::by_time, {"restrictions", "supervisions"}}, {"permissions", Ends::by_time, {"permissions"}},
        {"grants", Ends::by_time, {"overrides"}}, {"purposes", Ends::by_time, {"log_purposes"}},
        {"keys", Ends::by_time, {"api_tokens"}}, {"addresses", Ends::by_time, {"known_addresses"}},
        {"sign_ins", Ends::itself, {"sessions", "throttles"}}, {"searches", Ends::owner, {"log_views"}},
        {"accounts", Ends::by_time,
            {"accounts", "account_logins", "recovery_codes", "role_grants", "given_access", "former_roles"}},
        {"changes", Ends::never, {"publications", "list_changes", "policy_changes", "school_entries"}},
        {"reviews", Ends::never, {"reviews"}}, {"checks", Ends::never, {"check_runs"}}, {"audit", Ends::never, {"audit"}}};
    return all;
}

std::span<std::string_view const> tables_without_people()
{
    static constexpr std::string_view all[]{"notices", "believed_time"};
    return all;
}

result<std::vector<ClassKept>> what_is_kept(Ledger& ledger, Instant now)
{
    std::vector<ClassKept> kept;
    for (auto const& each : record_classes()) {
        auto const* const counting
            = std::find_if(std::begin(countings), std::end(countings), [&](Counting const& one) { return one.id == each.id; });
        auto statement = ledger.database().prepare(counting->sql);
        if (!statement)
            return statement.error();
        if (counting->sql.find("?1") != std::string_view::npos)
            statement->bind(now);
        auto const row = statement->step();
        if (!row)
            return row.error();
        kept.push_back({&each, statement->integer(0), statement->integer(1), statement->optional_instant(2)});
    }
    return kept;
}

std::int64_t Purged::of(std::string_view id) const
{
    auto const found = std::find_if(counts.begin(), counts.end(), [&](auto const& each) { return each.first == id; });
    return found == counts.end() ? 0 : found->second;
}

std::int64_t Purged::all() const
{
    return std::accumulate(
        counts.begin(), counts.end(), std::int64_t{0}, [](std::int64_t sum, auto const& each) { return sum + each.second; });
}

std::string Purged::text() const
{
    std::string text;
    for (auto const& [id, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, id);
    return text;
}

result<Purged> purge_records(Ledger& ledger, PurgeBefore const& before, Instant now)
{
    return ledger.transact([&]() -> result<Purged> {
        Purged purged;
        for (auto const& removal : aged_rows()) {
            auto const when = before.find(removal.id);
            if (when == before.end())
                continue;
            auto const count = remove(ledger.database(), removal, when->second);
            if (!count)
                return count.error();
            if (*count > 0)
                purged.counts.emplace_back(removal.id, *count);
        }
        if (auto const forgotten = forget_accounts(ledger, before, now, purged); !forgotten)
            return forgotten.error();
        if (purged.counts.empty())
            return purged;
        auto const detail = purged.text() + " were over their time";
        if (auto const audited = audit(ledger, {"retention.purge", "records", {AccountId::none, "system", ""}, now}, detail);
            !audited)
            return audited.error();
        return purged;
    });
}

} // namespace gatehouse::store
