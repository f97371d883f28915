#pragma once
// SQLite handles as values, for the day files. Thin on purpose: statements are prepared once and bound by number.

#include "policy/result.hpp"

#include <sqlite3.h>

#include <memory>
#include <string_view>

namespace gatehouse::log {

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// The failure of a SQLite call (its extended result code) as an error_code.
error_code sqlite_error(int code);
/// True if the error says that the file is no database or a broken one.
bool is_damage(error_code const& error);

/// `flags` as for sqlite3_open_v2.
result<Database> open_database(std::string const& path, int flags);
error_code execute(sqlite3* database, char const* sql);
result<Statement> prepare(sqlite3* database, std::string_view sql);
/// The integer in the first column of the first row; zero if there is no row or it is null.
result<std::int64_t> query_integer(sqlite3* database, std::string_view sql);

/// Runs a statement that gives no rows, or one that does not matter, and makes it ready for the next time.
error_code step_once(sqlite3_stmt* statement);

/// Lifetime: `text` must outlive the next step.
void bind_text(sqlite3_stmt* statement, int number, std::string_view text);
std::string_view column_text(sqlite3_stmt* statement, int column);

} // namespace gatehouse::log
