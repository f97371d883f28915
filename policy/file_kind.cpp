#include "policy/file_kind.hpp"

#include <algorithm>

namespace gatehouse::policy {

std::string_view to_text(FileKind kind)
{
    return file_kind_words[static_cast<std::size_t>(kind)];
}

std::optional<FileKind> parse_file_kind(std::string_view word)
{
    auto const found = std::find(file_kind_words.begin(), file_kind_words.end(), word);
    if (found == file_kind_words.end())
        return std::nullopt;
    return static_cast<FileKind>(found - file_kind_words.begin());
}

} // namespace gatehouse::policy
