#pragma once
// One row of the access log in words, for the search and for the log as it is written.

#include "proxy/log/stored_record.hpp"
#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// "24 Nov 2026, 10:40:05"
Words row_time(Site const& site, log::StoredRecord const& row);
/// "www.example.org", with the port where it is not the usual one, the path where it is known, and what was searched for
/// or shown; what is long is cut.
Words site_text(log::StoredRecord const& row);
/// Role, network and device; the person only if `names` is set, else that somebody is signed in.
Words row_person(log::StoredRecord const& row, bool names);

} // namespace gatehouse::portal::console
