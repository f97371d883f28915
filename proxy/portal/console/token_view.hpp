#pragma once
// Keys for programs, on the page of the own account and on that of somebody else's.

#include "proxy/portal/web.hpp"
#include "proxy/store/api_tokens.hpp"

namespace gatehouse::portal::console {

/// The table, and the form that ends one. `account`: number of the account, if it is somebody else's.
std::vector<Part> token_parts(Visit const& visit, std::vector<store::ApiToken> const& tokens, std::string const& account);

} // namespace gatehouse::portal::console
