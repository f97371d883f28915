#pragma once
// Test sites: a name for each category that no site in the world has ("adult.self-check.invalid", RFC 6761 §6.4), so that anybody can see at any
// computer whether the filter closes that category there. They go the way of every other name, through the same decision, but nothing stands behind
// them: nobody is told of a visit, and nobody can ask for one.

#include "policy/policy.hpp"

namespace gatehouse::policy {

inline constexpr std::string_view self_check_zone = "self-check.invalid";

/// True for the zone and for every name below it.
bool is_self_check(Host const& host);
/// The category that the name stands for, itself and not what lists say of it; `none` for other names, and if the policy has no such category.
std::uint16_t self_check_category(Policy const& policy, Host const& host);
/// True for a category all of whose lists are sealed: its test site is closed as they are.
bool is_sealed_category(Policy const& policy, std::uint16_t category);
/// "adult.self-check.invalid"
std::string self_check_name(std::string_view category);

} // namespace gatehouse::policy
