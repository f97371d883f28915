#include "proxy/store/store_file.hpp"

#include <array>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view magic{"SQLite format 3", 16}; // with its zero byte; sqlite.org/fileformat2.html section 1.3

bool sync(std::filesystem::path const& path)
{
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool const synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return synced;
}

std::string quoted(std::string const& text)
{
    std::string result = "'";
    for (char const c : text)
        result += c == '\'' ? std::string{"''"} : std::string{c};
    return result + "'";
}

} // namespace

StoreFile::StoreFile(std::filesystem::path path)
    : path_{std::move(path)}
{
    remember();
}

void StoreFile::remember()
{
    struct ::stat found { };
    if (::stat(path_.c_str(), &found) != 0)
        return;
    device_ = found.st_dev;
    inode_ = found.st_ino;
}

bool StoreFile::is_sound() const
{
    int const descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return errno != ENOENT; // no descriptors left, or no right to read any more: no reason to give the file up
    struct ::stat found { };
    std::array<char, magic.size()> begin{};
    bool const read = ::fstat(descriptor, &found) == 0;
    auto const size = ::pread(descriptor, begin.data(), begin.size(), 0);
    ::close(descriptor);
    if (!read || size < 0)
        return true;
    // A new database is empty until its first checkpoint.
    bool const is_database = found.st_size == 0 || std::string_view{begin.data(), static_cast<std::size_t>(size)} == magic;
    return found.st_dev == device_ && found.st_ino == inode_ && is_database;
}

std::filesystem::path StoreFile::copy_path() const
{
    return path_.string() + ".rescued";
}

result<void> StoreFile::save_copy(Database& database) const
{
    auto const copy = copy_path();
    ::unlink(copy.c_str());
    // Made first, so that nobody else may read it.
    int const descriptor = ::open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return errno == ENOSPC || errno == EDQUOT ? errc::full : errc::io;
    ::close(descriptor);
    if (auto const saved = database.run_script("VACUUM INTO " + quoted(copy.string())); !saved)
        return saved;
    if (!sync(copy))
        return errc::io;
    return {};
}

std::string StoreFile::replace(Then then, std::chrono::sys_seconds now) const
{
    auto const evidence = path_.string() + ".damaged-" + std::to_string(now.time_since_epoch().count());
    bool const was_there = ::rename(path_.c_str(), evidence.c_str()) == 0;
    for (auto const* const journal : {"-wal", "-shm"}) {
        auto const name = path_.string() + journal;
        if (was_there)
            ::rename(name.c_str(), (evidence + journal).c_str());
        else
            ::unlink(name.c_str());
    }
    if (then == Then::copy)
        ::rename(copy_path().c_str(), path_.c_str());
    sync(path_.parent_path());
    return was_there ? std::filesystem::path{evidence}.filename().string() : std::string{};
}

} // namespace gatehouse::store
