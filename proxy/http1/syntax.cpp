#include "proxy/http1/syntax.hpp"

#include "proxy/http1/ascii.hpp"

#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

namespace gatehouse::http1 {
namespace {

/// Takes exactly that from the front of what is left to read. False if something else stands there.
bool take(std::string_view& text, char expected)
{
    if (text.empty() || text.front() != expected)
        return false;
    text.remove_prefix(1);
    return true;
}

bool take_line_end(std::string_view& text)
{
    if (text.size() < 2 || text[0] != '\r' || text[1] != '\n')
        return false;
    text.remove_prefix(2);
    return true;
}

std::string_view take_bytes(std::string_view& text, std::size_t size)
{
    auto const taken = text.substr(0, size);
    text.remove_prefix(size);
    return taken;
}

/// The run of characters of one class at the front; may be empty.
template <class Belongs>
std::string_view take_run(std::string_view& text, Belongs belongs)
{
    std::size_t size = 0;
    while (size < text.size() && belongs(text[size]))
        ++size;
    return take_bytes(text, size);
}

bool is_target_char(char c)
{
    return is_value_char(c) && !is_blank(c);
}

/// Marks the control bytes among eight, a tab too, in the top bit of each. Only the lowest mark is certain: subtracting borrows from those above.
std::uint64_t controls_among(char const* eight_bytes)
{
    static_assert(std::endian::native == std::endian::little, "the lowest mark is that of the first byte");
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    std::uint64_t eight = 0;
    std::memcpy(&eight, eight_bytes, sizeof eight);
    auto const deletes = eight ^ (ones * 0x7f);
    return (((eight - ones * 0x20) & ~eight) | ((deletes - ones) & ~deletes)) & tops;
}

/// Up to the first byte that no value may hold. Values are most of a head: eight bytes at a time.
std::string_view take_value(std::string_view& text)
{
    std::size_t size = 0;
    while (text.size() - size >= 8) {
        auto const controls = controls_among(text.data() + size);
        if (controls == 0) {
            size += 8;
            continue;
        }
        size += static_cast<std::size_t>(std::countr_zero(controls)) / 8;
        if (text[size] != '\t')
            return take_bytes(text, size);
        ++size;
    }
    while (size < text.size() && is_value_char(text[size]))
        ++size;
    return take_bytes(text, size);
}

/// HTTP-version, of which only 1.0 and 1.1 have this syntax (RFC 9112 §2.3).
bool take_version(std::string_view& text, unsigned& minor_version)
{
    constexpr std::string_view name = "HTTP/1.";
    if (!text.starts_with(name) || text.size() == name.size())
        return false;
    auto const minor = text[name.size()];
    text.remove_prefix(name.size() + 1);
    minor_version = minor == '1' ? 1 : 0;
    return minor == '0' || minor == '1';
}

/// RFC 9112 §3: method SP request-target SP HTTP-version CRLF.
bool take_start_line(std::string_view& text, RequestHead& head)
{
    auto const method = take_run(text, is_token_char);
    if (method.empty() || !take(text, ' '))
        return false;
    auto const target = take_run(text, is_target_char);
    if (target.empty() || !take(text, ' '))
        return false;
    if (!take_version(text, head.minor_version) || !take_line_end(text))
        return false;
    head.method = method;
    head.target = target;
    return true;
}

/// RFC 9112 §4: HTTP-version SP status-code SP reason-phrase CRLF.
bool take_start_line(std::string_view& text, ResponseHead& head)
{
    if (!take_version(text, head.minor_version) || !take(text, ' '))
        return false;
    auto const code = take_run(text, is_digit);
    if (code.size() != 3 || !take(text, ' '))
        return false;
    std::from_chars(code.data(), code.data() + code.size(), head.status);
    head.reason = take_value(text);
    return take_line_end(text);
}

std::string_view trim_blanks_behind(std::string_view text)
{
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// RFC 9112 §5: field-name ":" OWS field-value OWS CRLF.
bool take_field(std::string_view& text, Field& field)
{
    field.name = take_run(text, is_token_char);
    if (field.name.empty() || !take(text, ':'))
        return false;
    take_run(text, is_blank);
    field.value = trim_blanks_behind(take_value(text));
    field.meaning = field_name(field.name);
    return take_line_end(text);
}

bool are_tokens(std::string_view list)
{
    ListReader members{list};
    while (auto const member = members.next()) {
        if (!member->empty() && !is_token(*member))
            return false;
    }
    return true;
}

/// What can be said of fields as they come. What came before tells a conflict from a bad value.
class FieldWatch {
public:
    Refusal note(Field const& field)
    {
        switch (field.meaning) {
        case FieldName::connection:
        case FieldName::proxy_connection: return are_tokens(field.value) ? Refusal::none : Refusal::syntax;
        case FieldName::content_length: return note_length(field.value);
        case FieldName::transfer_encoding:
            return std::exchange(is_coded_, true) || length_ ? Refusal::framing_conflict : Refusal::none;
        default: return Refusal::none;
        }
    }

private:
    /// Equal repetitions are one value here (RFC 9110 §8.6); the gate of requests allows none.
    Refusal note_length(std::string_view value)
    {
        if (is_coded_)
            return Refusal::framing_conflict;
        bool const again = length_.has_value();
        ListReader members{value};
        while (auto const member = members.next()) {
            std::uint64_t length = 0;
            auto const* const end = member->data() + member->size();
            auto const [stop, ec] = std::from_chars(member->data(), end, length);
            if (ec != std::errc{} || stop != end)
                return Refusal::bad_content_length;
            if (length_.value_or(length) != length)
                return again ? Refusal::framing_conflict : Refusal::bad_content_length;
            length_ = length;
        }
        return Refusal::none;
    }

    std::optional<std::uint64_t> length_;
    bool is_coded_ = false;
};

template <class Head>
Refusal parse(std::string_view text, Head& head)
{
    if (!take_start_line(text, head))
        return Refusal::syntax;
    FieldWatch watch;
    while (!take_line_end(text)) {
        if (head.field_size == head.field_store.size())
            return Refusal::too_many_fields;
        auto& field = head.field_store[head.field_size];
        if (!take_field(text, field))
            return Refusal::syntax;
        if (auto const refusal = watch.note(field); refusal != Refusal::none)
            return refusal;
        ++head.field_size;
    }
    return text.empty() ? Refusal::none : Refusal::syntax;
}

} // namespace

Refusal parse_request_syntax(std::string_view bytes, RequestHead& head)
{
    return parse(bytes, head);
}

Refusal parse_response_syntax(std::string_view bytes, ResponseHead& head)
{
    return parse(bytes, head);
}

} // namespace gatehouse::http1
