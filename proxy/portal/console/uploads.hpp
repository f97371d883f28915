#pragma once
// Files that forms of the console bring.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// Text of the file in that field; a program may send it as the field's value. Nothing if none came, or if it is no text, which `problems` then says.
std::optional<std::string> uploaded_text(Visit const& visit, std::string const& field, std::vector<Problem>& problems);

} // namespace gatehouse::portal::console
