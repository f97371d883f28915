#pragma once
// A head of HTTP/1.1 as the fields of HTTP/2 (RFC 9113 §8.2 and §8.3), ready for the library that packs them.

#include "proxy/http1/head.hpp"

#include <nghttp2/nghttp2.h>
#include <string>
#include <vector>

namespace gatehouse::http2 {

/// Lifetime: `fields()` until the next change.
class FieldList {
public:
    /// A request to an origin. Fields of the connection are left out; what is secret never enters the table that requests of several people share
    /// (RFC 7541 §7.1.3).
    void set_request(http1::RequestHead const& head);
    /// A response to a client. 101 becomes the 200 that RFC 8441 §5 has for it.
    void set_response(http1::ResponseHead const& head);
    /// Complete lines with CR LF.
    void set_lines(std::string_view lines);

    std::vector<nghttp2_nv> const& fields();

private:
    void clear();
    void add(std::string_view name, std::string_view value);
    template <class Head>
    void add_end_to_end(Head const& head);

    struct Entry {
        std::size_t name, name_size, value, value_size; ///< into `text_`
    };
    std::string text_;
    std::vector<Entry> entries_;
    std::vector<nghttp2_nv> fields_;
};

} // namespace gatehouse::http2
