#pragma once
// Untrusted bytes of multipart/form-data (RFC 7578), as browsers send forms with files, to fields and files. Sans-IO; has a fuzz target.

#include "policy/result.hpp"
#include "proxy/portal/message.hpp"

#include <optional>

namespace gatehouse::portal {

/// What the body of a form is cut by; nothing if the type is no multipart/form-data or its boundary none of RFC 2046 §5.1.1.
std::optional<std::string> boundary_of(std::string_view content_type);

struct MultipartForm {
    Fields fields;             ///< as parse_form: valid UTF-8 without NUL, CR LF as LF
    std::vector<Upload> files; ///< those chosen; their bytes are not looked at
};

/// Strict: nothing before the first part or after the last, in each part Content-Disposition and at most Content-Type, names in quotes. What is more
/// than limits.hpp allows is refused.
result<MultipartForm> parse_multipart(std::string_view body, std::string_view boundary);

} // namespace gatehouse::portal
