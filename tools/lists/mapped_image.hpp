#pragma once
// A compiled list image mapped read-only from disk. The mapping lives as long as anybody holds its owner.

#include "policy/result.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

namespace gatehouse::lists {

class MappedImage {
public:
    /// Maps and verifies. The file may be replaced (not rewritten) while it is mapped: for who looks and ends. A daemon uses PrivateImages.
    /// Errors: errno of open and mmap; `policy::errc::image_*`.
    static result<MappedImage> open(std::filesystem::path const& path);
    /// The same with an open file, which stays the caller's and may be closed at once.
    static result<MappedImage> map(int file);

    std::span<std::byte const> bytes() const { return bytes_; }
    /// Keeps the mapping alive: hand it to Policy::attach together with bytes().
    std::shared_ptr<void const> const& owner() const { return owner_; }

private:
    void release_rarely_read() const;
    void hold_often_read() const;

    std::shared_ptr<void const> owner_;
    std::span<std::byte const> bytes_;
};

} // namespace gatehouse::lists
