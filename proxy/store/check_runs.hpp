#pragma once
// Dated runs of the checks, for those who ask whether the filter was looked at. What was found is kept as text that this folder does not read.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

inline constexpr std::size_t longest_run = 64 * 1024; ///< bytes

struct CheckRun {
    CheckRunId id = CheckRunId::none;
    Instant at{};
    std::string by; ///< login
    std::int64_t good = 0, look = 0, gaps = 0;
    std::string text; ///< what was found
};

/// With an audit row. Officer, headteacher, ICT lead, DSL or auditor. `id` and `by` are not read.
/// Errors: `errc::not_permitted`, `invalid_value` (the text is too long).
result<CheckRun> keep_check_run(Ledger& ledger, CheckRun const& run, Actor const& actor);
result<CheckRun> find_check_run(Ledger& ledger, CheckRunId id);
/// Newest first.
result<std::vector<CheckRun>> list_check_runs(Ledger& ledger, std::size_t limit = 50, std::size_t skipped = 0);
result<std::size_t> count_check_runs(Ledger& ledger);

} // namespace gatehouse::store
