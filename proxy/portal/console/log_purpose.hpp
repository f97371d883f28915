#pragma once
// What for and how long marketing looks at the access log, as parts of the log's pages.

#include "proxy/portal/web.hpp"
#include "proxy/store/log_purposes.hpp"

namespace gatehouse::portal::console {

/// Marketing without a live purpose is asked for one first; everybody else goes on. `purpose` becomes the live one's.
task<std::optional<Response>> ask_for_purpose(Visit const& visit, std::string& purpose);
/// The banner of a live one, with the way to end it.
task<std::vector<Part>> purpose_parts(Visit const& visit);
/// All of marketing's, for those who answer for people's data.
Table purpose_table(Visit const& visit, std::vector<store::LogPurpose> const& purposes);

} // namespace gatehouse::portal::console
