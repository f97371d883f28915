#pragma once
// The audit in slices: a search reads so many rows of the chain at most and says where it ended, so that no search holds the store up, however long the
// audit is. There is no index of its words beside it: rows that such an index had lost would be whole in the chain and found by nobody.

#include "proxy/store/audit.hpp"

namespace gatehouse::store {

/// Rows that one search reads, some tens of milliseconds (tests/bench/README.md).
inline constexpr std::int64_t audit_slice = 20'000;

struct AuditSlice {
    std::vector<AuditRow> rows;       ///< newest first
    std::int64_t first = 0, last = 0; ///< numbers of the rows that were read; zero: none
    std::int64_t older = 0;           ///< the filter's `before` of the next slice; zero: all were read
};
/// What list_audit() finds among the `span` rows below the filter's `before`, up to its limit.
result<AuditSlice> search_audit(Ledger& ledger, AuditFilter const& filter, std::int64_t span = audit_slice);

/// Rows of one action, by its index: how many there are, and some of them, newest first.
result<std::size_t> count_audit_of(Ledger& ledger, std::string_view action);
result<std::vector<AuditRow>> list_audit_of(Ledger& ledger, std::string_view action, std::size_t limit, std::size_t skipped);

} // namespace gatehouse::store
