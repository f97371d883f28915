#include "proxy/log/block_reader.hpp"

#include "proxy/log/day_schema.hpp"

namespace gatehouse::log {
namespace {

template <class Cell>
result<Cell> parse_cell(result<std::string_view> const& bytes, Block const& block)
{
    if (!bytes)
        return bytes.error();
    auto cell = Cell::parse(*bytes, block.rows);
    return cell ? cell : result<Cell>{sqlite_error(SQLITE_CORRUPT)};
}

} // namespace

result<BlockReader> BlockReader::open(sqlite3* database)
{
    auto find_blocks = prepare(
        database, "SELECT first, rows, oldest, newest FROM block WHERE newest >= ? AND oldest <= ? ORDER BY newest DESC");
    if (!find_blocks)
        return find_blocks.error();
    auto find_cell = prepare(database, "SELECT bytes FROM cell WHERE id = ?");
    if (!find_cell)
        return find_cell.error();
    BlockReader reader;
    reader.find_blocks_ = std::move(*find_blocks);
    reader.find_cell_ = std::move(*find_cell);
    return reader;
}

result<std::vector<Block>> BlockReader::blocks(std::int64_t from, std::int64_t to)
{
    auto* const row = find_blocks_.get();
    sqlite3_bind_int64(row, 1, from);
    sqlite3_bind_int64(row, 2, to);
    std::vector<Block> blocks;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
        auto const rows = sqlite3_column_int64(row, 1);
        if (rows < 0 || rows > block_rows) {
            code = SQLITE_CORRUPT;
            break;
        }
        blocks.push_back({sqlite3_column_int64(row, 0), static_cast<std::size_t>(rows), sqlite3_column_int64(row, 2),
            sqlite3_column_int64(row, 3)});
    }
    sqlite3_reset(row);
    if (code != SQLITE_DONE)
        return sqlite_error(code);
    return blocks;
}

result<NumberCell> BlockReader::numbers(Block const& block, Column column)
{
    return parse_cell<NumberCell>(cell(block, column), block);
}

result<TextCell> BlockReader::texts(Block const& block, Column column)
{
    return parse_cell<TextCell>(cell(block, column), block);
}

/// The bytes stay valid until the statement is reset, by the next call.
result<std::string_view> BlockReader::cell(Block const& block, Column column)
{
    auto* const row = find_cell_.get();
    sqlite3_reset(row);
    sqlite3_bind_int64(row, 1, block.first * cells_per_block + static_cast<std::int64_t>(index_of(column)));
    auto const code = sqlite3_step(row);
    if (code == SQLITE_DONE)
        return std::string_view{};
    if (code != SQLITE_ROW)
        return sqlite_error(code);
    auto const* bytes = static_cast<char const*>(sqlite3_column_blob(row, 0));
    return std::string_view{bytes, bytes ? static_cast<std::size_t>(sqlite3_column_bytes(row, 0)) : 0};
}

} // namespace gatehouse::log
