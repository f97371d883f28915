#pragma once
// Letters and blanks of header fields, independent of the locale. Internal to this folder.

#include <algorithm>
#include <string>
#include <string_view>

namespace gatehouse::portal {

inline std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(
        out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

/// Without spaces and tabs at both ends.
inline std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blank = " \t";
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    return text.substr(0, text.find_last_not_of(blank) + 1);
}

} // namespace gatehouse::portal
