#pragma once
// The search of one day file: picks the index that narrows most, walks it from the newest row, then reads the found rows whole.

#include "proxy/log/search.hpp"
#include "proxy/log/sqlite.hpp"
#include "proxy/log/utc.hpp"

namespace gatehouse::log {

class DayReader {
public:
    /// Opens read-only. Errors: SQLite's, also for a file that is none of ours.
    static result<DayReader> open(std::filesystem::path const& dir, Day day);

    /// Adds up to `room` rows that match, newest first, with a number below `before`. Errors: SQLite's.
    error_code search(SearchQuery const& query, std::int64_t before, std::size_t room, std::vector<StoredRecord>& rows);
    /// The row of that number, if there is one. Errors: SQLite's.
    result<std::optional<StoredRecord>> read(std::int64_t id);

private:
    DayReader(Database database, Day day)
        : database_{std::move(database)}
        , day_{day}
    {
    }

    Database database_;
    Day day_;
};

/// "2026-11-24.38412000123": names a row, and a place in the order of rows.
struct RowKey {
    Day day;
    std::int64_t id = 0;
};
std::string to_text(RowKey const& key);
std::optional<RowKey> parse_row_key(std::string_view text);

} // namespace gatehouse::log
