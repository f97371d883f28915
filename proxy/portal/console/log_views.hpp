#pragma once
// Saved searches of the access log, the reader's own and those that others share, as parts of the log's page.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// The saved searches, the form that saves this one, and those that change them.
task<std::vector<Part>> view_parts(Visit const& visit);

} // namespace gatehouse::portal::console
