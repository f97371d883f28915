#pragma once
// The console for programs: every page and every form under /api/v1, as JSON, with a key instead of a session. Nothing is written twice: a page's parts
// say themselves what they show (page_data.hpp), and openapi_text() describes what routes.cpp has, in the words of api_words.cpp.

#include "proxy/portal/router.hpp"

#include <boost/json.hpp>
#include <span>

namespace gatehouse::portal {

inline constexpr std::string_view api_prefix = "/api/v1";

/// What a value may be.
struct ApiShape {
    enum class Kind : std::uint8_t {
        text,
        number, ///< whole
        flag,   ///< yes or no
        day,    ///< YYYY-MM-DD
        minute, ///< YYYY-MM-DDTHH:MM on the school's clock
        clock   ///< HH:MM on the school's clock
    };
    Kind kind = Kind::text;
    std::string_view values = {}; ///< "allow|block": nothing else, "|allow|block": or empty; empty: any
    bool is_list = false;
    std::size_t longest = 500; ///< characters of a text
};

/// A value that a page reads, in its query or its form.
struct ApiField {
    std::string_view name;
    std::string_view meaning;
    bool is_needed = false;
    ApiShape shape = {};
};

/// What a route does for a program. Routes without words are for people in front of a browser and are not in the API.
struct ApiWords {
    enum class Gives : std::uint8_t { page, csv, pdf, file, events };
    Method method = Method::get;
    std::string_view path;
    std::string_view summary;
    std::span<ApiField const> fields = {};
    Gives gives = Gives::page;
};
/// Nothing: the route is not in the API.
ApiWords const* words_of(Route const& route);
std::span<ApiWords const> all_api_words();

/// The page as JSON; 401 and 403 have words of their own.
Response data_of(Page const& page);
/// What a handler answered, for a program: where a browser would be sent on, the address as "see".
Response for_program(Response response);
Response api_refusal(unsigned status, std::string_view text);
/// A form for programs is JSON or, as browsers send it, text.
enum class Sent : std::uint8_t { as_json, as_text };
boost::json::object schema_of(ApiField const& field, Sent sent);
/// Of what pages, results, refusals and events are made, by name.
boost::json::object answer_schemas();
/// OpenAPI 3.0.3.
std::string openapi_text(std::string_view school, std::string_view console_url);

} // namespace gatehouse::portal
