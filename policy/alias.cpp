#include "policy/alias.hpp"

#include "policy/evaluate.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

class NoRecorder final : public Recorder { };

bool names_sites(Selector::Kind kind)
{
    using Kind = Selector::Kind;
    return kind == Kind::host || kind == Kind::list || kind == Kind::service || kind == Kind::category;
}

bool names(Rule const& rule, Facts const& facts)
{
    return std::any_of(rule.what.begin(), rule.what.end(),
        [&](Selector const& what) { return names_sites(what.kind) && holds(what, what.index, facts); });
}

} // namespace

std::optional<Decision> judge_alias(Policy const& policy, Query const& alias, Decision const& made)
{
    Facts const facts{policy, alias};
    NoRecorder recorder;
    auto const decision = evaluate(facts, recorder);
    if (decision.verdict != Verdict::block)
        return std::nullopt;
    if (decision.stage == Stage::sealed)
        return decision;
    bool const by_rule = decision.stage == Stage::rule && names(policy.rules[decision.index], facts);
    bool const stands_before = made.stage == Stage::role_default || (made.stage == Stage::rule && decision.index < made.index);
    return by_rule && stands_before ? std::optional{decision} : std::nullopt;
}

} // namespace gatehouse::policy
