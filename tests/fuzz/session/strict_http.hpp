#pragma once
// HTTP/1.1 as the strictest reader would have it, written without a line of the gateway's own parsers: whatever the gateway sends is held
// against it. One spelling of everything is right: what a lenient reader could understand in a second way is wrong here.

#include <string>
#include <string_view>
#include <vector>

namespace strict {

struct Message {
    std::string_view start; ///< start line without its end
    std::vector<std::pair<std::string_view, std::string_view>> fields;
    bool chunked = false;
    bool has_length = false;
    std::string body;
    bool whole = false; ///< head and body are complete

    /// Values of the fields of that name, which is given in lower case.
    std::vector<std::string_view> all(std::string_view name) const;
    unsigned status() const; ///< of a response
    std::string_view method() const;
    std::string_view path() const;
};

enum class Body : unsigned char { by_fields, none, until_close };

/// Takes one message from the front of `bytes`. False if what is there can never become a right one; an incomplete one is not `whole`.
bool take(std::string_view& bytes, Message& message, Body body, std::string& why);

bool is_request_line(std::string_view line);
bool is_status_line(std::string_view line);

} // namespace strict
