#include "policy/service_switch.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

using Kind = Selector::Kind;

constexpr std::array<std::string_view, 4> positions{"rules", "blocked", "breaks", "open"};

enum class Fit : std::uint8_t { none, some, whole };

Fit fit_of_who(Rule const& rule, Role const& role)
{
    auto fit = Fit::none;
    for (auto const& who : rule.who) {
        if (who.kind == Kind::everyone || (who.kind == Kind::role && who.value == role.id))
            return Fit::whole;
        if (who.kind == Kind::group || who.kind == Kind::user)
            fit = Fit::some;
    }
    return fit;
}

/// The service, its subject or one of its lists by name.
bool names(Policy const& policy, Selector const& what, Service const& service)
{
    switch (what.kind) {
    case Kind::service: return what.value == service.id;
    case Kind::category: return policy.is_within(service.category_index, what.index);
    case Kind::list: return what.index < policy.lists.size() && policy.lists[what.index].service == service.id;
    default: return false;
    }
}

bool names(Policy const& policy, Rule const& rule, Service const& service)
{
    return std::any_of(rule.what.begin(), rule.what.end(), [&](Selector const& what) { return names(policy, what, service); });
}

bool speaks_of(Policy const& policy, Rule const& rule, Service const& service)
{
    return names(policy, rule, service)
        || std::any_of(rule.what.begin(), rule.what.end(), [](Selector const& what) { return what.kind == Kind::everything; });
}

std::string switch_id(Service const& service, Role const& role)
{
    return fmt::format("switch-{}-{}", role.id, service.id);
}

std::string break_id(Service const& service, Role const& role)
{
    return switch_id(service, role) + "-breaks";
}

Rule const* find_rule(Policy const& policy, std::string const& id)
{
    auto const found = std::find_if(policy.rules.begin(), policy.rules.end(), [&](Rule const& rule) { return rule.id == id; });
    return found == policy.rules.end() ? nullptr : &*found;
}

bool is_switch(Rule const& rule, Service const& service, Role const& role)
{
    return rule.id == switch_id(service, role) || rule.id == break_id(service, role);
}

/// The first rule that names the service for the whole role, its switches aside; the end if there is none.
auto first_naming(Policy const& policy, Service const& service, Role const& role)
{
    return std::find_if(policy.rules.begin(), policy.rules.end(), [&](Rule const& rule) {
        return !is_switch(rule, service, role) && fit_of_who(rule, role) == Fit::whole && names(policy, rule, service);
    });
}

/// Id of the rule that a switch comes after.
std::string place_for(Policy const& policy, Service const& service, Role const& role)
{
    auto place = first_naming(policy, service, role);
    while (place != policy.rules.begin() && is_switch(*std::prev(place), service, role))
        --place;
    return place == policy.rules.begin() ? std::string{} : std::prev(place)->id;
}

Rule make_rule(Service const& service, Role const& role, SwitchWish const& wish)
{
    Rule rule;
    rule.id = switch_id(service, role);
    rule.clause = wish.clause;
    rule.who = {{Kind::role, role.id, 0}};
    rule.what = {{Kind::service, service.id, 0}};
    rule.action = wish.position == Switch::open ? Verdict::allow : Verdict::block;
    rule.reason = wish.reason;
    return rule;
}

} // namespace

std::string_view to_text(Switch position)
{
    return positions[static_cast<std::size_t>(position)];
}

std::optional<Switch> parse_switch(std::string_view text)
{
    auto const found = std::find(positions.begin(), positions.end(), text);
    if (found == positions.end())
        return std::nullopt;
    return static_cast<Switch>(found - positions.begin());
}

Standing standing_of(Policy const& policy, Service const& service, Role const& role)
{
    auto const answer_of
        = [](Verdict verdict) { return verdict == Verdict::allow ? Standing::Answer::open : Standing::Answer::blocked; };
    Standing standing;
    std::vector<Verdict> said;
    bool is_settled = false;
    for (auto const& rule : policy.rules) {
        auto const fit = fit_of_who(rule, role);
        if (is_settled || fit == Fit::none || !speaks_of(policy, rule, service))
            continue;
        standing.rules.push_back(rule.id);
        if (fit == Fit::some)
            standing.exceptions.push_back(rule.id);
        else
            said.push_back(rule.action);
        is_settled = fit == Fit::whole && rule.where.empty() && rule.when.empty();
    }
    if (!is_settled)
        said.push_back(role.default_verdict);
    bool const all_say_it = std::all_of(said.begin(), said.end(), [&](Verdict verdict) { return verdict == said.front(); });
    standing.answer = all_say_it ? answer_of(said.front()) : Standing::Answer::depends;
    return standing;
}

Switch switch_of(Policy const& policy, Service const& service, Role const& role)
{
    auto const* const rule = find_rule(policy, switch_id(service, role));
    if (rule == nullptr)
        return Switch::rules;
    if (rule->action == Verdict::allow)
        return Switch::open;
    return find_rule(policy, break_id(service, role)) == nullptr ? Switch::blocked : Switch::breaks;
}

std::string clause_for(Policy const& policy, Service const& service, Role const& role)
{
    auto const first = first_naming(policy, service, role);
    return first == policy.rules.end() ? role.default_clause : first->clause;
}

std::vector<Edit> edits_for(Policy const& policy, Service const& service, Role const& role, SwitchWish const& wish)
{
    std::vector<Edit> edits;
    if (switch_of(policy, service, role) == wish.position)
        return edits;
    for (auto const& id : {break_id(service, role), switch_id(service, role)})
        if (find_rule(policy, id) != nullptr)
            edits.push_back({EditedTable::rule, id, {}, {}});
    if (wish.position == Switch::rules)
        return edits;
    auto const after = place_for(policy, service, role);
    auto const rule = make_rule(service, role, wish);
    edits.push_back({EditedTable::rule, {}, written(rule), after});
    if (wish.position != Switch::breaks)
        return edits;
    auto open = rule;
    open.id = break_id(service, role);
    open.action = Verdict::allow;
    open.when = {{Kind::period_kind, "break", 0}, {Kind::period_kind, "lunch", 0}};
    edits.push_back({EditedTable::rule, {}, written(open), after});
    return edits;
}

} // namespace gatehouse::policy
