#pragma once
// The charset that a page says of itself, found as browsers find it (HTML Standard §13.2.3.2): in a <meta>, not in comments, other tags or text; or in
// an XML declaration.

#include <string_view>

namespace gatehouse::content {

/// The library's name of it, from the page's first bytes; empty if they name none that browsers know.
std::string_view charset_said_in(std::string_view begin_of_page);

} // namespace gatehouse::content
