#pragma once
// Untrusted text of forms, queries and cookies to fields. Sans-IO; has a fuzz target.

#include "policy/result.hpp"
#include "proxy/portal/message.hpp"

#include <optional>

namespace gatehouse::portal {

/// application/x-www-form-urlencoded (WHATWG URL §5.1), strict: a broken percent sign, a NUL, invalid UTF-8 or more than most_fields is refused.
/// CR LF inside values becomes LF.
result<Fields> parse_form(std::string_view text);
/// The same as a JSON object: texts, numbers, true and false ("yes" and "no"), lists of texts; nothing deeper. Null counts as left out.
result<Fields> parse_json_form(std::string_view text);
/// Cookie header (RFC 6265 §4.2.1); parts that are no pair are left out.
Fields parse_cookies(std::string_view text);
/// For a query value: everything but unreserved characters (RFC 3986 §2.3) becomes %XX.
std::string percent_encode(std::string_view text);
/// "/log?person=jo&verdict=block"; empty values are left out.
std::string with_query(std::string_view path, Fields const& query);

bool is_valid_utf8(std::string_view text);
/// Of a document that somebody copied from (a form feed); nobody types it, and the store takes none. Line ends and tabs are no such signs.
bool has_control_signs(std::string_view text);

/// Text of an upload: UTF-8 without a byte-order mark, CR LF as LF. Nothing if it is something else, such as a spreadsheet.
std::optional<std::string> text_of_file(std::string_view bytes);

} // namespace gatehouse::portal
