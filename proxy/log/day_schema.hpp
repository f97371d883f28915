#pragma once
// The tables of a day file, for the writer and the reader. A change of them changes `schema_version`; day_upgrade.hpp converts.
//
// Rows are kept in blocks of some thousand, each column of a block in a cell of its own (columns.hpp). So a row costs its bytes and no
// index entry, and a search reads only the columns it asks about, at the speed of memory.

namespace gatehouse::log {

inline constexpr int schema_version = 2;

/// `word` and `host` hold each text that repeats once. A block is named by the number of its first row, counted over the day in the
/// order of arrival; `oldest` and `newest` bound Column::at in it.
inline constexpr char dictionary_sql[]
    = "CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
      "CREATE TABLE host(id INTEGER PRIMARY KEY, reversed TEXT NOT NULL UNIQUE, name TEXT NOT NULL);";
inline constexpr char block_sql[]
    = "CREATE TABLE block(first INTEGER PRIMARY KEY, rows INTEGER NOT NULL, oldest INTEGER NOT NULL, newest INTEGER NOT NULL);"
      "CREATE TABLE cell(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);"
      "PRAGMA user_version = 2;";

/// cell.id is block.first times this plus the number of the column.
inline constexpr int cells_per_block = 64;
/// Rows of a full block.
inline constexpr unsigned block_rows = 4096;

/// A row's number in its day: its microsecond, then its place in the order of arrival, which keeps rows of one instant apart.
inline constexpr int arrival_bits = 26;

} // namespace gatehouse::log
