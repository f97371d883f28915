#pragma once
// What a device is shown that trusts the school's certificate: nobody else ever sees it.

#include <string>
#include <string_view>

namespace gatehouse::portal {

/// `portal_url`: where the way back leads.
std::string render_trust_page(std::string_view school, std::string_view portal_url);

/// The same as a picture, for a page that a device may read without trusting anything yet.
std::string_view trust_picture();

} // namespace gatehouse::portal
