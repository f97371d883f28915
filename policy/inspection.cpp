#include "policy/match.hpp"

namespace gatehouse::policy {
namespace {

/// A category of the target, or an ancestor of one, that is never inspected.
std::uint16_t find_never_inspected(Facts const& facts)
{
    for (std::size_t i = 0; i < facts.policy.categories.size(); ++i)
        if (facts.categories[i] && facts.policy.categories[i].never_inspect)
            return static_cast<std::uint16_t>(i);
    return none;
}

} // namespace

std::string_view to_text(Inspection inspection)
{
    return inspection == Inspection::inspect ? "inspect" : "name-only";
}

InspectionRuling judge_inspection(Facts const& facts)
{
    if (facts.query.target.scheme != Scheme::tunnel)
        return {};
    if (!facts.query.subject.trusts_ca)
        return {Inspection::name_only, InspectionBasis::no_ca, none};
    if (auto const category = find_never_inspected(facts); category != none)
        return {Inspection::name_only, InspectionBasis::never, category};
    auto const& rules = facts.policy.inspection;
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (match(rules[i], facts))
            return {rules[i].wanted, InspectionBasis::rule, static_cast<std::uint16_t>(i)};
    bool const by_role = facts.role != none && facts.policy.roles[facts.role].inspect;
    return {by_role ? Inspection::inspect : Inspection::name_only, InspectionBasis::role_default, facts.role};
}

} // namespace gatehouse::policy
