#include "policy/policy.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

template <class Table>
std::uint16_t find_id(Table const& table, std::string_view id)
{
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].id == id)
            return static_cast<std::uint16_t>(i);
    return none;
}

template <class Table>
auto const* find_entry(Table const& table, std::string_view id)
{
    auto const index = find_id(table, id);
    return index == none ? nullptr : &table[index];
}

template <class Parsed>
std::uint16_t index_or_none(std::optional<Parsed> const& parsed)
{
    return parsed ? static_cast<std::uint16_t>(*parsed) : none;
}

void append_missing(std::vector<std::string>& groups, std::vector<std::string> const& more)
{
    for (auto const& group : more)
        if (std::find(groups.begin(), groups.end(), group) == groups.end())
            groups.push_back(group);
}

std::optional<Severity> nearest_alert(std::vector<Category> const& categories, Category const& of)
{
    auto const* at = &of;
    for (std::size_t depth = 0; !at->alert && at->parent_index != none && depth < max_categories; ++depth)
        at = &categories[at->parent_index];
    return at->alert;
}

} // namespace

void Policy::prepare()
{
    for (auto& role : roles)
        role.default_id = "default-" + role.id;
    for (auto& category : categories)
        category.parent_index = find_id(categories, category.parent);
    for (auto& category : categories)
        category.alerts = nearest_alert(categories, category);
    for (auto& service : services)
        service.category_index = find_id(categories, service.category);
    for (auto& list : lists) {
        list.service_index = find_id(services, list.service);
        list.category_index = find_id(categories, list.category);
        if (list.category_index == none && list.service_index != none)
            list.category_index = services[list.service_index].category_index;
    }
    auto const prepare_rule = [this](Rule& rule) {
        for (auto* column : {&rule.who, &rule.what, &rule.where, &rule.when})
            for (auto& selector : *column)
                selector.index = index_of(selector);
        rule.sieve = make_sieve(rule);
    };
    for (auto& rule : rules)
        prepare_rule(rule);
    auto const is_address
        = [](Selector const& what) { return what.kind == Selector::Kind::host && IpAddress::parse(what.value); };
    names_addresses = std::ranges::any_of(rules, [&](Rule const& rule) { return std::ranges::any_of(rule.what, is_address); });
    for (auto& rule : inspection)
        prepare_rule(rule);
    for (auto& rule : prompts)
        prepare_rule(rule);
    for (auto& rule : file_rules)
        prepare_rule(rule);
    for (auto& rule : content_rules)
        prepare_rule(rule);
    for (auto& list : phrase_lists)
        list.category_index = find_id(categories, list.category);
    url_form_index.build(url_forms);
    term_index.build(term_lists);
    safe_search_hosts.clear();
    for (std::size_t i = 0; i < safe_search.size(); ++i) {
        for (auto& selector : safe_search[i].who)
            selector.index = index_of(selector);
        for (auto const& host : safe_search[i].hosts)
            safe_search_hosts.emplace(host, static_cast<std::uint16_t>(i));
    }
}

void Policy::attach(std::shared_ptr<void const> owner, std::span<std::byte const> image)
{
    prepare();
    AttachedLists lists_attached{std::move(owner), image, DomainSet{image}, {}};
    auto const count = static_cast<std::uint16_t>(lists_attached.set.list_count());
    for (std::uint16_t i = 0; i < count; ++i)
        lists_attached.info.push_back(find_id(lists, lists_attached.set.list_id(i)));
    attached.push_back(std::move(lists_attached));
}

Role const* Policy::role(std::string_view id) const
{
    return find_entry(roles, id);
}

Service const* Policy::service(std::string_view id) const
{
    return find_entry(services, id);
}

Category const* Policy::category(std::string_view id) const
{
    return find_entry(categories, id);
}

std::uint16_t Policy::index_of(Selector const& selector) const
{
    using Kind = Selector::Kind;
    switch (selector.kind) {
    case Kind::role: return find_id(roles, selector.value);
    case Kind::group: return find_id(groups, selector.value);
    case Kind::category: return find_id(categories, selector.value);
    case Kind::service: return find_id(services, selector.value);
    case Kind::list: return find_id(lists, selector.value);
    case Kind::network: return find_id(networks, selector.value);
    case Kind::search: return find_id(term_lists, selector.value);
    case Kind::signal: return index_or_none(parse_signal(selector.value));
    case Kind::device_kind: return index_or_none(parse_device_kind(selector.value));
    case Kind::period_kind: return index_or_none(parse_period_kind(selector.value));
    case Kind::weekday: return index_or_none(parse_weekday(selector.value));
    case Kind::url: return static_cast<std::uint16_t>(std::min(selector.value.find('/'), selector.value.size()));
    case Kind::everyone:
    case Kind::user:
    case Kind::everything:
    case Kind::pattern:
    case Kind::host:
    case Kind::device:
    case Kind::period:
    case Kind::closed: return 0;
    }
    return none;
}

bool Policy::is_within(std::uint16_t category, std::uint16_t ancestor) const
{
    for (std::size_t depth = 0; category != none && depth < max_categories; ++depth) {
        if (category == ancestor)
            return true;
        category = categories[category].parent_index;
    }
    return false;
}

bool Policy::never_inspects(std::uint16_t category) const
{
    for (std::size_t depth = 0; category != none && depth < max_categories; ++depth) {
        if (categories[category].never_inspect)
            return true;
        category = categories[category].parent_index;
    }
    return false;
}

std::optional<Severity> Policy::alert_of(std::uint16_t category) const
{
    return category < categories.size() ? categories[category].alerts : std::nullopt;
}

People Policy::people_of(std::string_view id) const
{
    auto const* const known = role(id);
    return known == nullptr ? People::pupils : known->people;
}

Subject Policy::subject_at(IpAddress const& address) const
{
    Subject subject;
    subject.role = unknown_role;
    subject.address = address;
    auto const network = std::find_if(networks.begin(), networks.end(), [&](NetworkInfo const& info) {
        return std::any_of(info.ranges.begin(), info.ranges.end(), [&](Network const& range) { return range.contains(address); });
    });
    if (network != networks.end()) {
        subject.network = network->id;
        subject.role = network->role;
        subject.groups = network->groups;
        subject.device_kind = network->device_kind;
        subject.trusts_ca = network->trusts_ca;
        subject.confidence = Confidence::address;
    }
    auto const device
        = std::find_if(devices.begin(), devices.end(), [&](DeviceInfo const& info) { return info.address == address; });
    if (device != devices.end()) {
        subject.device = device->id;
        subject.user = device->user;
        subject.role = device->role.empty() ? subject.role : device->role;
        append_missing(subject.groups, device->groups);
        if (device->kind != DeviceKind::unknown)
            subject.device_kind = device->kind;
        subject.confidence = Confidence::address;
    }
    return subject;
}

} // namespace gatehouse::policy
