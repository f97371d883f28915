#pragma once
// Makes hostile bytes harmless in each format: whatever a client sent, one row stays one row and nothing in it is run or obeyed.

#include "proxy/log/line_buffer.hpp"

namespace gatehouse::log {

/// Appends `text` with every byte that is a control character, a space, a quote, a percent sign or not ASCII as %xx. For user names.
void append_percent_all(LineBuffer& out, std::string_view text);
/// The same for text that is part of a URL: percent signs stay, and so do the characters that a URL may hold (RFC 3986 §2).
void append_percent_url(LineBuffer& out, std::string_view text);
/// Appends `text` as the inside of a JSON string (RFC 8259 §7). C1 controls are escaped too, invalid UTF-8 becomes U+FFFD.
void append_json(LineBuffer& out, std::string_view text);
/// Appends `text` with control characters (C0, DEL, C1) and invalid UTF-8 as \xHH. For cells and terminals.
void append_visible(LineBuffer& out, std::string_view text);

} // namespace gatehouse::log
