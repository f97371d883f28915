#pragma once
// Which pages a role sees in the menu, and what roles are called.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal {

std::vector<View> menu_of(Visit const& visit);
/// Whether whoever is signed in may open that page of the console. `address` may have a query.
bool opens(Visit const& visit, std::string_view address);
Words role_title(store::ConsoleRole role);

} // namespace gatehouse::portal
