#pragma once
// A request and an answer of the portal and the console as values: no socket, no Beast. Parsed from bytes by connection.cpp and form_data.cpp.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::portal {

/// Names and values in the order sent; a name may repeat, the first one counts.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// The first value of that name, or an empty view. Lifetime: that of `fields`.
std::string_view value_of(Fields const& fields, std::string_view name);
/// All values of that name, of boxes that were ticked.
std::vector<std::string> values_of(Fields const& fields, std::string_view name);

/// A file as a browser sent it.
struct Upload {
    std::string field; ///< of the form
    std::string name;  ///< as it is called where it comes from
    std::string bytes;
    bool operator==(Upload const&) const = default;
};

class BodyStream;

enum class Method : std::uint8_t { get, head, post, other };

struct Request {
    Method method = Method::get;
    std::string path;          ///< decoded nothing: exactly as sent, without query
    Fields query, form;        ///< decoded
    std::vector<Upload> files; ///< of a form
    Fields cookies;
    std::string host;       ///< as sent, lower case
    std::string origin;     ///< empty if not sent
    std::string fetch_site; ///< Sec-Fetch-Site, empty if not sent
    std::string content_type;
    std::string peer;     ///< address text
    std::string bearer;   ///< of Authorization: Bearer (RFC 6750 §2.1); empty if not sent
    std::string language; ///< Accept-Language as sent
    bool as_data = false; ///< asked by a program, under /api/v1: the page answers as JSON
};

struct Response {
    unsigned status = 200;
    std::string type = "text/html; charset=utf-8";
    std::string body;
    Fields headers;                          ///< beyond those every answer gets
    std::shared_ptr<BodyStream> stream = {}; ///< what follows instead of `body`, until the connection closes; null: nothing
};

/// 303, so that reloading the next page repeats nothing.
Response redirect_to(std::string location);

} // namespace gatehouse::portal
