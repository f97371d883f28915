#include "policy/toml_header.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

constexpr std::string_view blanks = " \t";

bool may_begin_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '"'
        || c == '\'';
}

/// Where in the line the name should begin; npos if the line opens no header.
std::size_t name_begins_at(std::string_view line)
{
    auto at = std::min(line.find_first_not_of(blanks), line.size());
    if (at == line.size() || line[at] != '[')
        return line.npos;
    ++at;
    if (at < line.size() && line[at] == '[')
        ++at;
    return std::min(line.find_first_not_of(blanks, at), line.size());
}

} // namespace

std::optional<TextPlace> find_bad_header(std::string_view text)
{
    constexpr std::string_view mark = "\xef\xbb\xbf"; // a byte order mark is passed over by the parser too
    if (text.starts_with(mark))
        text.remove_prefix(mark.size());
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const at = name_begins_at(line);
        // A closing bracket is a mistake that the parser tells of itself.
        if (at != line.npos && (at == line.size() || (!may_begin_name(line[at]) && line[at] != ']')))
            return TextPlace{number, static_cast<std::uint32_t>(at + 1)};
    }
    return std::nullopt;
}

} // namespace gatehouse::policy
