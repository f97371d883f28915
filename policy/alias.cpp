#include "policy/alias.hpp"

#include "policy/evaluate.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

bool names_sites(Selector::Kind kind)
{
    using Kind = Selector::Kind;
    return kind == Kind::host || kind == Kind::list || kind == Kind::service || kind == Kind::category;
}

/// A service for older people is what the other name itself belongs to, unless the site was so already.
bool is_below_its_age(Selector const& what, Facts const& facts)
{
    return what.kind == Selector::Kind::signal && what.index == static_cast<std::uint16_t>(Signal::under_age)
        && !facts.query.signals.has(Signal::under_age);
}

/// The first entry by which the rule is about the other name; null: none.
Selector const* find_naming(Rule const& rule, Facts const& facts)
{
    auto const found = std::find_if(rule.what.begin(), rule.what.end(), [&](Selector const& what) {
        return (names_sites(what.kind) || is_below_its_age(what, facts)) && holds(what, what.index, facts);
    });
    return found == rule.what.end() ? nullptr : &*found;
}

/// How many rules stand before what opened the site.
std::size_t count_before(Policy const& policy, Decision const& made)
{
    switch (made.stage) {
    case Stage::rule: return made.index;
    case Stage::role_default: return policy.rules.size();
    default: return 0;
    }
}

} // namespace

std::optional<Decision> judge_alias(Policy const& policy, Query const& alias, Decision const& made)
{
    Facts const facts{policy, alias, Asked::by_other_name};
    SilentRecorder recorder;
    auto const decision = evaluate(facts, recorder);
    if (decision.stage == Stage::sealed)
        return decision;
    if (decision.stage == Stage::override_grant || decision.stage == Stage::restriction)
        return std::nullopt;
    auto const end = count_before(policy, made);
    for (std::size_t i = 0; i < end; ++i) {
        auto const& rule = policy.rules[i];
        auto const* const what = match(rule, facts) ? find_naming(rule, facts) : nullptr;
        if (what != nullptr)
            return rule.action == Verdict::block ? std::optional{decide_by_rule(facts, static_cast<std::uint16_t>(i), *what)}
                                                 : std::nullopt;
    }
    return std::nullopt;
}

bool may_be_closed_by_name(Policy const& policy, Target const& site, Decision const& made, LeadsTo const& leads)
{
    if (made.safe_search != none || made.verdict == Verdict::block)
        return false;
    return !leads.names.empty()
        || (policy.names_addresses && !site.host.is_address()
            && std::any_of(leads.addresses.begin(), leads.addresses.end(), is_special_purpose));
}

std::optional<ClosedByName> judge_names(Policy const& policy, Query const& site, Decision const& made, LeadsTo const& leads)
{
    if (!may_be_closed_by_name(policy, site.target, made, leads))
        return std::nullopt;
    auto const closed_by = [&](Host const& name) -> std::optional<ClosedByName> {
        Target const target{site.target.scheme, name, site.target.port, {}};
        auto const decision = judge_alias(policy, {site.subject, target, site.now, made.signals}, made);
        return decision ? std::optional{ClosedByName{name, *decision}} : std::nullopt;
    };
    for (auto const& name : leads.names)
        if (auto closed = closed_by(name))
            return closed;
    if (!policy.names_addresses || site.target.host.is_address())
        return std::nullopt;
    // One server stands at a private address, whatever it is called; many sites share a public one.
    for (auto const& address : leads.addresses)
        if (is_special_purpose(address))
            if (auto closed = closed_by(Host::from_address(address)))
                return closed;
    return std::nullopt;
}

} // namespace gatehouse::policy
