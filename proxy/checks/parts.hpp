#pragma once
// What the running gateway says of its own parts (`status`, proxy/watchdog), as findings: for the doctor and the console's Status page.

#include "proxy/checks/finding.hpp"

#include <boost/json/object.hpp>

namespace gatehouse::checks {

/// One for each part that hangs or has worked at one thing for long; none if all turn. Its id is the part's name: "store", "workers".
std::vector<Finding> look_at_parts(boost::json::object const& status);

} // namespace gatehouse::checks
