#pragma once
// A search query as SQL for one day file: conditions with bound values, and the index to walk.

#include "proxy/log/search.hpp"
#include "proxy/log/sqlite.hpp"
#include "proxy/log/utc.hpp"

#include <variant>

namespace gatehouse::log {

struct DayQuery {
    std::string conditions = "id >= ? AND id < ?";
    std::vector<std::variant<std::int64_t, std::string>> values;
    std::string index = "NOT INDEXED"; ///< "INDEXED BY access_person"; without one, rows are walked by time
    bool matches_nothing = false;      ///< a text asked for does not occur on that day

    /// "SELECT id FROM access ..." with the values bound, newest first, at most `room`.
    result<Statement> select_ids(sqlite3* database, std::size_t room) const;
};

/// Translates the query for the day of the open file. Errors: SQLite's.
result<DayQuery> make_day_query(sqlite3* database, SearchQuery const& query, Day day, std::int64_t before);

} // namespace gatehouse::log
