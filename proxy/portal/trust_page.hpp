#pragma once
// What a device is shown that trusts the school's certificate: nobody else ever sees it.

#include "proxy/portal/languages.hpp"

#include <string>
#include <string_view>

namespace gatehouse::portal {

/// `portal_url`: where the way back leads.
std::string render_trust_page(std::string_view school, std::string_view portal_url, Language language);

/// The same as a picture (SVG), for a page that a device may read without trusting anything yet.
std::string render_trust_picture(Language language);

} // namespace gatehouse::portal
