#pragma once
// The frame of the pages that workers serve (block page, error page, trust page): one document with its style inside and
// a policy that allows nothing else.

#include "proxy/portal/html.hpp"

namespace gatehouse::portal {

/// `title` and `school` are plain text.
std::string framed_page(
    std::string_view title, std::string_view school, Html const& content, Language language = Language::english);

/// English within a line of another direction keeps its own (Unicode FSI and PDI, UAX #9 §2.4).
std::string within_line(Language language, std::string text);

} // namespace gatehouse::portal
