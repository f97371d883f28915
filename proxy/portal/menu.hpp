#pragma once
// Which pages a role sees in the menu, and what roles are called.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal {

std::vector<View> menu_of(Visit const& visit);
Words role_title(store::ConsoleRole role);

} // namespace gatehouse::portal
