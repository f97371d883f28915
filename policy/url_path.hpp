#pragma once
// The canonical form of a URL's path and query for matching against list prefixes, so that spellings that reach the same page
// are judged alike. Not a validator, and never used to build a request.

#include <array>
#include <cstddef>
#include <string_view>

namespace gatehouse::policy {

/// Longest path and query that is compared. Longer requests are compared by their first bytes, longer entries are refused.
inline constexpr std::size_t max_url_path = 2048;
/// Longest path and query that the gateway takes of a request (above: 414), and their canonical form if every byte is escaped.
inline constexpr std::size_t max_request_path = 16 * 1024;
inline constexpr std::size_t max_whole_path = 3 * max_request_path;

/// Percent-encoded unreserved characters decoded, other escapes in upper case, bytes outside printable ASCII and the characters
/// RFC 3986 leaves out encoded, dot segments and doubled slashes removed from the path (RFC 3986 §5.2.4, §6.2.2; not from the
/// query), letters in lower case (many servers ignore case and squidGuard does too), fragment dropped.
/// Always starts with '/'. Never allocates: it is kept inline, the first `room` bytes of it.
template <std::size_t room>
class CanonicalPath {
public:
    explicit CanonicalPath(std::string_view path);
    std::string_view text() const { return {text_.data(), size_}; }
    bool is_cut() const { return is_cut_; } ///< the canonical form is longer than what is kept

private:
    void put(char character);
    void put_escape(unsigned char byte);
    void put_normal(std::string_view& rest);
    void end_segment();
    void begin_segment();
    void drop_segment();
    void drop_segment_before();

    std::array<char, room> text_; // not initialised: filled up to size_
    std::size_t size_ = 0;
    std::size_t segment_ = 0;      ///< where the last segment begun within text_ starts, behind its '/'
    std::size_t unkept_ = 0;       ///< segments begun beyond the kept bytes, so that ".." removes those first
    std::size_t segment_size_ = 0; ///< of the current segment, kept or not
    std::size_t segment_dots_ = 0;
    bool is_cut_ = false;
};

using UrlPath = CanonicalPath<max_url_path>;     ///< for lists and rules, whose entries are never longer
using WholePath = CanonicalPath<max_whole_path>; ///< all of any request's, for what may stand anywhere in it

/// True if a list's prefix covers the path: it is a prefix and ends at the end, before one of "/?&;", or with one of "/?=&".
/// Both in canonical form.
bool covers(std::string_view prefix, std::string_view path);

} // namespace gatehouse::policy
