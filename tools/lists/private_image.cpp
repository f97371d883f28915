#include "tools/lists/private_image.hpp"

#include "policy/list_image.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

namespace gatehouse::lists {
namespace {

class Descriptor {
public:
    explicit Descriptor(int number)
        : number_(number)
    {
    }
    Descriptor(Descriptor&& other) noexcept
        : number_(std::exchange(other.number_, -1))
    {
    }
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    int number() const { return number_; }

private:
    int number_;
};

/// All bytes of `from` into the empty `to`. A file that shrinks meanwhile gives a short copy, which verification refuses.
result<void> copy_all(int from, int to)
{
    if (::ioctl(to, FICLONE, from) == 0)
        return {};
    off_t at = 0;
    for (;;) {
        auto const sent = ::sendfile(to, from, &at, std::size_t{1} << 30);
        if (sent == 0)
            return {};
        if (sent < 0 && errno != EINTR)
            return last_error();
    }
}

result<Descriptor> copy_to(Descriptor copy, int file)
{
    if (copy.number() < 0)
        return last_error();
    if (auto const copied = copy_all(file, copy.number()); !copied)
        return copied.error();
    return copy;
}

/// A disk without room must not keep lists out of force: memory holds them then.
result<Descriptor> copy_of(int file, std::filesystem::path const& folder)
{
    auto on_disk = copy_to(Descriptor{::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)}, file);
    if (on_disk)
        return on_disk;
    return copy_to(Descriptor{::memfd_create("lists.image", MFD_CLOEXEC)}, file);
}

std::chrono::nanoseconds to_duration(timespec const& time)
{
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

} // namespace

PrivateImages::Identity PrivateImages::identity_of(struct stat const& about)
{
    return {about.st_dev, about.st_ino, about.st_size, to_duration(about.st_mtim), to_duration(about.st_ctim)};
}

PrivateImages::PrivateImages(std::filesystem::path ahead)
    : PrivateImages()
{
    // A failure comes again when somebody opens, and is told then.
    ahead_ = std::async(std::launch::async, [this, path = std::move(ahead)] { static_cast<void>(open_now(path)); });
}

result<MappedImage> PrivateImages::open(std::filesystem::path const& path)
{
    if (ahead_.valid())
        ahead_.get();
    return open_now(path);
}

result<MappedImage> PrivateImages::open_now(std::filesystem::path const& path)
{
    Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    struct stat about { };
    if (file.number() < 0 || ::fstat(file.number(), &about) != 0)
        return last_error();
    auto const identity = identity_of(about);
    if (kept_ && kept_identity_ == identity)
        return *kept_;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    auto const copy = copy_of(file.number(), path.parent_path().empty() ? std::filesystem::path{"."} : path.parent_path());
    if (!copy)
        return copy.error();
    auto image = MappedImage::map(copy->number());
    if (!image)
        return image;
    kept_ = *image;
    kept_identity_.reset();
    if (to_duration(now) - identity.changed > settling_)
        kept_identity_ = identity;
    return image;
}

} // namespace gatehouse::lists
