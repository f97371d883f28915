#pragma once
// Rows into blocks of a day file. New rows become a small block at once, so that they can be found; small blocks at the end are joined
// with what follows them while they are no larger, so a row is written again only a few times before its block is full.

#include "proxy/log/columns.hpp"
#include "proxy/log/sqlite.hpp"

namespace gatehouse::log {

class BlockWriter {
public:
    /// Goes on after the rows that the file holds. Errors: SQLite's.
    static result<BlockWriter> open(sqlite3* database);

    /// For the next row: one number or text in every column, then row_added().
    Columns& columns() { return columns_; }
    /// Stores the block once it is full. Errors: SQLite's.
    error_code row_added();
    /// Stores the rows that are not stored yet. Inside the caller's transaction; if that fails, destroy this object.
    error_code store();

private:
    BlockWriter() = default;
    error_code remove_from(std::int64_t first);
    error_code insert_block(std::size_t from);
    error_code insert_cells(std::size_t from);

    Statement add_block_, add_cell_, remove_blocks_, remove_cells_;
    Columns columns_;                 ///< of the block that is filling, whether stored or not
    std::int64_t first_ = 0;          ///< number of its first row in the day
    std::vector<std::size_t> starts_; ///< of the small blocks that it is stored as
    std::size_t stored_ = 0;          ///< rows of it that are stored
};

} // namespace gatehouse::log
