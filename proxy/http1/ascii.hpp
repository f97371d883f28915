#pragma once
// The character classes and list syntax of RFC 9110 §5.6, independent of the locale. Internal to this folder.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::http1 {

inline constexpr auto token_chars = [] {
    std::array<bool, 256> table{};
    for (char const c : std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// tchar of RFC 9110 §5.6.2.
inline bool is_token_char(char c)
{
    return token_chars[static_cast<unsigned char>(c)];
}

/// One or more tchar.
bool is_token(std::string_view text);

/// Bytes that may stand in a field value: visible, space, tab and obs-text (RFC 9110 §5.5).
inline bool is_value_char(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

inline bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

inline bool is_obs_text(char c)
{
    return static_cast<unsigned char>(c) >= 0x80;
}

inline char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Nearly every comparison is with a text of another length.
inline bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// Without spaces and tabs at both ends.
std::string_view trim_blanks(std::string_view text);

/// Without a format string to interpret: heads are written for each exchange.
void append_decimal(std::string& out, std::uint64_t number);

/// Walks the members of a comma-separated list (RFC 9110 §5.6.1); empty members are handed out too.
class ListReader {
public:
    explicit ListReader(std::string_view list)
        : rest_(list)
    {
    }
    std::optional<std::string_view> next();

private:
    std::string_view rest_;
    bool ended_ = false;
};

} // namespace gatehouse::http1
