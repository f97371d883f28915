#include "proxy/log/text_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;

constexpr mode_t owner_and_group = 0640;

error_code write_all(int file, std::string_view bytes)
{
    while (!bytes.empty()) {
        auto const written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return last_error();
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

} // namespace

TextFile::TextFile(fs::path dir, std::string name, std::string extension)
    : dir_{std::move(dir)}
    , name_{std::move(name)}
    , extension_{std::move(extension)}
{
}

TextFile::~TextFile()
{
    close();
}

fs::path TextFile::path() const
{
    return dir_ / (name_ + "." + extension_);
}

void TextFile::close()
{
    if (file_ >= 0)
        ::close(file_);
    file_ = -1;
}

bool TextFile::still_has_its_name() const
{
    struct stat open_one {
    }, named_one{};
    return ::fstat(file_, &open_one) == 0 && ::stat(path().c_str(), &named_one) == 0 && open_one.st_ino == named_one.st_ino
        && open_one.st_dev == named_one.st_dev;
}

error_code TextFile::open_if_needed()
{
    if (file_ >= 0 && still_has_its_name())
        return {};
    close();
    day_.reset();
    file_ = ::open(path().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, owner_and_group);
    if (file_ < 0)
        return last_error();
    struct stat status { };
    if (::fstat(file_, &status) == 0 && status.st_size > 0)
        day_ = day_of(std::chrono::system_clock::from_time_t(status.st_mtime));
    return {};
}

/// Another day begins: what the file holds is put aside under its own day. A failed renaming leaves the lines where they are.
void TextFile::rotate_before(Day day)
{
    auto aside = dir_ / fmt::format("{}-{}.{}", name_, to_text(*day_), extension_);
    std::error_code failure; // a folder that cannot be looked into is no reason to end
    for (unsigned i = 1; fs::exists(aside, failure); ++i)
        aside = dir_ / fmt::format("{}-{}.{}.{}", name_, to_text(*day_), extension_, i);
    fs::rename(path(), aside, failure);
    close();
    day_ = day;
}

error_code TextFile::write(std::string_view lines, Day day)
{
    if (auto const error = open_if_needed())
        return error;
    // Rows of the last moments of a day may come late. More than a day back is a clock that was ahead and is right again.
    if (day_ && (*day_ < day || day + std::chrono::days{1} < *day_)) {
        rotate_before(day);
        if (auto const error = open_if_needed())
            return error;
    }
    auto const size = ::lseek(file_, 0, SEEK_END);
    if (auto const error = write_all(file_, lines)) {
        // Half a line would join the next one; if even this fails, the file is begun anew by name at the next write.
        if (size < 0 || ::ftruncate(file_, size) != 0)
            close();
        return error;
    }
    if (!day_ || *day_ < day)
        day_ = day;
    return {};
}

} // namespace gatehouse::log
