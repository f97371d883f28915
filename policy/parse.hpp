#pragma once
// TOML text to Policy. Every complaint has a file, line and column and says what to write instead.

#include "policy/policy.hpp"

#include <variant>

namespace gatehouse::policy {

struct SourceText {
    std::string name; ///< file name shown in complaints
    std::string text;
};

struct PolicySources {
    SourceText policy, timetable, lists;
    SourceText content = {};              ///< content.toml; may be left empty
    std::vector<SourceText> phrases = {}; ///< the files that its [[phrase_list]] entries name, under those names
};

struct Problem {
    enum class Severity : std::uint8_t { error, warning };
    Severity severity = Severity::error;
    std::string file;
    std::uint32_t line = 0, column = 0; ///< 1-based; zero if not about a place
    std::string message;
    std::string suggestion; ///< "did you mean \"instagram\"?" or empty
};

/// "file:line:column: error: message", the source line with a caret, and the suggestion.
std::string to_text(Problem const& problem, PolicySources const& sources);

struct ParsedPolicy {
    Policy policy;                 ///< meaningful if there is no error
    std::vector<Problem> problems; ///< errors and warnings in source order
    bool ok() const;
};

ParsedPolicy parse_policy(PolicySources const& sources);

/// Turns "service:instagram" into a selector checked against the policy's tables; `column` is "who", "what", "where" or "when".
/// Used for rules and for overrides from the store. Errors as text.
std::variant<Selector, std::string> parse_selector(Policy const& policy, std::string_view column, std::string_view text);

/// Runs the [[expect]] entries against the complete policy (lists attached). One error for each that does not hold.
/// `to_instant` turns the school's wall clock into an instant.
std::vector<Problem> check_expectations(Policy const& policy, std::chrono::sys_seconds (*to_instant)(LocalTime const&));

/// Contradictions, rules that can never match, gaps and windows that never occur, as warnings.
std::vector<Problem> lint(Policy const& policy);

} // namespace gatehouse::policy
