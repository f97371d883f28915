#include "proxy/log/block_writer.hpp"

#include "proxy/log/day_schema.hpp"

#include <algorithm>

namespace gatehouse::log {

result<BlockWriter> BlockWriter::open(sqlite3* database)
{
    BlockWriter writer;
    struct Wanted {
        Statement BlockWriter::*statement;
        char const* sql;
    };
    for (auto const& [statement, sql] : {Wanted{&BlockWriter::add_block_, "INSERT INTO block VALUES (?, ?, ?, ?)"},
             Wanted{&BlockWriter::add_cell_, "INSERT INTO cell VALUES (?, ?)"},
             Wanted{&BlockWriter::remove_blocks_, "DELETE FROM block WHERE first >= ?"},
             Wanted{&BlockWriter::remove_cells_, "DELETE FROM cell WHERE id >= ?"}}) {
        auto prepared = prepare(database, sql);
        if (!prepared)
            return prepared.error();
        writer.*statement = std::move(*prepared);
    }
    auto const next = query_integer(database, "SELECT first + rows FROM block ORDER BY first DESC LIMIT 1");
    if (!next)
        return next.error();
    writer.first_ = *next;
    return writer;
}

error_code BlockWriter::row_added()
{
    if (columns_.rows() < block_rows)
        return {};
    if (auto const error = store())
        return error;
    first_ += static_cast<std::int64_t>(columns_.rows());
    columns_.clear();
    starts_.clear();
    stored_ = 0;
    return {};
}

error_code BlockWriter::store()
{
    auto const rows = columns_.rows();
    if (stored_ == rows)
        return {};
    auto from = stored_;
    while (!starts_.empty() && (rows == block_rows || from - starts_.back() <= rows - from)) {
        from = starts_.back();
        starts_.pop_back();
    }
    if (from < stored_)
        if (auto const error = remove_from(first_ + static_cast<std::int64_t>(from)))
            return error;
    if (auto const error = insert_block(from))
        return error;
    starts_.push_back(from);
    stored_ = rows;
    return {};
}

error_code BlockWriter::remove_from(std::int64_t first)
{
    sqlite3_bind_int64(remove_blocks_.get(), 1, first);
    if (auto const error = step_once(remove_blocks_.get()))
        return error;
    sqlite3_bind_int64(remove_cells_.get(), 1, first * cells_per_block);
    return step_once(remove_cells_.get());
}

error_code BlockWriter::insert_block(std::size_t from)
{
    auto const times = columns_.numbers(Column::at).subspan(from);
    auto const [oldest, newest] = std::minmax_element(times.begin(), times.end());
    sqlite3_bind_int64(add_block_.get(), 1, first_ + static_cast<std::int64_t>(from));
    sqlite3_bind_int64(add_block_.get(), 2, static_cast<std::int64_t>(times.size()));
    sqlite3_bind_int64(add_block_.get(), 3, static_cast<std::int64_t>(*oldest));
    sqlite3_bind_int64(add_block_.get(), 4, static_cast<std::int64_t>(*newest));
    if (auto const error = step_once(add_block_.get()))
        return error;
    return insert_cells(from);
}

error_code BlockWriter::insert_cells(std::size_t from)
{
    auto const id = (first_ + static_cast<std::int64_t>(from)) * cells_per_block;
    for (std::size_t column = 0; column < column_count; ++column) {
        auto const cell = columns_.cell(static_cast<Column>(column), from, columns_.rows());
        if (cell.empty())
            continue;
        sqlite3_bind_int64(add_cell_.get(), 1, id + static_cast<std::int64_t>(column));
        sqlite3_bind_blob(add_cell_.get(), 2, cell.data(), static_cast<int>(cell.size()), SQLITE_STATIC);
        if (auto const error = step_once(add_cell_.get()))
            return error;
    }
    return {};
}

} // namespace gatehouse::log
