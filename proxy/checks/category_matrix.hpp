#pragma once
// Which categories are closed for which roles, asked of the decision itself: the test site of each category (policy/self_check.hpp) is decided for each
// role through a week.

#include "policy/policy.hpp"

#include <functional>

namespace gatehouse::checks {

/// How much of the week a category was closed.
struct Enforcement {
    unsigned blocked = 0, asked = 0;

    bool always() const { return asked > 0 && blocked == asked; }
    bool never() const { return blocked == 0; }
    unsigned percent() const { return asked == 0 ? 0 : (100 * blocked + asked / 2) / asked; }
};

struct CategoryRow {
    std::string category; ///< id
    std::vector<Enforcement> by_role;
};

struct CategoryMatrix {
    std::vector<std::string> roles; ///< ids, in the policy's order
    std::vector<CategoryRow> rows;  ///< of the categories that the policy has

    CategoryRow const* row(std::string_view category) const;
};

using MomentOf = std::function<policy::Moment(std::chrono::sys_seconds)>;

/// Every half hour of the week that begins at `from`, on such a device; one of the school trusts its CA. Some ten milliseconds.
CategoryMatrix enforce_categories(policy::Policy const& policy, std::span<std::string_view const> categories,
    std::chrono::sys_seconds from, MomentOf const& moment_of, policy::DeviceKind device = policy::DeviceKind::school);

} // namespace gatehouse::checks
