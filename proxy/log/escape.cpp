#include "proxy/log/escape.hpp"

#include <cstdint>

namespace gatehouse::log {
namespace {

constexpr char hex_digits[] = "0123456789abcdef";
constexpr std::string_view not_in_urls = "\"<>\\^`{|}";  // RFC 3986 §2 leaves these out
constexpr std::string_view replacement = "\xef\xbf\xbd"; // U+FFFD

void append_hex(std::string& out, unsigned char byte)
{
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 0xf];
}

bool is_plain(unsigned char byte)
{
    return byte > 0x20 && byte < 0x7f;
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

} // namespace

void append_percent_all(std::string& out, std::string_view text)
{
    for (auto const character : text) {
        auto const byte = static_cast<unsigned char>(character);
        if (is_plain(byte) && byte != '%' && byte != '"') {
            out += character;
            continue;
        }
        out += '%';
        append_hex(out, byte);
    }
}

void append_percent_url(std::string& out, std::string_view text)
{
    for (auto const character : text) {
        auto const byte = static_cast<unsigned char>(character);
        if (is_plain(byte) && not_in_urls.find(character) == std::string_view::npos) {
            out += character;
            continue;
        }
        out += '%';
        append_hex(out, byte);
    }
}

void append_json(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        auto const byte = byte_at(text, 0);
        auto const length = sequence_length(text);
        auto const sequence = text.substr(0, length);
        if (byte == '"' || byte == '\\') {
            out += '\\';
            out += text[0];
        } else if (byte < 0x20 || byte == 0x7f) {
            out += "\\u00";
            append_hex(out, byte);
        } else if (length == 0) {
            out += replacement;
        } else if (is_c1(sequence)) {
            out += "\\u00";
            append_hex(out, byte_at(sequence, 1));
        } else {
            out += sequence;
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

void append_visible(std::string& out, std::string_view text)
{
    while (!text.empty()) {
        auto const byte = byte_at(text, 0);
        auto const length = sequence_length(text);
        if (length == 0 || byte < 0x20 || byte == 0x7f) {
            out += "\\x";
            append_hex(out, byte);
        } else if (is_c1(text.substr(0, length))) {
            out += "\\x";
            append_hex(out, byte_at(text, 1));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
}

} // namespace gatehouse::log
