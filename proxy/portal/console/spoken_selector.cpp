#include "proxy/portal/console/spoken_selector.hpp"

#include "policy/parse.hpp"
#include "proxy/portal/html.hpp"

namespace gatehouse::portal::console {

namespace {

template <class Table>
std::string title_in(Table const& table, std::string const& id)
{
    for (auto const& row : table)
        if (row.id == id)
            return row.title.empty() ? spoken(row.id) : row.title;
    return spoken(id);
}

} // namespace

std::string spoken_selector(policy::Policy const& policy, policy::Selector const& selector)
{
    using enum policy::Selector::Kind;
    auto const& value = selector.value;
    switch (selector.kind) {
    case everyone: return "Everyone";
    case everything: return "Everything";
    case role: return title_in(policy.roles, value);
    case group: return title_in(policy.groups, value);
    case category: return title_in(policy.categories, value);
    case service: return title_in(policy.services, value);
    case list: return "the list " + title_in(policy.lists, value);
    case search: return "searches about " + title_in(policy.term_lists, value);
    case network: return title_in(policy.networks, value);
    case signal: return "sign: " + spoken(value);
    case device_kind: return value + " devices";
    case closed: return "when there is no school";
    case user:
    case host:
    case url:
    case pattern: return value;
    case device:
    case period_kind:
    case period:
    case weekday: return spoken(value);
    }
    return policy::to_text(selector);
}

std::string spoken_selector(policy::Policy const& policy, std::string_view column, std::string const& text)
{
    auto const parsed = policy::parse_selector(policy, column, text);
    auto const* const selector = std::get_if<policy::Selector>(&parsed);
    return selector == nullptr ? text : spoken_selector(policy, *selector);
}

std::string spoken_column(policy::Policy const& policy, std::vector<policy::Selector> const& column, std::string_view nothing)
{
    std::string text;
    for (auto const& selector : column)
        text += (text.empty() ? "" : ", ") + spoken_selector(policy, selector);
    return text.empty() ? std::string{nothing} : text;
}

} // namespace gatehouse::portal::console
