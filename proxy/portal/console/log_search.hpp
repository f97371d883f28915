#pragma once
// What somebody asks of the access log: the filter form, and the look that it begins.

#include "proxy/log/search.hpp"
#include "proxy/portal/console/log_sight.hpp"

namespace gatehouse::portal::console {

/// What the filter form says, checked.
struct Search {
    log::SearchQuery query;
    std::string purpose;
    std::vector<Problem> problems;
    /// A record of one person's or one device's browsing is personal data.
    bool names_somebody() const { return !query.person.empty() || !query.device.empty() || !query.client.empty(); }
};

/// `stated`: what marketing stated once for all its searches; empty for others.
Search read_search(Visit const& visit, std::string stated = {});
Part search_form(Visit const& visit, Search const& search);

/// As begin_look(); a search without a purpose leaves a row only if it `takes` the rows with it.
enum class Takes : std::uint8_t { a_look, a_file };
task<std::variant<LogSight, Response>> begin_search(Visit const& visit, Search const& search, Takes takes);
/// A page of rows as they may be read, on a thread that may wait. Rows of the reader's own that are left out make room for older ones.
task<result<log::SearchPage>> run_search(Visit const& visit, log::SearchQuery query, LogSight const& sight);

} // namespace gatehouse::portal::console
