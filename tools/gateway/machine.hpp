#pragma once
// Rules and routes of this machine: what is in force, putting ours in force, taking them back. Needs the rights of an administrator.

#include "tools/gateway/rules.hpp"

#include <optional>

namespace gatehouse::gateway {

/// What went wrong, in the words of the program that said so; nothing if all went well.
using Complaint = std::optional<std::string>;

/// Would the kernel take these rules? Changes nothing.
Complaint check_rules(std::string const& rules);

/// Our table as text that puts it in force again; empty if there is none.
result<std::string> rules_in_force();

/// Routes first, then all rules at once. What was there before stays in force if the kernel refuses.
Complaint put_in_force(Settings const& settings, std::string const& rules);

/// Back to `before`, as rules_in_force gave it; if that is empty, to a machine without our table and routes.
Complaint take_back(std::string const& before);

} // namespace gatehouse::gateway
