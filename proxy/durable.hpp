#pragma once
// What is to outlive a power cut.

#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace gatehouse {

/// Brings what the file holds, or the names in the folder, to the disk (fsync(2)). False if that failed or there is none.
inline bool make_durable(std::filesystem::path const& path)
{
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    bool const synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    return synced;
}

} // namespace gatehouse
