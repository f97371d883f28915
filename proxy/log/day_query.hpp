#pragma once
// A search query as conditions on the columns of one day file: texts that repeat are looked up once and become sets of numbers.

#include "proxy/log/columns.hpp"
#include "proxy/log/search.hpp"
#include "proxy/log/sqlite.hpp"
#include "proxy/log/utc.hpp"

namespace gatehouse::log {

/// Numbers of words or hosts.
class IdSet {
public:
    void add(std::int64_t id);
    bool empty() const { return size_ == 0; }
    bool operator()(std::uint64_t id) const { return size_ == 1 ? id == only_ : id < bits_.size() && bits_[id]; }

private:
    std::vector<bool> bits_;
    std::uint64_t only_ = 0;
    std::size_t size_ = 0;
};

struct DayQuery {
    struct Wanted {
        Column column;
        IdSet ids;
    };

    std::int64_t from = 0; ///< Column::at, inclusive, as `to`
    std::int64_t to = 0;
    std::uint64_t before = 0;   ///< row numbers below it
    std::vector<Wanted> wanted; ///< all must hold, the narrowest first
    bool only_blocked = false, only_allowed = false;
    std::string decision;
    std::string part;             ///< text that is asked for anywhere, in small letters; then also
    IdSet hosts_with, words_with; ///< the hosts and words that hold it
    bool matches_nothing = false; ///< a text asked for does not occur on that day
};

/// Translates the query for the day of the open file. Errors: SQLite's.
result<DayQuery> make_day_query(sqlite3* database, SearchQuery const& query, Day day, std::uint64_t before);

/// The hosts of the open file that are `domain` or below it, by whole labels. Errors: SQLite's.
result<IdSet> hosts_below(sqlite3* database, std::string_view domain);

/// ASCII case is ignored; `small` is in small letters.
bool contains_ignoring_case(std::string_view text, std::string_view small);

} // namespace gatehouse::log
