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
    return problems;
}

} // namespace gatehouse::policy
