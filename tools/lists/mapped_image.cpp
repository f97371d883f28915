#include "tools/lists/mapped_image.hpp"
#include "policy/list_image.hpp"

#include <cerrno>
#include <cstring>

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
    image.hold_often_read();
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

/// Everything else is searched for every name, anywhere in it. A copy in large pages takes its place: then a search that misses the caches
/// does not miss the tables of addresses as well. Where the system has no such memory to give, the file stays what is searched.
void MappedImage::hold_often_read() const
{
    constexpr std::size_t large = std::size_t{2} << 20;
    auto const page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    auto const rare = policy::rarely_read(bytes_);
    auto const begin = (static_cast<std::size_t>(rare.data() + rare.size() - bytes_.data()) + page - 1) / page * page;
    auto const end = (bytes_.size() + page - 1) / page * page; // the last page is mapped whole
    if (end < begin + large)
        return;
    auto const size = end - begin;
    auto* const place = const_cast<std::byte*>(bytes_.data()) + begin;
    void* const room = ::mmap(nullptr, size + large, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED)
        return;
    // As far from a multiple of the large page as its place is, so that whole pages move.
    auto const distance = (reinterpret_cast<std::uintptr_t>(place) - reinterpret_cast<std::uintptr_t>(room)) % large;
    auto* const copy = static_cast<std::byte*>(room) + distance;
    ::madvise(copy, size, MADV_HUGEPAGE);
    std::memcpy(copy, place, size);
    if (::mprotect(copy, size, PROT_READ) == 0 && ::mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place) {
        ::munmap(room, distance);
        ::munmap(copy + size, large - distance);
    } else {
        ::munmap(room, size + large);
    }
}

} // namespace gatehouse::lists
