#pragma once
// The section [mail] of gatehouse.toml, and the roles that may be written to.

#include "proxy/settings_reader.hpp"

#include <array>

namespace gatehouse {

struct Settings;

/// Those of store::ConsoleRole, as they are written in files.
inline constexpr std::array<std::string_view, 9> console_roles{
    "officer", "headteacher", "ict-lead", "dsl", "dpo", "chief-executive", "marketing", "auditor", "supervisor"};

bool is_console_role(std::string_view text);

void read_mail(SettingsReader& reader, Settings& settings);

} // namespace gatehouse
