#pragma once
// The last good raw text of each list, kept in the state folder so that a bad download never empties a list.
//
// File format: "gatehouse list copy 1\n", 32 hex digits of XXH3-128 over all that follows the next line end, "\n"; then
// "entries N\n", "usage TEXT\n", "alias LIST\n" and for each file "file FORMAT SIZE NAME\n" with SIZE bytes behind it.

#include "tools/lists/sources.hpp"

namespace gatehouse::lists {

/// What a copy says of itself.
struct CopyTitle {
    std::size_t entries = 0; ///< usable lines when it was kept
    std::string usage;
    std::string alias_of; ///< id of the list with the same files; then the copy has none
    std::string digest;   ///< set by check_good_copy; not written
};

struct GoodCopy {
    CopyTitle title;
    std::vector<SourceFile> files;
};

/// Reads the whole copy of a list, checks it and gives its title. Errors: errno; `bad_message` if it is damaged.
result<CopyTitle> check_good_copy(std::filesystem::path const& folder, std::string_view list);
/// The same with the files.
result<GoodCopy> read_good_copy(std::filesystem::path const& folder, std::string_view list);
/// Writes the copy unless the very same is there already, which `present`, the digest of a checked copy, says. Errors: errno.
result<void> keep_good_copy(
    std::filesystem::path const& folder, std::string_view list, GoodCopy const& copy, std::string_view present = {});

} // namespace gatehouse::lists
