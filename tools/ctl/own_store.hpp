#pragma once
// The store as verbs reach it that need no daemon.

#include "proxy/store/store.hpp"
#include "tools/ctl/configuration.hpp"

#include <variant>

namespace gatehouse::ctl {

/// Directly on the files: the database takes several processes, so it does not matter whether the daemon runs. Null, and the failure told, if they
/// cannot be opened.
std::unique_ptr<store::Store> open_store(Common const& common, Settings const& settings, Streams streams);

/// What is wrong with a policy, or why the store cannot be read.
using Judged = std::variant<std::vector<policy::Problem>, std::string>;

/// Adds what the store keeps for `now`, if there is one, and judges the policy as the daemon does: before grants open what it says is closed.
Judged add_own_store(policy::Policy& policy, Settings const& settings, std::chrono::sys_seconds now);

/// For the audit row: nobody signed in here, so the machine's user acts.
store::Actor command_line();

} // namespace gatehouse::ctl
