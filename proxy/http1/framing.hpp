#pragma once
// The values of Content-Length and Transfer-Encoding, read in the one way that all readers share. Internal to this folder.

#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

/// Canonical decimal only: no sign, no leading zero, no list (RFC 9110 §8.6 lets a recipient refuse repeated values).
std::optional<std::uint64_t> parse_content_length(std::string_view value);

/// Refusal::none for exactly "chunked" in any case (RFC 9112 §7.1); unsupported_transfer_coding for other codings with chunked once
/// at the end; bad_transfer_encoding for everything whose end cannot be told.
Refusal check_transfer_encoding(std::string_view value);

} // namespace gatehouse::http1
