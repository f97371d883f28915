#pragma once
// Rows as CSV for a spreadsheet (RFC 4180), safe against formula injection: a cell never begins with a character that a spreadsheet would run.

#include "proxy/log/stored_record.hpp"

#include <string>

namespace gatehouse::log {

/// The line of column names, with its line end.
std::string csv_header();
/// One row, with its line end. Control characters and invalid UTF-8 are written as \xHH, so a row is one line.
std::string csv_row(StoredRecord const& row);
/// One cell of any table, quoted and made safe.
std::string csv_cell(std::string_view text);

} // namespace gatehouse::log
