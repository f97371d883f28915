#pragma once
// The head of the audit, a line a day in a file that may lie elsewhere: with it `gatehouse audit verify --heads` finds out a tail that was cut, also by
// somebody who has the key.

#include "proxy/store/ledger.hpp"

namespace gatehouse::store {

enum class HeadOfDay : std::uint8_t { kept, not_needed };

/// Appends "2026-11-24T10:40:00Z 1234 0af3..." (when it was written, newest row, its digest) to DIR/heads-2026-11.txt and says so in the audit
/// ("audit.head-kept"), unless that day (UTC) has a line already. Not needed: it had, or nothing was recorded yet.
/// Errors: `errc::io`, `full`; `corrupt` if the rows do not bear out the signed head, which is told elsewhere.
result<HeadOfDay> keep_head_of_day(Ledger& ledger, std::filesystem::path const& dir, Instant now);

} // namespace gatehouse::store
