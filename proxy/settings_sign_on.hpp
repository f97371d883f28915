#pragma once
// The section [sign_on] of gatehouse.toml.

#include "proxy/settings_reader.hpp"

namespace gatehouse {

struct Settings;

void read_sign_on(SettingsReader& reader, Settings& settings);

} // namespace gatehouse
