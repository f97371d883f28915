#pragma once
// Whole files in and out: bounded reading, atomic replacement, an advisory lock. Errors carry errno.

#include "policy/result.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

namespace gatehouse::lists {

/// Largest source file, unpacked. A larger one is a fault of its list, never a reason to run out of memory.
inline constexpr std::size_t max_source_size = std::size_t{1} << 30; // bytes

/// What a file is told of that contradicts itself.
inline error_code damaged()
{
    return make_error_code(boost::system::errc::bad_message);
}

/// Reads a regular file. Errors: errno; `file_too_large` above max_source_size.
result<std::string> read_file(std::filesystem::path const& path);

/// Writes beside `path`, syncs, renames over it and syncs the folder: a reader sees the old or the new file, never a part.
/// The new one has the old one's mode and owner; without an old one, 0640 and, written by root, the folder's owner.
/// Errors: errno; the old file is then untouched.
result<void> replace_file(std::filesystem::path const& path, std::span<std::byte const> bytes);
result<void> replace_file(std::filesystem::path const& path, std::string_view text);
/// The same with the parts one behind the other.
result<void> replace_file(std::filesystem::path const& path, std::span<std::string_view const> parts);

/// Held by whoever compiles into a state folder. Released when destroyed.
class FolderLock {
public:
    /// Errors: errno; `resource_unavailable_try_again` if somebody else holds it.
    static result<FolderLock> take(std::filesystem::path const& folder);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock();

private:
    explicit FolderLock(int file)
        : file_(file)
    {
    }
    int file_;
};

} // namespace gatehouse::lists
