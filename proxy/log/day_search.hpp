#pragma once
// The search of one day file: walks its blocks from the newest, looks only at the columns asked for, then reads the found rows whole.

#include "proxy/log/block_reader.hpp"
#include "proxy/log/day_query.hpp"

#include <optional>
#include <unordered_map>

namespace gatehouse::log {

struct TrafficCounts;
struct TunnelCounts;

class DayReader {
public:
    /// Opens read-only. Errors: SQLite's, also for a file that is none of ours or not yet converted.
    static result<DayReader> open(std::filesystem::path const& dir, Day day);

    /// Adds up to `room` rows that match, newest first, with a number below `before`. Errors: SQLite's.
    error_code search(SearchQuery const& query, std::int64_t before, std::size_t room, std::vector<StoredRecord>& rows);
    /// Adds the day's traffic. Errors: SQLite's.
    error_code count_traffic(TrafficCounts& counts);
    /// Adds the day's tunnels. Errors: SQLite's.
    error_code count_tunnels(TunnelCounts& counts);
    /// The row of that number, if there is one. Errors: SQLite's.
    result<std::optional<StoredRecord>> read(std::int64_t id);

private:
    /// A row that matches.
    struct Found {
        std::uint64_t id = 0;
        Block block;
        std::uint32_t row = 0;
    };

    DayReader(Database database, Day day, BlockReader cells, Statement word, Statement host);
    error_code match(DayQuery const& query, Block const& block, std::vector<Found>& found);
    error_code keep_matching(DayQuery const& query, Block const& block, std::vector<std::uint32_t>& rows);
    error_code keep_with_text(DayQuery const& query, Block const& block, std::vector<std::uint32_t>& rows);
    error_code read_rows(std::span<Found const> found, SearchQuery::Fields fields, std::vector<StoredRecord>& rows);
    error_code read_block(
        Block const& block, std::span<Found const*> found, SearchQuery::Fields fields, std::span<StoredRecord*> rows);
    error_code read_field(Block const& block, std::size_t field, std::span<Found const*> found, std::span<StoredRecord*> rows);

    /// Texts of one table by their numbers; what was read is remembered, since few of them make up most rows.
    class Texts {
    public:
        explicit Texts(Statement find)
            : find_(std::move(find))
        {
        }
        /// Empty for zero, and for a number that a damaged file does not explain. Lifetime: until the next call.
        std::string const& operator[](std::uint64_t number);

    private:
        static constexpr std::size_t most_remembered = 65536;
        Statement find_;
        std::unordered_map<std::uint64_t, std::string> remembered_;
    };

    Database database_;
    Day day_;
    BlockReader cells_;
    Texts words_, hosts_;
};

/// The number of a text of the day's words; zero if none has it.
std::uint64_t word_number(sqlite3* database, std::string_view text);

/// "2026-11-24.38412000123": names a row, and a place in the order of rows.
struct RowKey {
    Day day;
    std::int64_t id = 0;
};
std::string to_text(RowKey const& key);
std::optional<RowKey> parse_row_key(std::string_view text);

} // namespace gatehouse::log
