#pragma once
// "did you mean ...?": the nearest of the names that could have been written.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// Letters to insert, delete, replace or swap to turn one into the other.
std::size_t edit_distance(std::string_view left, std::string_view right);

/// `did you mean "instagram"?`, or empty if no name is near: at most a third of the letters differ.
std::string suggest(std::string_view written, std::span<std::string_view const> names);

/// The ids of a table.
std::vector<std::string_view> ids_of(auto const& table)
{
    std::vector<std::string_view> ids;
    for (auto const& row : table)
        ids.push_back(row.id);
    return ids;
}

} // namespace gatehouse::policy
