#pragma once
// What a part of a page shows, as data beside its HTML, for programs that read the page through the API. Every component says it when it is made.

#include "proxy/portal/html.hpp"

#include <boost/json.hpp>

namespace gatehouse::portal {

/// The same HTML, with what it shows: an object whose "kind" is the component's name.
Html described(Html html, boost::json::object shows);

} // namespace gatehouse::portal
