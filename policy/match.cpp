#include "policy/match.hpp"

#include <algorithm>
#include <optional>

namespace gatehouse::policy {
namespace {

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// Walks over a path as a server would read it: percent-encoding undone, doubled slashes as one, the query left off.
class PathReader {
public:
    explicit PathReader(std::string_view path)
        : rest_(path.substr(0, path.find('?')))
    {
    }

    /// The next byte, or nothing at the end.
    std::optional<char> next()
    {
        auto c = decode();
        while (c == '/' && last_ == '/')
            c = decode();
        last_ = c.value_or('\0');
        return c;
    }

private:
    std::optional<char> decode()
    {
        if (rest_.empty())
            return std::nullopt;
        char const c = rest_.front();
        int const high = c == '%' && rest_.size() > 2 ? hex_value(rest_[1]) : -1;
        int const low = high >= 0 ? hex_value(rest_[2]) : -1;
        rest_.remove_prefix(low >= 0 ? 3 : 1);
        return low >= 0 ? static_cast<char>(high * 16 + low) : c;
    }

    std::string_view rest_;
    char last_ = '\0';
};

bool url_holds(Selector const& selector, std::uint16_t slash, Facts const& facts, Verdict action)
{
    auto const& target = facts.query.target;
    if (target.scheme == Scheme::tunnel) // the path is not visible
        return false;
    std::string_view const value = selector.value;
    if (!target.host.is_within(value.substr(0, slash)))
        return false;
    if (has_dot_segment(target.path))
        return action == Verdict::block;
    return is_path_within(target.path, value.substr(std::min<std::size_t>(slash, value.size())));
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
    case Kind::network: return facts.network == index;
    case Kind::device_kind: return facts.query.subject.device_kind == static_cast<DeviceKind>(index);
    case Kind::period_kind: return facts.period_kind == static_cast<PeriodKind>(index);
    case Kind::weekday: return facts.weekday == index;
    default: return false;
    }
}

using Column = std::vector<Selector>;

/// The first entry of the column that holds. With `prepared` the entries carry their index.
Selector const* find_holding(Column const& column, Facts const& facts, Verdict action, bool prepared)
{
    for (auto const& selector : column) {
        auto const index = prepared ? selector.index : facts.policy.index_of(selector);
        if (holds(selector, index, facts, action))
            return &selector;
    }
    return nullptr;
}

/// Rules and overrides have the same columns.
template <class Entry>
Match match_columns(Entry const& entry, Facts const& facts, Verdict action, bool prepared)
{
    Match match;
    match.who = find_holding(entry.who, facts, action, prepared);
    if (!match.who)
        return match.failed = Match::Column::who, match;
    match.what = find_holding(entry.what, facts, action, prepared);
    if (!match.what)
        return match.failed = Match::Column::what, match;
    match.where = find_holding(entry.where, facts, action, prepared);
    if (!match.where && !entry.where.empty())
        return match.failed = Match::Column::where, match;
    match.when = find_holding(entry.when, facts, action, prepared);
    if (!match.when && !entry.when.empty())
        match.failed = Match::Column::when;
    return match;
}

} // namespace

bool is_path_within(std::string_view path, std::string_view prefix)
{
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    PathReader have{path}, want{prefix};
    auto wanted = want.next();
    for (auto c = have.next(); wanted; c = have.next()) {
        if (c != wanted)
            return false;
        wanted = want.next();
        if (!wanted) {
            auto const after = have.next();
            return !after || after == '/';
        }
    }
    return true;
}

bool has_dot_segment(std::string_view path)
{
    PathReader reader{path};
    std::size_t size = 0, dots = 0;
    while (true) {
        auto const c = reader.next();
        if (!c || c == '/') {
            if (size == dots && (size == 1 || size == 2))
                return true;
            size = dots = 0;
            if (!c)
                return false;
            continue;
        }
        ++size;
        if (c == '.')
            ++dots;
    }
}

bool holds(Selector const& selector, std::uint16_t index, Facts const& facts, Verdict action)
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
    case Kind::url: return url_holds(selector, index, facts, action);
    case Kind::period: return facts.period && facts.period->name == selector.value;
    case Kind::closed: return facts.closed;
    default: return table_holds(selector, index, facts);
    }
}

Match match(Rule const& rule, Facts const& facts)
{
    return match_columns(rule, facts, rule.action, true);
}

Match match(Override const& grant, Facts const& facts)
{
    return match_columns(grant, facts, Verdict::allow, false);
}

} // namespace gatehouse::policy
