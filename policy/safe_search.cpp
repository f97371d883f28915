#include "policy/safe_search.hpp"

#include "policy/match.hpp"

#include <algorithm>

namespace gatehouse::policy {

std::uint16_t find_safe_search(Facts const& facts)
{
    auto const& policy = facts.policy;
    if (policy.safe_search_hosts.empty())
        return none;
    auto const [from, to] = policy.safe_search_hosts.equal_range(facts.query.target.host.text());
    std::uint16_t first = none;
    for (auto found = from; found != to; ++found) {
        auto const& who = policy.safe_search[found->second].who;
        bool const is_for = std::any_of(
            who.begin(), who.end(), [&](Selector const& selector) { return holds(selector, selector.index, facts); });
        if (is_for)
            first = std::min(first, found->second);
    }
    return first;
}

} // namespace gatehouse::policy
