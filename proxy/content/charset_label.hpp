#pragma once
// Names of charsets as browsers know them (WHATWG Encoding Standard §4.2), and no others.

#include <string_view>

namespace gatehouse::content {

/// The library's name of the charset that a browser takes for that label; empty for a label that browsers do not know.
std::string_view converter_of(std::string_view label);

} // namespace gatehouse::content
