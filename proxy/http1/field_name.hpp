#pragma once
// The field names that mean something to a proxy, and what becomes of each on its way through.

#include <cstdint>
#include <string_view>

namespace gatehouse::http1 {

enum class FieldName : std::uint8_t {
    other,
    connection,
    content_length,
    expect,
    host,
    proxy_authorization,
    proxy_connection,
    transfer_encoding,
    upgrade,
    via,
    dropped_in_requests,   ///< hop-by-hop, or says who the client is
    dropped_in_responses,  ///< hop-by-hop, or only ours to say
    dropped_always,        ///< Keep-Alive, TE, Trailer
    kept_though_nominated, ///< policy may have relied on it, so Connection cannot remove it (RFC 9110 §7.6.1)
};

FieldName field_name(std::string_view name);

/// The same, reading an underscore as a hyphen: what a CGI-style reader behind us would make of "Content_Length".
FieldName field_name_folding_underscores(std::string_view name);

/// False for what has a meaning for framing, routing, caching, authentication or content, which no trailer may have (RFC 9110 §6.5.1).
bool is_forwarded_trailer(std::string_view name);

} // namespace gatehouse::http1
