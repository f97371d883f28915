#pragma once
// In which language a visitor reads: the one they chose, or the one their browser asks for.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal {

/// What somebody chose (a cookie), else what the browser asks for, else English; programs always get English.
Language language_for(Side side, Request const& request);

/// For the foot of each page: the other languages of this side, each with the address that chooses it and comes back here.
std::vector<View> language_links(Visit const& visit);

/// "/language?to=es&back=/requests": keeps the choice for a year and goes back. Changes nothing but this reader's own page.
task<Response> choose_language(Visit const& visit);

} // namespace gatehouse::portal
