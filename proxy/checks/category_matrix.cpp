#include "proxy/checks/category_matrix.hpp"

#include "policy/decide.hpp"
#include "policy/self_check.hpp"

#include <algorithm>

namespace gatehouse::checks {
namespace {

constexpr std::chrono::minutes step{30};
constexpr std::chrono::days week{7};

/// A person of the role at a computer of which nothing else is known.
policy::Subject person_of(std::string const& role, policy::DeviceKind device)
{
    policy::Subject subject;
    subject.role = role;
    subject.device_kind = device;
    subject.trusts_ca = device == policy::DeviceKind::school;
    return subject;
}

} // namespace

CategoryRow const* CategoryMatrix::row(std::string_view category) const
{
    auto const found = std::find_if(rows.begin(), rows.end(), [&](CategoryRow const& row) { return row.category == category; });
    return found == rows.end() ? nullptr : &*found;
}

CategoryMatrix enforce_categories(policy::Policy const& policy, std::span<std::string_view const> categories,
    std::chrono::sys_seconds from, MomentOf const& moment_of, policy::DeviceKind device)
{
    CategoryMatrix matrix;
    for (auto const& role : policy.roles)
        matrix.roles.push_back(role.id);
    for (auto const id : categories)
        if (policy.category(id) != nullptr)
            matrix.rows.push_back({std::string{id}, std::vector<Enforcement>(matrix.roles.size())});
    std::vector<policy::Moment> moments;
    for (auto at = from; at < from + week; at += step)
        moments.push_back(moment_of(at));
    for (auto& row : matrix.rows) {
        auto const url = "http://" + policy::self_check_name(row.category) + "/"; // which the target views
        auto const target = policy::Target::parse_url(url);
        for (std::size_t role = 0; target && role < matrix.roles.size(); ++role) {
            auto const subject = person_of(matrix.roles[role], device);
            for (auto const& now : moments) {
                auto const verdict = policy::decide(policy, {subject, *target, now, {}}).verdict;
                row.by_role[role].blocked += verdict == policy::Verdict::block ? 1U : 0U;
                ++row.by_role[role].asked;
            }
        }
    }
    return matrix;
}

} // namespace gatehouse::checks
