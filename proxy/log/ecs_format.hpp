#pragma once
// Access records as one JSON object a line in the Elastic Common Schema 8.4, with what the schema has no name for under `gatehouse`.

#include "proxy/log/access_record.hpp"

#include <string>

namespace gatehouse::log {

/// Appends one line with its line end. Unknown values leave their key out. `observer` is this gateway's name.
void append_ecs_line(std::string& out, AccessRecord const& record, std::string_view observer);

} // namespace gatehouse::log
