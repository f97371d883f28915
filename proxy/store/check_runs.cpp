#include "proxy/store/check_runs.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_run = "SELECT id, at, made_by, good, look, gaps, found FROM check_runs ";

CheckRun read_run(Statement const& row)
{
    return {row.id<CheckRunId>(0), row.instant(1), row.text(2), row.integer(3), row.integer(4), row.integer(5), row.text(6)};
}

} // namespace

result<CheckRun> keep_check_run(Ledger& ledger, CheckRun const& run, Actor const& actor)
{
    if (run.text.size() > longest_run)
        return errc::invalid_value;
    Deed const deed{"checks.run", "checks", actor, run.at};
    return carry_out(ledger, deed, [&]() -> result<CheckRun> {
        auto const account = require_role(ledger, actor,
            {ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::ict_lead, ConsoleRole::dsl, ConsoleRole::auditor});
        if (!account)
            return account.error();
        auto& database = ledger.database();
        if (auto const added
            = database.execute("INSERT INTO check_runs (at, made_by, good, look, gaps, found) VALUES (?, ?, ?, ?, ?, ?)", run.at,
                account->login, run.good, run.look, run.gaps, run.text);
            !added)
            return added.error();
        auto const id = static_cast<CheckRunId>(database.last_row_id());
        auto const detail = fmt::format("run {}: {} good, {} to look at, {} gaps", number(id), run.good, run.look, run.gaps);
        if (auto const audited = audit(ledger, deed, detail); !audited)
            return audited.error();
        return find_check_run(ledger, id);
    });
}

result<CheckRun> find_check_run(Ledger& ledger, CheckRunId id)
{
    static std::string const sql = fmt::format("{}WHERE id = ?", select_run);
    auto found = ledger.database().first(sql, read_run, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

result<std::size_t> count_check_runs(Ledger& ledger)
{
    return count_rows(ledger, "SELECT count(*) FROM check_runs");
}

result<std::vector<CheckRun>> list_check_runs(Ledger& ledger, std::size_t limit, std::size_t skipped)
{
    static std::string const sql = fmt::format("{}ORDER BY id DESC LIMIT ? OFFSET ?", select_run);
    return ledger.database().collect(sql, read_run, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(skipped));
}

} // namespace gatehouse::store
