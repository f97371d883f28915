#include "proxy/secret_file.hpp"

#include "proxy/durable.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sodium.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse {
namespace {

[[noreturn]] void fail(std::filesystem::path const& path, char const* why)
{
    throw std::runtime_error(path.string() + ": " + why);
}

/// Closes on every way out.
struct File {
    int number = -1;
    ~File()
    {
        if (number >= 0)
            ::close(number);
    }
};

void make_key(std::filesystem::path const& path)
{
    if (::sodium_init() < 0)
        fail(path, "no source of randomness");
    SecretKey key;
    ::randombytes_buf(key.data(), key.size());
    auto fresh = path;
    fresh += ".new";
    {
        File const file{::open(fresh.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600)};
        bool const written = file.number >= 0 && ::write(file.number, key.data(), key.size()) == static_cast<ssize_t>(key.size())
            && ::fsync(file.number) == 0;
        ::sodium_memzero(key.data(), key.size());
        if (!written)
            fail(path, "cannot be written");
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0)
        fail(path, "cannot be put in place");
    auto const parent = path.parent_path();
    if (!make_durable(parent.empty() ? "." : parent))
        fail(path, "cannot be made durable");
}

} // namespace

SecretKey read_or_make_key(std::filesystem::path const& path)
{
    File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.number < 0 && errno == ENOENT) {
        make_key(path);
        file.number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    }
    struct ::stat about { };
    if (file.number < 0 || ::fstat(file.number, &about) != 0)
        fail(path, "cannot be read");
    if ((about.st_mode & 077U) != 0)
        fail(path, "others may read it; run: chmod 600 on it, or remove it so that a new one is made");
    SecretKey key;
    if (about.st_size != static_cast<off_t>(key.size())
        || ::read(file.number, key.data(), key.size()) != static_cast<ssize_t>(key.size()))
        fail(path, "is not a key of 32 bytes; remove it so that a new one is made");
    return key;
}

} // namespace gatehouse
