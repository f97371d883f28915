#pragma once
// Is this machine well? Each finding looks at one thing that can go wrong between installing and a Monday morning, changes nothing, and says what to do.

#include "proxy/checks/finding.hpp"
#include "proxy/settings.hpp"

#include <chrono>

namespace gatehouse {

/// Clock, configuration, lists, certificate, folders, disks, secrets, name servers, and mail and ClamAV where they are used. Asks others, so it blocks
/// for some seconds at worst.
std::vector<checks::Finding> examine(Settings const& settings, std::chrono::sys_seconds now);

} // namespace gatehouse
