#pragma once
// Lays out sorted, deduplicated items as the bytes of a list image. Internal to the encoder; list_image.hpp has the format.

#include "policy/list_items.hpp"

#include <string>

namespace gatehouse::policy::encoder {

struct FileRow {
    std::string name;
    std::uint16_t list = 0;
    std::uint16_t next_alias = 0;
};

struct Tables {
    std::vector<std::string> list_ids;
    std::vector<FileRow> files;
    std::vector<std::uint16_t> primary;      ///< by input file: its first row in `files`
    std::vector<std::string_view> paths{{}}; ///< canonical, by number; number zero is no path
};

/// Precondition: items sorted by hash; items of one hash by host, then path, whole hosts first.
std::vector<std::byte> write_image(Tables const& tables, std::vector<Item> const& items, std::uint64_t key);

} // namespace gatehouse::policy::encoder
