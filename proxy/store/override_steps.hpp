#pragma once
// Making and ending grants, for the functions that may. Private to this folder.

#include "proxy/store/overrides.hpp"

namespace gatehouse::store {

/// A new row; id, and what tells of its end, are not read. Inside a transaction.
result<OverrideId> insert_override(Ledger& ledger, OverrideRow const& row);
/// Ends one that has not ended yet, with the event of its request, if it has one. Inside a transaction. Errors: `errc::wrong_state`.
result<void> end_override(Ledger& ledger, OverrideRow const& row, std::string const& who, std::string const& reason, Instant now);

} // namespace gatehouse::store
