#pragma once
// The pages of the portal; nobody signs in here.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal {

task<Response> show_welcome(Visit const& visit);
task<Response> show_pac(Visit const& visit);
task<Response> show_ca(Visit const& visit);
task<Response> show_device(Visit const& visit);        ///< how the school's certificate gets onto a device
task<Response> show_accessibility(Visit const& visit); ///< of both servers
task<Response> show_try(Visit const& visit);           ///< test pages of the filter
task<Response> show_help(Visit const& visit);          ///< of both servers
task<Response> show_asset(Visit const& visit);         ///< of both servers

/// The block page in another language; blocked_again.cpp.
task<Response> show_blocked_again(Visit const& visit);
task<Response> show_ask(Visit const& visit);
task<Response> take_ask(Visit const& visit);
task<Response> show_request_status(Visit const& visit);
task<Response> withdraw(Visit const& visit);

task<Response> show_tell(Visit const& visit);
task<Response> take_tell(Visit const& visit);
task<Response> show_told(Visit const& visit);

} // namespace gatehouse::portal
