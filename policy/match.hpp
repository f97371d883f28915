#pragma once
// Whether the columns of a rule or an override hold for a query. Internal to policy/.

#include "policy/facts.hpp"

namespace gatehouse::policy {

/// True if the selector holds. `index` is Policy::index_of it. `action` matters for URL prefixes only: a path with dot segments
/// could reach elsewhere than it says, so it is within every blocked prefix of its host and within no allowed one.
bool holds(Selector const& selector, std::uint16_t index, Facts const& facts, Verdict action);

/// True if `path` (origin-form, query ignored) lies at or below `prefix`, by whole segments, percent-encoding and doubled slashes undone.
bool is_path_within(std::string_view path, std::string_view prefix);
bool has_dot_segment(std::string_view path);

/// What became of the four columns.
struct Match {
    enum class Column : std::uint8_t { nothing, who, what, where, when };
    Column failed = Column::nothing; ///< the first column that does not hold; `nothing`: all hold
    Selector const* who = nullptr;   ///< the entries that hold; null for an empty column or one not reached
    Selector const* what = nullptr;
    Selector const* where = nullptr;
    Selector const* when = nullptr;

    explicit operator bool() const { return failed == Column::nothing; }
};

Match match(Rule const& rule, Facts const& facts);
/// Compares names, since overrides come from the store; expiry is not looked at.
Match match(Override const& grant, Facts const& facts);

} // namespace gatehouse::policy
