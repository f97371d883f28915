#include "policy/match.hpp"

#include "policy/url_path.hpp"

namespace gatehouse::policy {
namespace {

bool url_holds(Selector const& selector, std::uint16_t slash, Facts const& facts)
{
    auto const& target = facts.query.target;
    if (target.scheme == Scheme::tunnel) // the path is not visible
        return false;
    std::string_view const value = selector.value;
    if (!target.host.is_within(value.substr(0, slash)))
        return false;
    return covers(UrlPath{value.substr(slash)}.text(), UrlPath{target.path}.text());
}

bool table_holds(Selector const& selector, std::uint16_t index, Facts const& facts)
{
    using Kind = Selector::Kind;
    switch (selector.kind) {
    case Kind::role: return facts.role == index;
    case Kind::group: return index < max_groups && facts.groups[index];
    case Kind::category: return index < max_categories && facts.categories[index];
    case Kind::service: return index < max_services && facts.services[index];
    case Kind::list: return index < max_lists && facts.lists[index];
    case Kind::signal: return facts.signals.has(static_cast<Signal>(index));
    case Kind::search: return index < max_term_lists && facts.terms.lists[index];
    case Kind::network: return facts.network == index;
    case Kind::device_kind: return facts.query.subject.device_kind == static_cast<DeviceKind>(index);
    case Kind::period_kind: return facts.period_kind == static_cast<PeriodKind>(index);
    case Kind::weekday: return facts.weekday == index;
    default: return false;
    }
}

/// The first of the two plain columns that certainly does not hold.
Match::Column find_sieved(Sieve const& sieve, Facts const& facts)
{
    constexpr std::uint16_t bits = 64;
    if (sieve.who_is_exact && (facts.role < bits ? (sieve.roles >> facts.role & 1) == 0 : sieve.roles == 0))
        return Match::Column::who;
    bool const who_holds = sieve.who_is_exact && facts.role < bits;
    if (who_holds && sieve.what_is_exact && (sieve.signals & facts.signals.bits()) == 0
        && (sieve.categories & facts.categories).none())
        return Match::Column::what;
    return Match::Column::nothing;
}

using Column = std::vector<Selector>;

/// The first entry of the column that holds. With `prepared` the entries carry their index.
Selector const* find_holding(Column const& column, Facts const& facts, bool prepared)
{
    for (auto const& selector : column) {
        auto const index = prepared ? selector.index : facts.policy.index_of(selector);
        if (holds(selector, index, facts))
            return &selector;
    }
    return nullptr;
}

/// Rules and overrides have the same columns.
template <class Entry>
Match match_columns(Entry const& entry, Facts const& facts, bool prepared)
{
    Match match;
    match.who = find_holding(entry.who, facts, prepared);
    if (!match.who)
        return match.failed = Match::Column::who, match;
    match.what = find_holding(entry.what, facts, prepared);
    if (!match.what)
        return match.failed = Match::Column::what, match;
    match.where = find_holding(entry.where, facts, prepared);
    if (!match.where && !entry.where.empty())
        return match.failed = Match::Column::where, match;
    match.when = find_holding(entry.when, facts, prepared);
    if (!match.when && !entry.when.empty())
        match.failed = Match::Column::when;
    return match;
}

} // namespace

bool holds(Selector const& selector, std::uint16_t index, Facts const& facts)
{
    using Kind = Selector::Kind;
    if (index == none)
        return false;
    switch (selector.kind) {
    case Kind::everyone:
    case Kind::everything: return true;
    case Kind::user: return !selector.value.empty() && facts.query.subject.user == selector.value;
    case Kind::device: return !selector.value.empty() && facts.query.subject.device == selector.value;
    case Kind::host: return facts.query.target.host.is_within(selector.value);
    case Kind::url: return url_holds(selector, index, facts);
    case Kind::pattern: return facts.policy.url_patterns.matches(selector.value, facts.query.target);
    case Kind::period: return facts.period && facts.period->name == selector.value;
    case Kind::closed: return facts.closed;
    default: return table_holds(selector, index, facts);
    }
}

Match match(Rule const& rule, Facts const& facts)
{
    if (auto const failed = find_sieved(rule.sieve, facts); failed != Match::Column::nothing)
        return {.failed = failed};
    return match_columns(rule, facts, true);
}

Match match(Override const& grant, Facts const& facts)
{
    return match_columns(grant, facts, false);
}

} // namespace gatehouse::policy
