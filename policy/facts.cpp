#include "policy/facts.hpp"

#include "policy/self_check.hpp"
#include "policy/term_scan.hpp"

#include <algorithm>

namespace gatehouse::policy {

Facts::Facts(Policy const& policy_in, Query const& query_in, Asked asked_in)
    : policy(policy_in)
    , query(query_in)
    , asked(asked_in)
{
    learn_subject();
    look_up_target();
    learn_search();
    learn_time();
    learn_signals();
}

void Facts::learn_subject()
{
    auto const index_in = [](auto const& table, std::string_view id) {
        auto const entry = std::find_if(table.begin(), table.end(), [&](auto const& row) { return row.id == id; });
        return entry == table.end() ? none : static_cast<std::uint16_t>(entry - table.begin());
    };
    role = index_in(policy.roles, query.subject.role);
    if (role == none)
        role = index_in(policy.roles, policy.unknown_role);
    network = query.subject.network.empty() ? none : index_in(policy.networks, query.subject.network);
    for (auto const& group : query.subject.groups) {
        auto const index = index_in(policy.groups, group);
        if (index >= max_groups)
            continue;
        groups.set(index);
        auto const age = policy.groups[index].youngest_age;
        if (age != 0 && (youngest_age == 0 || age < youngest_age))
            youngest_age = age;
    }
}

void Facts::look_up_target()
{
    if (is_self_check(query.target.host)) { // what it stands for is not for lists to say
        test_category = self_check_category(policy, query.target.host);
        sealed = is_sealed_category(policy, test_category);
        add_category(test_category);
        return;
    }
    auto const visible_path = query.target.scheme == Scheme::tunnel ? std::string_view{} : query.target.path;
    for (std::size_t i = 0; i < policy.attached.size(); ++i) {
        ListHits hits;
        policy.attached[i].set.find(query.target.host, visible_path, hits);
        for (auto const& hit : hits.all())
            add_hit(static_cast<std::uint16_t>(i), hit);
    }
}

void Facts::add_hit(std::uint16_t attached, ListHit const& hit)
{
    auto const list = policy.attached[attached].info[hit.list];
    if (list >= max_lists)
        return;
    auto const& info = policy.lists[list];
    if (asked == Asked::by_other_name && !info.aliases && !info.sealed)
        return;
    lists.set(list);
    add_category(info.category_index);
    if (info.service_index < max_services) {
        services.set(info.service_index);
        add_category(policy.services[info.service_index].category_index);
    }
    if (info.sealed)
        sealed = true;
    else if (found_count < found.size())
        found[found_count++] = {attached, list, hit};
}

void Facts::add_category(std::uint16_t category)
{
    while (category < max_categories && !categories.test(category)) {
        categories.set(category);
        category = policy.categories[category].parent_index;
    }
}

void Facts::learn_search()
{
    if (query.written != nullptr)
        terms = *query.written;
    if (query.written != nullptr || policy.url_form_index.empty())
        return;
    SearchText search;
    if (!find_search(policy, query.target, search))
        return;
    search_engine = search.form;
    find_terms(policy.term_index, search.all(), terms);
}

void Facts::learn_time()
{
    auto const& now = query.now.local;
    weekday = now.date.weekday();
    closed = !policy.timetable.closed_for(now.date).empty();
    period = closed ? nullptr : policy.timetable.period_on_open_day(now.minute, weekday, query.subject.groups);
    if (period)
        period_kind = period->kind;
}

void Facts::learn_signals()
{
    signals = query.signals;
    if (query.target.host.is_address())
        signals.add(Signal::ip_literal);
    if (youngest_age == 0)
        return;
    for (std::size_t i = 0; i < found_count; ++i) {
        auto const service = policy.lists[found[i].list].service_index;
        if (service != none && policy.services[service].minimum_age > youngest_age)
            signals.add(Signal::under_age);
    }
}

} // namespace gatehouse::policy
