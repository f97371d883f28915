#pragma once
// What servers make of an address that stands inside another one. Internal to policy/.

#include "policy/url_form.hpp"

#include <optional>

namespace gatehouse::policy {

/// "host", "host:port" and so on, with what a browser makes of it; nothing if that is no name or address of another site.
std::optional<Target> read_authority(std::string_view text, std::optional<Scheme> written, Scheme outer);

/// Reads an address, still escaped, at the place where the form has it. Servers differ in how often they take escapes away and in what a
/// backslash is, so there may be several readings: `left` says which, and is lowered by those before it.
bool read_address(std::string_view escaped, UrlForm::In in, Scheme outer, std::size_t& left, Wrapped& found);

} // namespace gatehouse::policy
