#pragma once
// The automatic proxy configuration: a JavaScript function, by long custom, that devices ask for each address.

#include "policy/address.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::portal {

/// For the device of that address: the first entry of the settings whose networks have it. The portal, plain names and the device itself are always
/// reached directly; everything else goes through the proxies, and through nothing else if none of them answers.
std::string pac_script(Settings const& settings, policy::IpAddress const& device, std::string const& portal_url);

} // namespace gatehouse::portal
