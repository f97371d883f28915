#pragma once
// The compiled image as a long-running process holds it: a copy of its own that nobody else can reach. Whatever is done to the file
// afterwards, overwritten or cut while it is in use, what was verified is what is searched.

#include "tools/lists/mapped_image.hpp"

#include <chrono>
#include <future>
#include <optional>
#include <sys/stat.h>

namespace gatehouse::lists {

/// Lends the image of a path, copied once for each state of the file: publishing again with the same lists neither reads nor checks them
/// anew. One thread at a time.
class PrivateImages {
public:
    /// A file changed less than `settling` ago may change again without its time stamp telling, so it is read anew.
    explicit PrivateImages(std::chrono::milliseconds settling = std::chrono::seconds{2})
        : settling_(settling)
    {
    }
    /// For who knows early which will be wanted: a thread of its own copies and checks that image; `open` waits for it, and lends it if the
    /// file is still what was read.
    explicit PrivateImages(std::filesystem::path ahead);

    /// Copies, maps and verifies; shares the blocks with the file where the file system can. The copy is a nameless file in the same
    /// folder (O_TMPFILE), whose pages the system may evict; in memory where that cannot be written.
    /// Errors: errno; `policy::errc::image_*`. The image lent before stays good.
    result<MappedImage> open(std::filesystem::path const& path);

private:
    /// What tells one state of a file from another.
    struct Identity {
        dev_t device;
        ino_t file;
        off_t size;
        std::chrono::nanoseconds modified, changed;
        bool operator==(Identity const&) const = default;
    };
    static Identity identity_of(struct stat const& about);
    result<MappedImage> open_now(std::filesystem::path const& path);

    std::chrono::milliseconds settling_;
    std::optional<Identity> kept_identity_;
    std::optional<MappedImage> kept_;
    std::future<void> ahead_; ///< behind what it works on
};

} // namespace gatehouse::lists
