#pragma once
// The section [gateway] of gatehouse.toml. What it holds ends in rules of a firewall, so nothing passes that could be read as more than a name.

#include "proxy/settings_reader.hpp"

namespace gatehouse {

struct Settings;

/// Read after [listen], whose listeners it needs.
void read_gateway(SettingsReader& reader, Settings& settings);

} // namespace gatehouse
