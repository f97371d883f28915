#pragma once
// What a page of a site really needs: the other sites that came with it when somebody opened it, from the access log. For the narrowest grant that works.

#include "proxy/portal/web.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::portal::console {

/// Hosts that came within seconds of the asked site in at least half of the last visits, and that are blocked for the person who asks: sites
/// of their own visits, or of at least two other people's. At most eight; empty if the log knows none.
task<std::vector<std::string>> blocked_companions(Visit const& visit, store::UnblockRequest const& request);

} // namespace gatehouse::portal::console
