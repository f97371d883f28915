#include "proxy/portal/console/service_age.hpp"

#include "proxy/portal/console/seen_part.hpp"
#include "proxy/store/opening.hpp"

namespace gatehouse::portal::console {

namespace {

using Groups = std::vector<std::string>;

void append(Groups& groups, Groups const& more)
{
    groups.insert(groups.end(), more.begin(), more.end());
}

/// Where people of the role sit.
Groups groups_of_places(policy::Policy const& policy, std::string const& role)
{
    Groups groups;
    for (auto const& network : policy.networks)
        if (network.role == role)
            append(groups, network.groups);
    for (auto const& device : policy.devices)
        if (auto const there = policy.subject_at(device.address); there.role == role)
            append(groups, there.groups);
    return groups;
}

Groups all_groups(policy::Policy const& policy)
{
    Groups groups;
    for (auto const& group : policy.groups)
        groups.push_back(group.id);
    return groups;
}

Groups groups_of_network(policy::Policy const& policy, std::string const& id)
{
    for (auto const& network : policy.networks)
        if (network.id == id)
            return network.groups;
    return {};
}

/// Empty if nothing is known against it. `place`: "host/path".
Words too_young_text(Visit const& visit, Groups const& groups, std::string const& place)
{
    auto const slash = place.find('/');
    if (slash != std::string::npos && slash + 1 != place.size())
        return {};
    auto const policy = visit.site.services.current_policy();
    policy::Subject subject;
    subject.groups = groups;
    auto const url = "https://" + place.substr(0, slash) + "/";
    auto const target = policy::Target::parse_url(url);
    if (!target)
        return {};
    auto const decision = policy::decide(*policy, {subject, *target, visit.now, {}});
    if (decision.service == policy::none || !decision.signals.has(policy::Signal::under_age))
        return {};
    auto const& service = policy->services[decision.service];
    return words(
        "{} takes nobody below {}, and some of those for whom it would open are younger. Write one part of it, or choose "
        "a group that is older",
        service.title, service.minimum_age);
}

} // namespace

task<result<std::vector<std::string>>> groups_of_terms(
    Visit const& visit, store::UnblockRequest const& request, store::Recommendation const& terms)
{
    auto const policy = visit.site.services.current_policy();
    if (terms.scope == store::Scope::everyone)
        co_return all_groups(*policy);
    if (terms.scope == store::Scope::group)
        co_return Groups{terms.scope_value};
    if (terms.scope == store::Scope::network)
        co_return groups_of_network(*policy, terms.scope_value);
    bool const is_role = terms.scope == store::Scope::role;
    auto const work = [is_role, role = terms.scope_value, request](store::Ledger& ledger) {
        return is_role ? store::groups_of_role(ledger, role) : store::groups_of_asker(ledger, request);
    };
    auto groups = co_await visit.site.services.store.call(work);
    if (groups)
        append(*groups, is_role ? groups_of_places(*policy, terms.scope_value) : subject_of(*policy, request.requester).groups);
    co_return groups;
}

void check_ages(Visit const& visit, std::vector<std::string> const& groups, store::Recommendation const& terms,
    std::vector<Problem>& problems)
{
    if (!terms.allow)
        return;
    if (auto text = too_young_text(visit, groups, terms.host + terms.path); !text.empty())
        problems.push_back({"target", std::move(text)});
    for (auto const& other : terms.also)
        if (auto text = too_young_text(visit, groups, other); !text.empty())
            problems.push_back({"also", std::move(text)});
}

} // namespace gatehouse::portal::console
