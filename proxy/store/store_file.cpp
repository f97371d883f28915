#include "proxy/store/store_file.hpp"

#include "proxy/durable.hpp"

#include <array>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view magic{"SQLite format 3", 16}; // with its zero byte; sqlite.org/fileformat2.html section 1.3

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

StoreFile::~StoreFile()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

void StoreFile::remember()
{
    struct ::stat found { };
    bool const is_known = ::stat(path_.c_str(), &found) != 0 || (found.st_dev == device_ && found.st_ino == inode_);
    if (is_known && descriptor_ >= 0)
        return;
    if (descriptor_ >= 0)
        ::close(descriptor_); // of another file, whose connection is closed
    device_ = found.st_dev;
    inode_ = found.st_ino;
    descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
}

bool StoreFile::is_sound() const
{
    struct ::stat found { };
    if (::stat(path_.c_str(), &found) != 0)
        return errno != ENOENT; // no right to look any more: no reason to give the file up
    if (found.st_dev != device_ || found.st_ino != inode_)
        return false;
    std::array<char, magic.size()> begin{};
    auto const size = ::pread(descriptor_, begin.data(), begin.size(), 0);
    // A new database is empty until its first checkpoint. What cannot be read now is no reason either.
    return size <= 0 || std::string_view{begin.data(), static_cast<std::size_t>(size)} == magic;
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
    if (!make_durable(copy))
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
    make_durable(path_.parent_path());
    return was_there ? std::filesystem::path{evidence}.filename().string() : std::string{};
}

} // namespace gatehouse::store
