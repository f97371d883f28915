#pragma once
// Keys for programs, on the page of the own account and on that of somebody else's.

#include "proxy/portal/web.hpp"
#include "proxy/store/api_tokens.hpp"

namespace gatehouse::portal::console {

/// The table, and the form that ends one. `account`: whose page it is, if it is not the reader's own about the keys; `problems`: of that form.
std::vector<Part> token_parts(Visit const& visit, std::vector<store::ApiToken> const& tokens,
    store::Account const* account = nullptr, std::vector<Problem> const& problems = {});

} // namespace gatehouse::portal::console
