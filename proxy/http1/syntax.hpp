#pragma once
// Start line and fields by Beast's strict grammar, as views into the bytes. The only place that includes Beast. Internal to this folder.
// Precondition of both: `bytes` is exactly one head with its final empty line, and no line of it begins with a blank (Beast would
// unfold such lines into storage of its own).

#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

/// Fills method, target, version and fields. Never allocates.
Refusal parse_request_syntax(std::string_view bytes, RequestHead& head);
/// Fills status, reason, version and fields. Never allocates.
Refusal parse_response_syntax(std::string_view bytes, ResponseHead& head);

} // namespace gatehouse::http1
