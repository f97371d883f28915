#include "policy/content_rule.hpp"

#include "policy/match.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

/// A look at the first column alone, which needs no facts: most people's answers are put aside by it.
class FirstLook {
public:
    FirstLook(Policy const& policy, Subject const& subject)
        : subject_(subject)
    {
        auto const* role = policy.role(subject.role);
        role = role == nullptr ? policy.role(policy.unknown_role) : role;
        auto const index = role == nullptr ? bits : static_cast<std::size_t>(role - policy.roles.data());
        role_ = index < bits ? std::uint64_t{1} << index : 0;
    }

    bool may_be_for(Rule const& rule) const
    {
        if (role_ == 0 || (rule.sieve.roles & role_) != 0)
            return true;
        return !rule.sieve.who_is_exact
            && std::any_of(rule.who.begin(), rule.who.end(), [&](Selector const& selector) { return holds(selector); });
    }

private:
    static constexpr std::size_t bits = 64; // of Sieve::roles

    bool holds(Selector const& selector) const
    {
        using Kind = Selector::Kind;
        auto const& groups = subject_.groups;
        switch (selector.kind) {
        case Kind::role: return false; // the sieve has said so
        case Kind::group: return std::find(groups.begin(), groups.end(), selector.value) != groups.end();
        case Kind::user: return selector.value == subject_.user;
        default: return true;
        }
    }

    Subject const& subject_;
    std::uint64_t role_ = 0; ///< of the person; none: it has no bit
};

/// True if any of the entries may be for the person.
template <class Rules>
bool any_may_be_for(Rules const& rules, Policy const& policy, Subject const& subject)
{
    if (rules.empty())
        return false;
    FirstLook const look{policy, subject};
    return std::any_of(rules.begin(), rules.end(), [&](Rule const& rule) { return look.may_be_for(rule); });
}

bool is_private(Facts const& facts)
{
    auto const& categories = facts.policy.categories;
    for (std::size_t i = 0; i < categories.size(); ++i)
        if (facts.categories[i] && categories[i].never_inspect)
            return true;
    return false;
}

/// What a grant opened is not read, nor what is private.
template <class Plan, class Rules>
Plan plan_of(Rules const& rules, Policy const& policy, Query const& query, Decision const& decision)
{
    Plan plan;
    if (decision.stage == Stage::override_grant || decision.verdict == Verdict::block)
        return plan;
    if (!any_may_be_for(rules, policy, query.subject))
        return plan;
    Facts const facts{policy, query};
    if (is_private(facts))
        return plan;
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (match(rules[i], facts))
            plan.set(i);
    return plan;
}

} // namespace

bool reads_prompt(Policy const& policy, Query const& query, Decision const& decision)
{
    if (decision.verdict == Verdict::block || !any_may_be_for(policy.prompts, policy, query.subject))
        return false;
    Facts const facts{policy, query};
    return !is_private(facts) && std::any_of(policy.prompts.begin(), policy.prompts.end(), [&](PromptRule const& rule) {
        return static_cast<bool>(match(rule, facts));
    });
}

ContentPlan plan_content(Policy const& policy, Query const& query, Decision const& decision)
{
    return policy.phrase_index ? plan_of<ContentPlan>(policy.content_rules, policy, query, decision) : ContentPlan{};
}

ContentPlan closing_part(Policy const& policy, ContentPlan plan)
{
    for (std::size_t i = 0; i < policy.content_rules.size(); ++i)
        if (policy.content_rules[i].then != ContentAction::close)
            plan.reset(i);
    return plan;
}

ContentFinding judge_content(Policy const& policy, ContentPlan const& plan, std::span<int const> scores, ContentAction action)
{
    for (std::uint16_t i = 0; i < policy.content_rules.size(); ++i) {
        auto const& rule = policy.content_rules[i];
        if (!plan[i] || rule.then != action)
            continue;
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

FilePlan plan_files(Policy const& policy, Query const& query, Decision const& decision)
{
    return plan_of<FilePlan>(policy.file_rules, policy, query, decision);
}

std::optional<std::uint16_t> judge_file(Policy const& policy, FilePlan const& plan, FileFacts const& facts)
{
    for (std::uint16_t i = 0; i < policy.file_rules.size(); ++i) {
        auto const& rule = policy.file_rules[i];
        bool const fits = rule.larger_than != 0 && facts.size <= rule.larger_than;
        if (!plan[i] || fits)
            continue;
        if (!rule.kinds.empty() && !facts.kind)
            return std::nullopt; // it may be the one that decides
        if (!rule.kinds.empty() && !rule.kinds.has(*facts.kind))
            continue;
        return rule.action == Verdict::block ? std::optional{i} : std::nullopt;
    }
    return std::nullopt;
}

Decision close_for_file(Decision decision, std::uint16_t rule, FileFacts const& facts)
{
    decision.verdict = Verdict::block;
    decision.stage = Stage::file;
    decision.index = rule;
    decision.file_kind = facts.kind;
    decision.file_size = facts.size;
    return decision;
}

Decision close_for_virus(Decision decision)
{
    decision.verdict = Verdict::block;
    decision.stage = Stage::virus;
    decision.index = none;
    return decision;
}

} // namespace gatehouse::policy
