#pragma once
// Day files of version 1, in which every row had a row of the table `access` and nine indexes, into blocks. In place, in one
// transaction: interrupted, the file is as it was and is converted the next time.

#include "proxy/log/sqlite.hpp"

#include <filesystem>
#include <functional>

namespace gatehouse::log {

/// Converts the open file. `go_on` is asked from time to time; false gives up. Errors: SQLite's; SQLITE_INTERRUPT for having given up.
error_code upgrade_version_1(sqlite3* database, std::function<bool()> const& go_on);
/// Opens the file and converts it if it is of version 1, and sets `converted` then. Errors: the same.
error_code upgrade_day_file(std::filesystem::path const& path, std::function<bool()> const& go_on, bool& converted);

} // namespace gatehouse::log
