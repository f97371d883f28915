#pragma once
// Records go once their time is over, visibly: each removal is counted in the audit. What is open stays, however old it is.

#include "proxy/store/ledger.hpp"

namespace gatehouse::store {

/// What is kept of a class of record.
struct ClassKept {
    std::string_view id; ///< "incidents", "requests", "reports"
    std::int64_t rows = 0, open = 0;
    std::optional<Instant> oldest;
};
result<std::vector<ClassKept>> what_is_kept(Ledger& ledger);

/// The instants before which closed records go; nothing: none of that class goes.
struct PurgeBefore {
    std::optional<Instant> incidents, requests, reports;
};
struct Purged {
    std::int64_t incidents = 0, requests = 0, reports = 0;
    std::int64_t all() const { return incidents + requests + reports; }
};
/// One transaction with one audit row, if anything went. A request stays as long as its grant, or one that
/// it follows, is open.
result<Purged> purge_records(Ledger& ledger, PurgeBefore const& before, Instant now);

} // namespace gatehouse::store
