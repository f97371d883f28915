#pragma once
// Whether the columns of a rule or an override hold for a query. Internal to policy/.

#include "policy/facts.hpp"

namespace gatehouse::policy {

/// True if the selector holds. `index` is Policy::index_of it.
bool holds(Selector const& selector, std::uint16_t index, Facts const& facts);

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
