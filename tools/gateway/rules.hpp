#pragma once
// The firewall rules of a transparent gateway as text for nft(8), and the routes that they need as arguments of ip(8). Pure.

#include "proxy/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::gateway {

/// Our table, "inet gatehouse". Nothing outside it is touched.
inline constexpr std::string_view table = "gatehouse";

/// True where packets keep their destination (nftables' tproxy), which needs routes; else they are redirected.
bool keeps_destination(Settings const& settings);

/// Replaces the table as one transaction, or makes it. From the interfaces inside: TCP 80 and 443 go to our listeners; what is local, asked of
/// the school's name servers or let out passes; all else is refused, so that nothing leaves unseen. A family without a listener has no web.
/// Precondition: `settings.gateway.inside` and a listener for intercepted traffic, which load_settings saw to.
std::string render_rules(Settings const& settings);

/// Arguments of ip(8).
using Command = std::vector<std::string>;
/// The routes that the rules need; empty unless keeps_destination. The `del` among them may fail: the first time there is nothing to take back.
std::vector<Command> render_routes(Settings const& settings);
/// Takes back whatever render_routes may have set, under whatever settings. Any of them may fail.
std::vector<Command> undo_routes();

} // namespace gatehouse::gateway
