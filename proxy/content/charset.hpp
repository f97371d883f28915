#pragma once
// From the charset of a page to UTF-8.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct UConverter;

namespace gatehouse::content {

/// The parameter "charset" of a Content-Type, without quotes; empty if there is none (RFC 9110 §8.3.2).
std::string_view charset_of(std::string_view content_type);

/// What may tell the charset of a body. What may not is content like the rest, so that nobody turns the reading off by writing it.
enum class CharsetBy : std::uint8_t {
    nothing, ///< it is UTF-8 whatever is said
    field,   ///< a byte order mark, or the Content-Type
    page,    ///< these, or what the page says near its beginning
};

/// UTF-8 if nothing else is told, and for charsets that browsers do not know. Bytes that mean nothing become U+FFFD or stay as they are.
class ToUtf8 {
public:
    ToUtf8(CharsetBy by, std::string_view charset);
    ~ToUtf8();
    ToUtf8(ToUtf8 const&) = delete;
    ToUtf8& operator=(ToUtf8 const&) = delete;

    void add(std::string_view bytes, std::string& utf8);
    /// The page is over.
    void finish(std::string& utf8);

private:
    void choose();
    void pass_on(std::string& utf8);
    void convert(std::string_view bytes, std::string& utf8);

    CharsetBy by_;
    std::string charset_;    ///< the library's name; empty if nothing is known yet
    std::string begin_;      ///< held until the charset is known
    std::size_t passed_ = 0; ///< of it: read already
    bool says_late_ = false; ///< its first bytes say nothing
    bool chosen_ = false;
    UConverter* from_ = nullptr; ///< null: UTF-8 already
};

} // namespace gatehouse::content
