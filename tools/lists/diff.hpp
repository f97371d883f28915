#pragma once
// What one list image covers that another does not, list by list.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace gatehouse::lists {

struct ListDifference {
    std::string list;
    std::size_t added = 0, removed = 0;
    std::vector<std::string> added_names,
        removed_names; ///< sorted, the first of them, as "host/path"; exceptions with "@@" in front
};

/// Lists that differ, by id. At most `max_names` names are kept for each list and direction; zero: all of them.
/// Names that a shorter one of the same list covers are not in an image and not compared.
/// Precondition: both images are verified.
std::vector<ListDifference> compare_images(
    std::span<std::byte const> before, std::span<std::byte const> after, std::size_t max_names);

} // namespace gatehouse::lists
