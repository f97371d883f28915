#pragma once
// The section [pac] of gatehouse.toml. What it holds ends in a script that devices run, so nothing passes that could be read as more than a name.

#include "proxy/settings_reader.hpp"

namespace gatehouse {

struct Settings;

void read_pac(SettingsReader& reader, Settings& settings);

} // namespace gatehouse
