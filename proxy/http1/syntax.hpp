#pragma once
// Start line and fields by the grammar of RFC 9112 without any leniency, as views into the bytes. A test holds it against Beast's parser.
// Internal to this folder.
// `bytes` is exactly one head with its final empty line; a line that begins with a blank is refused.

#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

/// Fills method, target, version and fields. Never allocates.
Refusal parse_request_syntax(std::string_view bytes, RequestHead& head);
/// Fills status, reason, version and fields. Never allocates.
Refusal parse_response_syntax(std::string_view bytes, ResponseHead& head);

} // namespace gatehouse::http1
