#pragma once
// The frame of the two pages that workers serve (block page, error page): one document with its style inside and a
// policy that allows nothing else.

#include "proxy/portal/html.hpp"

namespace gatehouse::portal {

/// `title` and `school` are plain text.
std::string framed_page(
    std::string_view title, std::string_view school, Html const& content, Language language = Language::english);

} // namespace gatehouse::portal
