#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace gatehouse::http1 {
namespace {

constexpr std::array<bool, 256> make_token_table()
{
    std::array<bool, 256> table{};
    for (char const c : std::string_view{"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"})
        table[static_cast<unsigned char>(c)] = true;
    return table;
}

constexpr auto token_table = make_token_table();

} // namespace

bool is_token_char(char c)
{
    return token_table[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_value_char(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
}

bool equals_ignoring_case(std::string_view a, std::string_view b)
{
    return a.size() == b.size()
        && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string_view trim_blanks(std::string_view text)
{
    while (!text.empty() && is_blank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back()))
        text.remove_suffix(1);
    return text;
}

void append_decimal(std::string& out, std::uint64_t number)
{
    char digits[20];
    auto const [end, ec] = std::to_chars(std::begin(digits), std::end(digits), number);
    out.append(digits, end);
}

std::optional<std::string_view> ListReader::next()
{
    if (ended_)
        return std::nullopt;
    auto const comma = rest_.find(',');
    auto const member = trim_blanks(rest_.substr(0, comma));
    ended_ = comma == rest_.npos;
    if (!ended_)
        rest_.remove_prefix(comma + 1);
    return member;
}

} // namespace gatehouse::http1
