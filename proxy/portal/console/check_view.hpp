#pragma once
// A run of the checks as a table, for the page of the checks and the governors' report.

#include "proxy/checks/self_checks.hpp"
#include "proxy/portal/web.hpp"
#include "proxy/store/check_runs.hpp"

namespace gatehouse::portal::console {

/// What was kept; a run that cannot be read says so.
Table check_table(store::CheckRun const& run);
/// "12 good, 2 to look at, 1 gap"
Words check_counts(store::CheckRun const& run);

} // namespace gatehouse::portal::console
