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
    switch (inspection) {
    case Inspection::inspect: return "inspect";
    case Inspection::refuse: return "refuse";
    case Inspection::name_only: break;
    }
    return "name-only";
}

InspectionRuling judge_inspection(Facts const& facts, bool granted)
{
    if (facts.query.target.scheme != Scheme::tunnel)
        return {};
    bool const can_look = facts.query.subject.trusts_ca;
    InspectionRuling const by_name{Inspection::name_only, InspectionBasis::no_ca, none};
    if (auto const category = find_never_inspected(facts); category != none)
        return can_look ? InspectionRuling{Inspection::name_only, InspectionBasis::never, category} : by_name;
    auto const& rules = facts.policy.inspection;
    for (std::size_t i = 0; i < rules.size(); ++i) {
        auto const wanted = rules[i].wanted;
        bool const applies = (wanted != Inspection::inspect || can_look) && (wanted != Inspection::refuse || !granted);
        if (!applies || !match(rules[i], facts))
            continue;
        if (wanted == Inspection::name_only && !can_look)
            return by_name;
        return {wanted, InspectionBasis::rule, static_cast<std::uint16_t>(i)};
    }
    if (!can_look)
        return by_name;
    bool const by_role = facts.role != none && facts.policy.roles[facts.role].inspect;
    return {by_role ? Inspection::inspect : Inspection::name_only, InspectionBasis::role_default, facts.role};
}

} // namespace gatehouse::policy
