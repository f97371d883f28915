#pragma once
// Is the gateway well? What the Status page and the start page say of it.

#include "proxy/portal/web.hpp"
#include "proxy/store/publications.hpp"

namespace gatehouse::portal::console {

/// What is wrong inside the running daemon, beside what the doctor finds: log, store, record, expectations, age of the lists.
/// Takes some milliseconds; blocks.
std::vector<checks::Finding> examine_daemon(Services const& services, store::Instant now);

/// What a finding is about, or a part of the gateway, in words: "Store". Its id if it has none.
Words subject_of(std::string_view id);

/// Who can do something about a gateway that is not well; what is found there names folders and machines.
bool sees_to_gateway(store::ConsoleRole role);

/// "Everything is well", or how many things need somebody; then, for whom it concerns, each with what to do.
std::vector<Part> health_parts(std::vector<checks::Finding> const& findings, store::ConsoleRole reader);
/// Every list with the age of its source; sealed ones without their names.
Table list_table(Visit const& visit);
/// The newest publications.
Table publication_table(Visit const& visit, std::vector<store::Publication> const& publications);

/// Bytes of all files of the access log. Blocks for a moment.
std::uintmax_t log_size(Settings const& settings);

} // namespace gatehouse::portal::console
