#include "policy/self_check.hpp"

#include <algorithm>

namespace gatehouse::policy {

bool is_self_check(Host const& host)
{
    return host.text().ends_with(self_check_zone) && host.is_within(self_check_zone);
}

std::uint16_t self_check_category(Policy const& policy, Host const& host)
{
    if (!is_self_check(host) || host.text() == self_check_zone)
        return none;
    auto const label = host.text().substr(0, host.text().size() - self_check_zone.size() - 1);
    auto const found = std::find_if(
        policy.categories.begin(), policy.categories.end(), [label](auto const& each) { return each.id == label; });
    return found == policy.categories.end() ? none : static_cast<std::uint16_t>(found - policy.categories.begin());
}

bool is_sealed_category(Policy const& policy, std::uint16_t category)
{
    bool any = false, all = true;
    for (auto const& list : policy.lists)
        if (category != none && list.category_index == category) {
            any = true;
            all = all && list.sealed;
        }
    return any && all;
}

std::string self_check_name(std::string_view category)
{
    return std::string{category} + '.' + std::string{self_check_zone};
}

} // namespace gatehouse::policy
