#include "policy/content_rule.hpp"

#include "policy/match.hpp"

#include <algorithm>

namespace gatehouse::policy {

ContentPlan plan_content(Policy const& policy, Query const& query, Decision const& decision)
{
    ContentPlan plan;
    bool const granted = decision.stage == Stage::override_grant;
    if (policy.content_rules.empty() || !policy.phrase_index || granted || decision.verdict == Verdict::block)
        return plan;
    Facts const facts{policy, query};
    for (std::size_t i = 0; i < policy.categories.size(); ++i)
        if (facts.categories[i] && policy.categories[i].never_inspect)
            return plan;
    for (std::size_t i = 0; i < policy.content_rules.size(); ++i)
        if (match(policy.content_rules[i], facts))
            plan.set(i);
    return plan;
}

ContentFinding judge_content(Policy const& policy, ContentPlan const& plan, std::span<int const> scores)
{
    for (std::uint16_t i = 0; i < policy.content_rules.size(); ++i) {
        if (!plan[i])
            continue;
        auto const& rule = policy.content_rules[i];
        int sum = 0;
        for (auto const list : rule.lists)
            sum += scores[list];
        if (sum < rule.limit)
            continue;
        auto const heaviest = std::max_element(
            rule.lists.begin(), rule.lists.end(), [&](auto left, auto right) { return scores[left] < scores[right]; });
        return {i, *heaviest, sum};
    }
    return {};
}

Decision close_for(Decision decision, Policy const& policy, ContentFinding const& finding)
{
    decision.verdict = Verdict::block;
    decision.stage = Stage::content;
    decision.index = finding.rule;
    decision.phrase_list = finding.list;
    decision.score = finding.score;
    decision.category = policy.phrase_lists[finding.list].category_index;
    decision.service = none;
    decision.list = none;
    return decision;
}

} // namespace gatehouse::policy
