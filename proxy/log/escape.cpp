#include "proxy/log/escape.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace gatehouse::log {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";
constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

using ByteSet = std::array<bool, 256>;

/// Visible ASCII but for the characters of `without`.
constexpr ByteSet visible_without(std::string_view without)
{
    ByteSet set{};
    for (std::size_t byte = 0x21; byte < 0x7f; ++byte)
        set[byte] = without.find(static_cast<char>(byte)) == std::string_view::npos;
    return set;
}
constexpr auto plain_in_names = visible_without("%\"");
constexpr auto plain_in_urls = visible_without("\"<>\\^`{|}"); // RFC 3986 §2 leaves these out

void append_hex(LineBuffer& out, unsigned char byte)
{
    out.append(hex_digits[byte >> 4]);
    out.append(hex_digits[byte & 0xf]);
}

unsigned char byte_at(std::string_view text, std::size_t i)
{
    return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/// Length of the well-formed UTF-8 sequence at the front (Unicode table 3-7), zero if there is none.
std::size_t sequence_length(std::string_view text)
{
    auto const first = byte_at(text, 0);
    if (first < 0x80)
        return 1;
    auto const length = std::size_t{first >= 0xf0 ? 4U : first >= 0xe0 ? 3U : 2U};
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return 0;
    auto const second = byte_at(text, 1);
    auto const low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    auto const high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high)
        return 0;
    for (std::size_t i = 2; i < length; ++i)
        if (!is_continuation(byte_at(text, i)))
            return 0;
    return length;
}

/// U+0080 to U+009F: terminals may take them for the start of a control sequence.
bool is_c1(std::string_view sequence)
{
    return sequence.size() == 2 && byte_at(sequence, 0) == 0xc2 && byte_at(sequence, 1) < 0xa0;
}

/// Copies runs of plain bytes whole and writes the others as %xx.
void append_percent(LineBuffer& out, std::string_view text, ByteSet const& plain)
{
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = byte_at(text, i);
        if (plain[byte])
            continue;
        out.append(text.substr(from, i - from));
        out.append('%');
        append_hex(out, byte);
        from = i + 1;
    }
    out.append(text.substr(from));
}

constexpr auto plain_in_json = [] {
    auto set = visible_without("\"\\");
    set[' '] = true;
    return set;
}();

/// True if eight bytes stand for themselves in JSON: printable ASCII without quote and backslash.
bool are_plain_in_json(char const* eight_bytes)
{
    constexpr std::uint64_t ones = 0x0101010101010101, tops = 0x8080808080808080;
    std::uint64_t eight = 0;
    std::memcpy(&eight, eight_bytes, sizeof(eight));
    auto const has_zero_byte = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes & tops; };
    auto const is_special = has_zero_byte(eight ^ (ones * '"')) | has_zero_byte(eight ^ (ones * '\\'))
        | has_zero_byte(eight ^ (ones * 0x7f)) | ((eight - ones * 0x20) & ~eight & tops) | (eight & tops);
    return is_special == 0;
}

bool is_plain_in_json(std::string_view text)
{
    if (text.size() < 8)
        return std::all_of(text.begin(), text.end(), [](char byte) { return plain_in_json[static_cast<unsigned char>(byte)]; });
    for (std::size_t i = 0; i + 8 < text.size(); i += 8)
        if (!are_plain_in_json(text.data() + i))
            return false;
    return are_plain_in_json(text.data() + text.size() - 8); // may look at some bytes twice
}

/// Appends the first character, escaped where needed. Returns its size.
std::size_t append_json_character(LineBuffer& out, std::string_view text)
{
    auto const byte = byte_at(text, 0);
    auto const length = sequence_length(text);
    auto const sequence = text.substr(0, length);
    if (byte == '"' || byte == '\\') {
        out.append('\\');
        out.append(text[0]);
    } else if (byte < 0x20 || byte == 0x7f) {
        out.append("\\u00");
        append_hex(out, byte);
    } else if (length == 0) {
        out.append(replacement);
    } else if (is_c1(sequence)) {
        out.append("\\u00");
        append_hex(out, byte_at(sequence, 1));
    } else {
        out.append(sequence);
    }
    return length == 0 ? 1 : length;
}

} // namespace

void append_percent_all(LineBuffer& out, std::string_view text)
{
    append_percent(out, text, plain_in_names);
}

void append_percent_url(LineBuffer& out, std::string_view text)
{
    append_percent(out, text, plain_in_urls);
}

void append_json(LineBuffer& out, std::string_view text)
{
    if (is_plain_in_json(text)) // nearly every text is
        return out.append(text);
    while (!text.empty())
        text.remove_prefix(append_json_character(out, text));
}

void append_visible(LineBuffer& out, std::string_view text)
{
    while (!text.empty()) {
        auto const byte = byte_at(text, 0);
        auto const length = sequence_length(text);
        if (length == 0 || byte < 0x20 || byte == 0x7f) {
            out.append("\\x");
            append_hex(out, byte);
        } else if (is_c1(text.substr(0, length))) {
            out.append("\\x");
            append_hex(out, byte_at(text, 1));
        } else {
            out.append(text.substr(0, length));
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

} // namespace gatehouse::log
