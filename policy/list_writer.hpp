#pragma once
// Lays out sorted, deduplicated entries as the bytes of a list image. Internal to the encoder; list_image.hpp has the format.

#include "policy/list_image.hpp"

namespace gatehouse::policy::writer {

struct Item {
    std::uint64_t hash = 0;
    ListEntry const* entry = nullptr;
    std::string_view path;  ///< canonical
    std::uint32_t file = 0; ///< index of the input file
    std::uint8_t labels = 0;
    bool is_plain = false; ///< a whole host with suffix reach
    bool is_dropped = false;
};

struct FileRow {
    std::string name;
    std::uint16_t list = 0;
    std::uint16_t next_alias = 0;
};

struct Tables {
    std::vector<std::string> list_ids;
    std::vector<FileRow> files;
    std::vector<std::uint16_t> primary; ///< by input file: its first row in `files`
};

/// Precondition: items sorted by hash; items of one hash by host, then path, whole hosts first.
std::vector<std::byte> write_image(Tables const& tables, std::vector<Item> const& items, std::uint64_t key);

} // namespace gatehouse::policy::writer
