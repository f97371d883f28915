#include "policy/coverage.hpp"

#include "policy/url_path.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

using Kind = Selector::Kind;

bool is_who(Kind kind)
{
    return kind <= Kind::user;
}

bool is_what(Kind kind)
{
    return kind >= Kind::everything && kind <= Kind::pattern;
}

/// Category of what the selector names; `none` if it names no part of one.
std::uint16_t category_of(Policy const& policy, Selector const& selector)
{
    switch (selector.kind) {
    case Kind::category: return selector.index;
    case Kind::service: return policy.services[selector.index].category_index;
    case Kind::list: return policy.lists[selector.index].category_index;
    default: return none;
    }
}

bool covers_host(std::string_view domain, std::string_view name)
{
    auto const host = Host::parse(name.find(':') == name.npos ? std::string(name) : '[' + std::string(name) + ']');
    return host && host->is_within(domain);
}

bool covers_url(Selector const& wide, Selector const& narrow)
{
    std::string_view const prefix = wide.value, url = narrow.value;
    return covers_host(prefix.substr(0, wide.index), url.substr(0, narrow.index))
        && covers(prefix.substr(wide.index), url.substr(narrow.index));
}

bool is_kind_of_period(Timetable const& timetable, std::string_view kind, std::string_view name)
{
    return std::all_of(timetable.periods.begin(), timetable.periods.end(),
        [&](Period const& period) { return period.name != name || to_text(period.kind) == kind; });
}

/// All four kinds together are any time.
bool is_any_time(std::vector<Selector> const& column)
{
    unsigned kinds = 0;
    for (auto const& selector : column)
        if (selector.kind == Kind::period_kind)
            kinds |= 1U << selector.index;
    return kinds == 0xf;
}

} // namespace

bool covers(Policy const& policy, Selector const& wide, Selector const& narrow)
{
    if (wide.kind == narrow.kind && wide.value == narrow.value)
        return true;
    switch (wide.kind) {
    case Kind::everyone: return is_who(narrow.kind);
    case Kind::everything: return is_what(narrow.kind);
    case Kind::category: return policy.is_within(category_of(policy, narrow), wide.index);
    case Kind::service: return narrow.kind == Kind::list && policy.lists[narrow.index].service_index == wide.index;
    case Kind::host:
        return (narrow.kind == Kind::host && covers_host(wide.value, narrow.value))
            || (narrow.kind == Kind::url && covers_host(wide.value, narrow.value.substr(0, narrow.index)));
    case Kind::url: return narrow.kind == Kind::url && covers_url(wide, narrow);
    case Kind::period_kind: return narrow.kind == Kind::period && is_kind_of_period(policy.timetable, wide.value, narrow.value);
    default: return false;
    }
}

bool covers(Policy const& policy, std::vector<Selector> const& wide, std::vector<Selector> const& narrow)
{
    auto const is_whole
        = [](Selector const& selector) { return selector.kind == Kind::everyone || selector.kind == Kind::everything; };
    if (wide.empty() || is_any_time(wide) || std::any_of(wide.begin(), wide.end(), is_whole))
        return true;
    return !narrow.empty() && std::all_of(narrow.begin(), narrow.end(), [&](Selector const& selector) {
        return std::any_of(wide.begin(), wide.end(), [&](Selector const& entry) { return covers(policy, entry, selector); });
    });
}

bool covers(Policy const& policy, Rule const& wide, Rule const& narrow)
{
    return covers(policy, wide.who, narrow.who) && covers(policy, wide.what, narrow.what)
        && covers(policy, wide.where, narrow.where) && covers(policy, wide.when, narrow.when);
}

} // namespace gatehouse::policy
