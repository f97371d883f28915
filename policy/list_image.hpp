#pragma once
// A compiled set of lists: one immutable, checksummed run of bytes that can be mapped read-only and searched in place.
// The byte format is specified in list_image.cpp's companion section below; DomainSet searches it.
//
// (format specification: written here by the codec)

#include "policy/result.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// One name or URL prefix as a list states it.
struct ListEntry {
    enum class Reach : std::uint8_t { suffix, exact }; ///< suffix: the name and all below it
    enum class Sense : std::uint8_t { member, exception }; ///< exception: takes names out of the same list again

    std::string host; ///< canonical (Host::parse)
    std::string path; ///< empty: the whole host; otherwise a path prefix starting with '/'
    Reach reach = Reach::suffix;
    Sense sense = Sense::member;
    std::uint32_t line = 0; ///< 1-based line in its file
};

/// One file of one list.
struct ListFile {
    std::string list; ///< list id as in lists.toml
    std::string file; ///< file name shown to people
    std::vector<ListEntry> entries;
};

/// Builds the image. `hash_key` makes collisions unpredictable; draw it at random per compilation.
std::vector<std::byte> encode_list_image(std::span<ListFile const> files, std::uint64_t hash_key);

/// Checks magic, version, bounds and checksum. Errors: `errc::image_*`.
/// A verified image may be searched without further checks.
result<void> verify_list_image(std::span<std::byte const> image);

} // namespace gatehouse::policy
