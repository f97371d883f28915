#pragma once
// Reading the cells of the blocks of a day file, one at a time.

#include "proxy/log/columns.hpp"
#include "proxy/log/sqlite.hpp"

namespace gatehouse::log {

/// A row of the table `block`.
struct Block {
    std::int64_t first = 0;
    std::size_t rows = 0;
    std::int64_t oldest = 0, newest = 0; ///< bounds of Column::at
};

class BlockReader {
public:
    static result<BlockReader> open(sqlite3* database);

    /// Blocks that may hold rows with `from` <= Column::at <= `to`, the one with the newest row first. Errors: SQLite's.
    result<std::vector<Block>> blocks(std::int64_t from, std::int64_t to);

    /// Lifetime: until the next call. Errors: SQLite's, SQLITE_CORRUPT for a cell that is none.
    result<NumberCell> numbers(Block const& block, Column column);
    /// The same for a column of texts.
    result<TextCell> texts(Block const& block, Column column);

private:
    BlockReader() = default;
    result<std::string_view> cell(Block const& block, Column column);

    Statement find_blocks_, find_cell_;
};

} // namespace gatehouse::log
