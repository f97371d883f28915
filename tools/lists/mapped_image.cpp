#include "tools/lists/mapped_image.hpp"
#include "policy/list_image.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::lists {

result<MappedImage> MappedImage::open(std::filesystem::path const& path)
{
    int const file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_code{errno, boost::system::generic_category()};
    auto image = map(file);
    ::close(file);
    return image;
}

result<MappedImage> MappedImage::map(int file)
{
    struct stat about { };
    if (::fstat(file, &about) != 0)
        return error_code{errno, boost::system::generic_category()};
    auto const size = static_cast<std::size_t>(about.st_size);
    void* const at = size == 0 ? MAP_FAILED : ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    int const mmap_error = errno;
    if (size == 0)
        return policy::errc::image_truncated;
    if (at == MAP_FAILED)
        return error_code{mmap_error, boost::system::generic_category()};
    MappedImage image;
    image.owner_ = std::shared_ptr<void const>(at, [size](void const* mapped) { ::munmap(const_cast<void*>(mapped), size); });
    image.bytes_ = {static_cast<std::byte const*>(at), size};
    if (auto const verified = policy::verify_list_image(image.bytes_); !verified)
        return verified.error();
    image.release_rarely_read();
    return image;
}

/// Checking touched every page. The names themselves are wanted on hits only: their pages leave this process' memory, stay in the
/// page cache, and come back one by one.
void MappedImage::release_rarely_read() const
{
    auto const part = policy::rarely_read(bytes_);
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    auto const from = static_cast<std::size_t>(part.data() - bytes_.data()) / page * page;
    auto const to = static_cast<std::size_t>(part.data() + part.size() - bytes_.data()) / page * page;
    ::madvise(const_cast<std::byte*>(bytes_.data()) + from, to - from, MADV_DONTNEED); // no more than a hint: failing is no harm
}

} // namespace gatehouse::lists
