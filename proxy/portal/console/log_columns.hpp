#pragma once
// The columns of the access log's pages: which there are, which were chosen, and what a row says in each.

#include "proxy/log/stored_record.hpp"
#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// "columns=when&columns=site", or those that most people want.
std::vector<std::string> chosen_columns(Visit const& visit);
Field columns_field(Visit const& visit);
/// Rows as LogSight has passed them.
Table row_table(Visit const& visit, std::vector<log::StoredRecord> const& rows, std::string const& purpose,
    std::vector<std::string> const& columns);
/// Those of the page that shows rows as they are written.
std::vector<std::string> live_columns();

} // namespace gatehouse::portal::console
