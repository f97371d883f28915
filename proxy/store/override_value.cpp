// Overrides as values of the policy.
#include "policy/parse.hpp"
#include "proxy/store/overrides.hpp"

#include <utility>

namespace gatehouse::store {
namespace {

/// Appends the parsed selectors of one column. Returns why one of them does not fit, or nothing.
std::string parse_column(policy::Policy const& policy, std::string_view column, std::vector<std::string> const& texts,
    std::vector<policy::Selector>& into)
{
    for (auto const& text : texts) {
        auto parsed = policy::parse_selector(policy, column, text);
        if (auto* const problem = std::get_if<std::string>(&parsed))
            return std::move(*problem);
        into.push_back(std::move(std::get<policy::Selector>(parsed)));
    }
    return {};
}

} // namespace

std::variant<policy::Override, std::string> to_override(OverrideRow const& row, policy::Policy const& policy)
{
    policy::Override value;
    value.id = row.name();
    value.clause = row.clause;
    value.reason = row.reason;
    value.from = row.from;
    value.until = row.until;
    // An empty who or what would open everything to everybody: a damaged row opens nothing.
    if (row.who.empty() || row.what.empty())
        return row.name() + " says neither for whom nor what it opens";
    std::string problem = parse_column(policy, "who", row.who, value.who);
    if (problem.empty())
        problem = parse_column(policy, "what", row.what, value.what);
    if (problem.empty())
        problem = parse_column(policy, "where", row.where, value.where);
    if (problem.empty())
        problem = parse_column(policy, "when", row.when, value.when);
    if (!problem.empty())
        return row.name() + ": " + problem;
    return value;
}

} // namespace gatehouse::store
