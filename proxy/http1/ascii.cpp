#include "proxy/http1/ascii.hpp"

#include <charconv>
#include <iterator>

namespace gatehouse::http1 {

bool is_token(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
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
    if (number < 10) { // minor versions
        out += static_cast<char>('0' + number);
        return;
    }
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
