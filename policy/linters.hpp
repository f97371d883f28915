#pragma once
// The parts of lint(). Each appends warnings. Internal to policy/.

#include "policy/parse.hpp"

namespace gatehouse::policy {

/// Contradictions and rules that an earlier rule leaves nothing to decide.
void lint_order(Policy const& policy, std::vector<Problem>& problems);
/// Entries of [[inspection]] that nothing reaches or that have no effect.
void lint_inspection(Policy const& policy, std::vector<Problem>& problems);
/// Rules about lists, services and categories that have no hosts. Only once lists are attached.
void lint_hosts(Policy const& policy, std::vector<Problem>& problems);
/// Windows of rules that never occur.
void lint_windows(Policy const& policy, std::vector<Problem>& problems);
/// Uncovered time in the school day, closures outside term, terms that overlap.
void lint_days(Policy const& policy, std::vector<Problem>& problems);

/// A warning at the rule.
Problem warning_at(Rule const& rule, std::string message);
/// A warning about no single place of the file.
Problem warning_in(std::string file, std::string message);

} // namespace gatehouse::policy
