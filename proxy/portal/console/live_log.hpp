#pragma once
// The access log as it is written, as server-sent events (WHATWG HTML §9.2).

#include "proxy/log/search.hpp"
#include "proxy/portal/body_stream.hpp"
#include "proxy/portal/console/log_sight.hpp"

#include <deque>
#include <unordered_set>

namespace gatehouse::portal::console {

/// Rows that were not seen yet, of those that the search finds in the last moments. Not thread-safe.
class FreshRows {
public:
    /// Those of `found` (newest first) that are new, oldest first.
    std::vector<log::StoredRecord> take(std::vector<log::StoredRecord> found);

private:
    static constexpr std::size_t remembered = 4096;
    std::unordered_set<std::string> seen_;
    std::deque<std::string> order_;
};

/// A row that LogSight has passed as an event, in the reader's language.
std::string event_of(Site const& site, log::StoredRecord const& row, Names names, Language language);
/// The same for a program: "LogRow" of openapi.json. Without a purpose the person is the pseudonym that LogSight has put there.
std::string data_event_of(log::StoredRecord const& row);

inline constexpr int most_live_tails = 20; ///< at once, of all people

/// Ends after ten minutes, with the session or the key, with marketing's purpose, and when the gateway stops. `query` is that of the search; its times are not read.
std::shared_ptr<BodyStream> live_rows(Visit const& visit, log::SearchQuery query, LogSight sight);

} // namespace gatehouse::portal::console
