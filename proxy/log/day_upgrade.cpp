#include "proxy/log/day_upgrade.hpp"

#include "proxy/log/block_writer.hpp"
#include "proxy/log/day_schema.hpp"

namespace gatehouse::log {
namespace {

/// The columns of version 1 in the order of Column; those at the end came later. Texts that repeat were numbers of the same tables, null for the empty one.
constexpr char rows_of_version_1[]
    = "SELECT id + shift, elapsed, client, upstream, device_kind, confidence, port, status, sent, received, code, verdict, tls, "
      "signals, list_line, decision, person, role, in_group, network, device, method, scheme, host, path, sni, content_type, "
      "user_agent, stage, rule, clause, category, service, list, list_file, period, refusal, NULL, NULL, NULL, NULL, NULL, NULL "
      "FROM access ORDER BY id";

error_code copy_rows(sqlite3* database, std::function<bool()> const& go_on)
{
    auto blocks = BlockWriter::open(database);
    if (!blocks)
        return blocks.error();
    auto rows = prepare(database, rows_of_version_1);
    if (!rows)
        return rows.error();
    for (unsigned row = 0;; ++row) {
        auto const code = sqlite3_step(rows->get());
        if (code == SQLITE_DONE)
            return blocks->store();
        if (code != SQLITE_ROW)
            return sqlite_error(code);
        if (row % block_rows == 0 && !go_on())
            return sqlite_error(SQLITE_INTERRUPT);
        for (std::size_t i = 0; i < column_count; ++i) {
            auto const column = static_cast<Column>(i);
            if (is_text(column))
                blocks->columns().add_text(column, column_text(rows->get(), static_cast<int>(i)));
            else
                blocks->columns().add_number(
                    column, static_cast<std::uint64_t>(sqlite3_column_int64(rows->get(), static_cast<int>(i))));
        }
        if (auto const error = blocks->row_added())
            return error;
    }
}

} // namespace

error_code upgrade_version_1(sqlite3* database, std::function<bool()> const& go_on)
{
    if (auto const error = execute(database, "BEGIN IMMEDIATE"))
        return error;
    auto error = execute(database, block_sql);
    if (!error)
        error = copy_rows(database, go_on);
    if (!error)
        error = execute(database, "DROP TABLE access; COMMIT");
    if (error)
        execute(database, "ROLLBACK");
    return error;
}

constexpr int longest_wait = 10000; // milliseconds: somebody may be reading the day

error_code upgrade_day_file(std::filesystem::path const& path, std::function<bool()> const& go_on, bool& converted)
{
    auto const database = open_database(path.string(), SQLITE_OPEN_READWRITE);
    if (!database)
        return database.error();
    sqlite3_busy_timeout(database->get(), longest_wait);
    auto const version = query_integer(database->get(), "PRAGMA user_version");
    if (!version)
        return version.error();
    if (*version != 1)
        return {};
    auto const error = upgrade_version_1(database->get(), go_on);
    converted = !error;
    return error;
}

} // namespace gatehouse::log
