#include "tools/lists/files.hpp"

#include <array>
#include <cerrno>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::lists {
namespace {

class File {
public:
    File(std::filesystem::path const& path, int flags, mode_t mode = 0)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, mode))
    {
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    ~File()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    bool is_open() const { return number_ >= 0; }
    int number() const { return number_; }
    int release() { return std::exchange(number_, -1); }

private:
    int number_;
};

result<void> write_all(int file, std::string_view text)
{
    while (!text.empty()) {
        ssize_t const written = ::write(file, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return last_error();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

result<void> write_and_sync(int file, std::span<std::string_view const> parts)
{
    for (std::string_view const part : parts) {
        if (auto const written = write_all(file, part); !written)
            return written;
    }
    if (::fsync(file) != 0)
        return last_error();
    return {};
}

result<void> sync_folder(std::filesystem::path const& folder)
{
    File const opened(folder, O_RDONLY | O_DIRECTORY);
    if (!opened.is_open() || ::fsync(opened.number()) != 0)
        return last_error();
    return {};
}

/// A command run by root must not take a file away from the account that reads it: the new file gets the mode and owner of the old one, or
/// the owner of the folder if there was none. Who is not root owns what it writes anyway.
void keep_owner(int file, std::filesystem::path const& path, std::filesystem::path const& folder)
{
    struct stat old { };
    bool const existed = ::stat(path.c_str(), &old) == 0;
    if (existed)
        ::fchmod(file, old.st_mode & 0777U);
    else if (::stat(folder.c_str(), &old) != 0)
        return;
    if (::geteuid() == 0)
        std::ignore = ::fchown(file, old.st_uid, old.st_gid);
}

} // namespace

result<std::string> read_file(std::filesystem::path const& path)
{
    File const file(path, O_RDONLY);
    struct stat about { };
    if (!file.is_open() || ::fstat(file.number(), &about) != 0)
        return last_error();
    if (!S_ISREG(about.st_mode))
        return error_code{EISDIR, boost::system::generic_category()};
    std::string text;
    text.reserve(static_cast<std::size_t>(about.st_size));
    std::array<char, 65536> buffer;
    while (true) {
        ssize_t const size = ::read(file.number(), buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return last_error();
        if (size == 0)
            return text;
        if (text.size() + static_cast<std::size_t>(size) > max_source_size)
            return error_code{EFBIG, boost::system::generic_category()};
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

result<void> replace_file(std::filesystem::path const& path, std::span<std::string_view const> parts)
{
    auto const folder = path.parent_path().empty() ? std::filesystem::path(".") : path.parent_path();
    auto temporary = path;
    temporary += ".new." + std::to_string(::getpid());
    File const file(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    if (!file.is_open())
        return last_error();
    keep_owner(file.number(), path, folder);
    auto written = write_and_sync(file.number(), parts);
    if (written && ::rename(temporary.c_str(), path.c_str()) != 0)
        written = last_error();
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return sync_folder(folder);
}

result<void> replace_file(std::filesystem::path const& path, std::string_view text)
{
    return replace_file(path, std::span<std::string_view const>{&text, 1});
}

result<void> replace_file(std::filesystem::path const& path, std::span<std::byte const> bytes)
{
    return replace_file(path, std::string_view{reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}

result<FolderLock> FolderLock::take(std::filesystem::path const& folder)
{
    File file(folder / "lock", O_RDWR | O_CREAT, 0640);
    if (!file.is_open() || ::flock(file.number(), LOCK_EX | LOCK_NB) != 0)
        return last_error();
    return FolderLock(file.release());
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : file_(std::exchange(other.file_, -1))
{
}

FolderLock::~FolderLock()
{
    if (file_ >= 0)
        ::close(file_);
}

} // namespace gatehouse::lists
