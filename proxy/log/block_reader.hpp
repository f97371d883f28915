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

/// Numbers of some columns of a block, a row each.
template <std::size_t Count>
using ColumnValues = std::array<std::vector<std::uint64_t>, Count>;

/// Cells live until the next is read, so the columns are copied. Errors: those of BlockReader::numbers.
template <std::size_t Count>
error_code read_values(
    BlockReader& cells, Block const& block, std::array<Column, Count> const& columns, ColumnValues<Count>& values)
{
    for (std::size_t column = 0; column < Count; ++column) {
        auto const cell = cells.numbers(block, columns[column]);
        if (!cell)
            return cell.error();
        values[column].resize(block.rows);
        for (std::size_t row = 0; row < block.rows; ++row)
            values[column][row] = (*cell)[row];
    }
    return {};
}

} // namespace gatehouse::log
