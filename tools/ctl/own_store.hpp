#pragma once
// The store as verbs reach it that need no daemon.

#include "proxy/store/store.hpp"
#include "tools/ctl/configuration.hpp"

namespace gatehouse::ctl {

/// Directly on the files: the database takes several processes, so it does not matter whether the daemon runs. Null, and the failure told, if they
/// cannot be opened.
std::unique_ptr<store::Store> open_store(Common const& common, Settings const& settings, Streams streams);

/// For the audit row: nobody signed in here, so the machine's user acts.
store::Actor command_line();

} // namespace gatehouse::ctl
