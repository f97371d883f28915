#include "proxy/portal/console/spoken_selector.hpp"

#include "policy/parse.hpp"
#include "proxy/portal/html.hpp"

namespace gatehouse::portal::console {

namespace {

template <class Table>
std::string title_or_id(Table const& table, std::string const& id)
{
    for (auto const& row : table)
        if (row.id == id)
            return row.title.empty() ? spoken(row.id) : row.title;
    return spoken(id);
}

/// What is unusual about a connection, for people who never read its first bytes.
Words spoken_signal(std::string const& value)
{
    auto const signal = policy::parse_signal(value);
    if (!signal)
        return spoken(value);
    switch (*signal) {
    case policy::Signal::ip_literal: return "an address in place of a name";
    case policy::Signal::odd_port: return "an unusual port";
    case policy::Signal::sni_mismatch: return "another name than was asked for";
    case policy::Signal::sni_absent: return "no name is given";
    case policy::Signal::not_tls: return "not a web page";
    case policy::Signal::ech: return "a hidden name (ECH)";
    case policy::Signal::under_age: break;
    }
    return "below the minimum age";
}

} // namespace

Words spoken_selector(policy::Policy const& policy, policy::Selector const& selector)
{
    using enum policy::Selector::Kind;
    auto const& value = selector.value;
    switch (selector.kind) {
    case everyone: return "Everyone";
    case everything: return "Everything";
    case role: return title_or_id(policy.roles, value);
    case group: return title_or_id(policy.groups, value);
    case category: return title_or_id(policy.categories, value);
    case service: return title_or_id(policy.services, value);
    case list: return words("the list {}", title_or_id(policy.lists, value));
    case search: return words("searches about {}", title_or_id(policy.term_lists, value));
    case network: return title_or_id(policy.networks, value);
    case signal: return words("sign: {}", spoken_signal(value));
    case device_kind: return Words::perhaps_ours(value + " devices");
    case closed: return "when there is no school";
    case user:
    case host:
    case url:
    case pattern: return value;
    case device:
    case period: return spoken(value);
    case period_kind:
    case weekday: return Words::perhaps_ours(value);
    }
    return policy::to_text(selector);
}

Words spoken_selector(policy::Policy const& policy, std::string_view column, std::string const& text)
{
    auto const parsed = policy::parse_selector(policy, column, text);
    auto const* const selector = std::get_if<policy::Selector>(&parsed);
    return selector == nullptr ? Words(text) : spoken_selector(policy, *selector);
}

Words spoken_column(policy::Policy const& policy, std::vector<policy::Selector> const& column, Words nothing)
{
    std::vector<Words> said;
    for (auto const& selector : column)
        said.push_back(spoken_selector(policy, selector));
    return said.empty() ? nothing : joined(said);
}

} // namespace gatehouse::portal::console
