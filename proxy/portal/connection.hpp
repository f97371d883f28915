#pragma once
// One browser's connection: reads requests within limits and deadlines, asks the router, writes answers.

#include "proxy/portal/web.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

namespace gatehouse::portal {

/// Within limits.hpp. Serves until the browser leaves, a limit is met, or an answer has gone out while `draining`. Never throws on what a browser does.
/// Lifetime: `draining` outlives the connection.
task<void> serve_plain(Site& site, boost::asio::ip::tcp::socket socket, bool const& draining);
task<void> serve_tls(Site& site, boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& context, bool const& draining);

} // namespace gatehouse::portal
