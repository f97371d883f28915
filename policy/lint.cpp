#include "policy/linters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

using Kind = Selector::Kind;

bool rules_mention(Policy const& policy, Kind kind, std::string_view value)
{
    return std::any_of(policy.rules.begin(), policy.rules.end(), [&](Rule const& rule) {
        return std::any_of(rule.who.begin(), rule.who.end(),
            [&](Selector const& selector) { return selector.kind == kind && selector.value == value; });
    });
}

bool any_has_group(auto const& table, std::string const& group)
{
    return std::any_of(table.begin(), table.end(),
        [&](auto const& row) { return std::find(row.groups.begin(), row.groups.end(), group) != row.groups.end(); });
}

/// Roles and groups about which nothing says anything, and a policy that expects nothing of itself.
void lint_people(Policy const& policy, std::vector<Problem>& problems)
{
    auto const gap = [&](std::string message) { problems.push_back(warning_in("policy.toml", std::move(message))); };
    for (auto const& role : policy.roles)
        if (!rules_mention(policy, Kind::role, role.id))
            gap(fmt::format("no rule mentions role \"{}\": rules for everyone and its default ({}) decide alone", role.id,
                to_text(role.default_verdict)));
    for (auto const& group : policy.groups) {
        bool const matters = group.youngest_age != 0 || any_has_group(policy.timetable.periods, group.id)
            || any_has_group(policy.networks, group.id) || any_has_group(policy.devices, group.id)
            || rules_mention(policy, Kind::group, group.id);
        if (!matters)
            gap(fmt::format("nothing mentions group \"{}\"", group.id));
    }
    if (policy.expectations.empty())
        gap("the policy expects nothing of itself: write [[expect]] entries");
}

bool covers(Network const& wide, Network const& narrow)
{
    return wide.prefix <= narrow.prefix && wide.contains(narrow.base);
}

/// Networks are asked in order: one whose ranges an earlier one has is never reached.
void lint_networks(Policy const& policy, std::vector<Problem>& problems)
{
    for (auto network = policy.networks.begin(); network != policy.networks.end(); ++network)
        for (auto const& range : network->ranges)
            for (auto earlier = policy.networks.begin(); earlier != network; ++earlier)
                if (std::any_of(
                        earlier->ranges.begin(), earlier->ranges.end(), [&](Network const& wide) { return covers(wide, range); }))
                    problems.push_back(warning_in("policy.toml",
                        fmt::format("range {} of network \"{}\" is never reached: network \"{}\" has it already", range.to_text(),
                            network->id, earlier->id)));
}

bool tells_of_searches(Policy const& policy)
{
    return std::any_of(
        policy.term_lists.begin(), policy.term_lists.end(), [](TermList const& list) { return list.severity > Severity::note; });
}

bool has_anything(Policy const& policy, std::uint16_t category)
{
    auto const is_in_it = [&](auto const& list) { return policy.is_within(list.category_index, category); };
    return std::any_of(policy.lists.begin(), policy.lists.end(), is_in_it)
        || std::any_of(policy.phrase_lists.begin(), policy.phrase_lists.end(), is_in_it);
}

/// Categories of which somebody is to be told: private ones, empty ones; entries that tell nobody; and whose people nobody is.
void lint_alerts(Policy const& policy, std::vector<Problem>& problems)
{
    bool tells = tells_of_searches(policy);
    for (std::uint16_t i = 0; i < policy.categories.size(); ++i) {
        auto const& category = policy.categories[i];
        if (!policy.alert_of(i))
            continue;
        tells = true;
        if (policy.never_inspects(i))
            problems.push_back(warning_in("policy.toml",
                fmt::format("category \"{}\" is private (never_inspect) and tells of visits (alert): take one of them away",
                    category.id)));
        if (category.alert && !has_anything(policy, i))
            problems.push_back(warning_in(
                "policy.toml", fmt::format("category \"{}\" tells of visits (alert), but no list belongs to it", category.id)));
    }
    for (auto const& rule : policy.content_rules) {
        bool const reaches = std::any_of(rule.lists.begin(), rule.lists.end(),
            [&](std::uint16_t list) { return policy.alert_of(policy.phrase_lists[list].category_index).has_value(); });
        if (rule.then == ContentAction::tell && !reaches)
            problems.push_back(warning_at(rule,
                fmt::format(
                    "content entry \"{}\" tells nobody: none of its phrase lists is of a category with \"alert\"", rule.id)));
    }
    bool const has_staff
        = std::any_of(policy.roles.begin(), policy.roles.end(), [](Role const& role) { return role.people == People::staff; });
    if (tells && policy.roles.size() > 1 && !has_staff)
        problems.push_back(warning_in("policy.toml",
            "no role is of staff, so what is seen of staff goes to the safeguarding lead: write people = \"staff\" in their "
            "role"));
}

} // namespace

Problem warning_at(Rule const& rule, std::string message)
{
    return {Problem::Severity::warning, rule.source.file, rule.source.line, 1, std::move(message), {}};
}

Problem warning_in(std::string file, std::string message)
{
    return {Problem::Severity::warning, std::move(file), 0, 0, std::move(message), {}};
}

std::vector<Problem> lint(Policy const& policy)
{
    std::vector<Problem> problems;
    lint_order(policy, problems);
    lint_inspection(policy, problems);
    lint_hosts(policy, problems);
    lint_windows(policy, problems);
    lint_people(policy, problems);
    lint_networks(policy, problems);
    lint_days(policy, problems);
    lint_alerts(policy, problems);
    return problems;
}

} // namespace gatehouse::policy
