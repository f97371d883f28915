#include "policy/url_query.hpp"

#include "policy/ascii.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

/// Takes one character or escape from the front of `rest`. Precondition: there is one.
char take_character(std::string_view& rest)
{
    bool const is_escape = rest.size() >= 3 && rest[0] == '%' && hex_value(rest[1]) >= 0 && hex_value(rest[2]) >= 0;
    char const character = is_escape ? static_cast<char>(hex_value(rest[1]) * 16 + hex_value(rest[2])) : rest[0];
    rest.remove_prefix(is_escape ? 3 : 1);
    return to_lower(character);
}

bool starts_with_blank(std::string_view name)
{
    return name.starts_with('+') || name.starts_with(' ') || name.starts_with("%20");
}

/// As servers read names: PHP drops blanks before one, and many make a list of "q[]" or "q[0]", whose text is that of its members.
bool is_same_name(std::string_view wanted, std::string_view name)
{
    while (starts_with_blank(name))
        take_character(name);
    while (!wanted.empty() && !name.empty())
        if (take_character(wanted) != take_character(name))
            return false;
    return wanted.empty() && (name.empty() || take_character(name) == '[');
}

} // namespace

std::size_t decode_escapes(std::span<char> text)
{
    std::size_t size = 0;
    for (std::string_view rest{text.data(), text.size()}; !rest.empty();)
        text[size++] = take_character(rest);
    return size;
}

Parameters::Parameters(std::vector<std::string> const& names, std::string_view path)
    : names_(names)
{
    path = path.substr(0, path.find('#'));
    auto const mark = path.find('?');
    query_ = mark == path.npos ? std::string_view{} : path.substr(mark + 1);
}

std::optional<std::string_view> Parameters::next()
{
    while (!query_.empty()) {
        auto const query = query_;
        auto const end = std::min(query.find_first_of("&;"), query.size());
        bool const to_semicolon = std::exchange(behind_semicolon_, end < query.size() && query[end] == ';');
        query_.remove_prefix(std::min(end + 1, query.size()));
        auto const sign = query.substr(0, end).find('=');
        if (sign == query.npos)
            continue;
        auto const name = query.substr(0, sign);
        if (std::any_of(names_.begin(), names_.end(), [&](std::string_view wanted) { return is_same_name(wanted, name); }))
            return query.substr(0, to_semicolon ? end : query.find('&')).substr(sign + 1);
    }
    return std::nullopt;
}

} // namespace gatehouse::policy
