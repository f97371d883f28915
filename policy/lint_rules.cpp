#include "policy/coverage.hpp"
#include "policy/linters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bitset>

namespace gatehouse::policy {
namespace {

using Kind = Selector::Kind;

struct Populated {
    std::bitset<max_categories> categories; ///< with all ancestors
    std::bitset<max_services> services;
    std::bitset<max_lists> lists;
};

Populated find_populated(Policy const& policy)
{
    Populated populated;
    for (auto const& attached : policy.attached)
        for (std::uint16_t i = 0; i < attached.info.size(); ++i)
            if (attached.info[i] < max_lists && attached.set.member_count(i) > 0)
                populated.lists.set(attached.info[i]);
    for (std::size_t i = 0; i < policy.lists.size() && i < max_lists; ++i) {
        auto const& list = policy.lists[i];
        bool const is_kept_in_store = list.path.empty(); // may be filled at any time
        if (!populated.lists[i] && !is_kept_in_store)
            continue;
        populated.lists.set(i);
        if (list.service_index < max_services)
            populated.services.set(list.service_index);
        for (auto at = list.category_index; at < max_categories && !populated.categories[at];
             at = policy.categories[at].parent_index)
            populated.categories.set(at);
    }
    return populated;
}

bool is_populated(Selector const& selector, Populated const& populated)
{
    switch (selector.kind) {
    case Kind::category: return populated.categories[selector.index];
    case Kind::service: return populated.services[selector.index];
    case Kind::list: return populated.lists[selector.index];
    default: return true;
    }
}

std::string place_of(Rule const& rule)
{
    return rule.source.line == 0 ? rule.source.file : fmt::format("line {}", rule.source.line);
}

} // namespace

void lint_order(Policy const& policy, std::vector<Problem>& problems)
{
    auto const& rules = policy.rules;
    for (auto rule = rules.begin(); rule != rules.end(); ++rule) {
        auto const earlier = std::find_if(rules.begin(), rule, [&](Rule const& other) { return covers(policy, other, *rule); });
        if (earlier == rule)
            continue;
        bool const is_same = covers(policy, *rule, *earlier);
        if (is_same && earlier->action != rule->action)
            problems.push_back(warning_at(*rule,
                fmt::format("rule \"{}\" contradicts rule \"{}\" ({}): the same who, what, where and when, the opposite action",
                    rule->id, earlier->id, place_of(*earlier))));
        else
            problems.push_back(warning_at(*rule,
                fmt::format("rule \"{}\" can never match: rule \"{}\" ({}) matches everything that it does", rule->id,
                    earlier->id, place_of(*earlier))));
    }
}

void lint_inspection(Policy const& policy, std::vector<Problem>& problems)
{
    auto const& entries = policy.inspection;
    for (auto entry = entries.begin(); entry != entries.end(); ++entry) {
        // What looks into connections leaves those of other devices to an entry that refuses them.
        auto const earlier = std::find_if(entries.begin(), entry, [&](InspectionRule const& other) {
            bool const leaves_some = other.wanted == Inspection::inspect && entry->wanted == Inspection::refuse;
            return !leaves_some && covers(policy, other, *entry);
        });
        if (earlier != entry)
            problems.push_back(warning_at(*entry,
                fmt::format("inspection \"{}\" can never match: \"{}\" ({}) matches everything that it does", entry->id,
                    earlier->id, place_of(*earlier))));
        auto const is_private
            = [&](Selector const& what) { return what.kind == Selector::Kind::category && policy.never_inspects(what.index); };
        if (entry->wanted != Inspection::name_only && std::all_of(entry->what.begin(), entry->what.end(), is_private))
            problems.push_back(warning_at(*entry,
                fmt::format("inspection \"{}\" has no effect: its categories are never inspected or refused", entry->id)));
    }
}

void lint_hosts(Policy const& policy, std::vector<Problem>& problems)
{
    if (policy.attached.empty())
        return;
    auto const populated = find_populated(policy);
    for (auto const& rule : policy.rules) {
        std::size_t empty = 0;
        for (auto const& selector : rule.what) {
            if (is_populated(selector, populated))
                continue;
            ++empty;
            if (selector.kind == Kind::category)
                continue; // schools name subjects before they have lists for them
            problems.push_back(warning_at(rule, fmt::format("rule \"{}\": {} has no hosts", rule.id, to_text(selector))));
        }
        if (empty == rule.what.size())
            problems.push_back(
                warning_at(rule, fmt::format("rule \"{}\" can never match: nothing of its \"what\" has hosts", rule.id)));
    }
    for (std::size_t i = 0; i < policy.lists.size() && i < max_lists; ++i)
        if (!populated.lists[i])
            problems.push_back(warning_in("lists.toml", fmt::format("list \"{}\" is empty", policy.lists[i].id)));
    for (std::size_t i = 0; i < policy.services.size() && i < max_services; ++i)
        if (!populated.services[i])
            problems.push_back(
                warning_in("policy.toml", fmt::format("service \"{}\" has no hosts in any list", policy.services[i].id)));
}

} // namespace gatehouse::policy
