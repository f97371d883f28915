#include "policy/url_path.hpp"

#include "policy/ascii.hpp"

namespace gatehouse::policy {
namespace {

bool is_alphanumeric(unsigned char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool is_unreserved(unsigned char byte) // RFC 3986 §2.3
{
    return is_alphanumeric(byte) || byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

bool needs_escape(unsigned char byte)
{
    return byte <= 0x20 || byte >= 0x7f
        || std::string_view{"\"<>\\^`{|}"}.find(static_cast<char>(byte)) != std::string_view::npos;
}

} // namespace

template <std::size_t room>
CanonicalPath<room>::CanonicalPath(std::string_view path)
{
    put('/');
    begin_segment();
    path = path.substr(0, path.find('#'));
    std::size_t const query_at = path.find('?');
    std::string_view rest = path.substr(0, query_at);
    while (!rest.empty()) {
        if (rest.front() == '/') {
            end_segment();
            rest.remove_prefix(1);
        } else {
            put_normal(rest);
        }
    }
    bool const is_dots = segment_size_ > 0 && segment_size_ <= 2 && segment_dots_ == segment_size_;
    if (is_dots)
        end_segment();
    if (query_at == std::string_view::npos)
        return;
    rest = path.substr(query_at);
    put('?');
    rest.remove_prefix(1);
    while (!rest.empty() && size_ < room)
        put_normal(rest);
    is_cut_ = is_cut_ || !rest.empty();
}

template <std::size_t room>
void CanonicalPath<room>::put(char character)
{
    ++segment_size_;
    segment_dots_ += character == '.' ? 1U : 0U;
    if (size_ < room)
        text_[size_++] = character;
    else
        is_cut_ = true;
}

template <std::size_t room>
void CanonicalPath<room>::put_escape(unsigned char byte)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    put('%');
    put(digits[byte >> 4]);
    put(digits[byte & 15]);
}

/// Takes one character or escape from the front of `rest` and puts its canonical form.
template <std::size_t room>
void CanonicalPath<room>::put_normal(std::string_view& rest)
{
    auto const first = static_cast<unsigned char>(rest.front());
    if (first == '%' && rest.size() >= 3 && hex_value(rest[1]) >= 0 && hex_value(rest[2]) >= 0) {
        auto const byte = static_cast<unsigned char>(hex_value(rest[1]) * 16 + hex_value(rest[2]));
        if (is_unreserved(byte))
            put(to_lower(static_cast<char>(byte)));
        else
            put_escape(byte);
        rest.remove_prefix(3);
        return;
    }
    if (first == '%' || needs_escape(first))
        put_escape(first);
    else
        put(to_lower(rest.front()));
    rest.remove_prefix(1);
}

/// A slash was read: settles the segment before it. Doubled slashes count once.
template <std::size_t room>
void CanonicalPath<room>::end_segment()
{
    if (segment_size_ == 0)
        return;
    if (segment_size_ == 1 && segment_dots_ == 1)
        return drop_segment();
    if (segment_size_ == 2 && segment_dots_ == 2)
        return drop_segment_before();
    put('/');
    begin_segment();
}

/// Called behind a '/', kept or not.
template <std::size_t room>
void CanonicalPath<room>::begin_segment()
{
    if (is_cut_)
        ++unkept_;
    else
        segment_ = size_;
    segment_size_ = segment_dots_ = 0;
}

template <std::size_t room>
void CanonicalPath<room>::drop_segment()
{
    segment_size_ = segment_dots_ = 0;
    if (unkept_ > 0)
        return;
    size_ = segment_;
    is_cut_ = false;
}

template <std::size_t room>
void CanonicalPath<room>::drop_segment_before()
{
    drop_segment();
    if (unkept_ > 0) {
        --unkept_;
        return drop_segment();
    }
    if (segment_ <= 1)
        return; // ".." at the root stays there
    segment_ = std::string_view{text_.data(), segment_ - 1}.rfind('/') + 1;
    size_ = segment_;
}

template class CanonicalPath<max_url_path>;
template class CanonicalPath<max_whole_path>;

bool covers(std::string_view prefix, std::string_view path)
{
    constexpr std::string_view before = "/?&;", at_end = "/?=&";
    if (!path.starts_with(prefix))
        return false;
    if (prefix.size() == path.size() || prefix.empty())
        return true;
    return at_end.find(prefix.back()) != std::string_view::npos || before.find(path[prefix.size()]) != std::string_view::npos;
}

} // namespace gatehouse::policy
