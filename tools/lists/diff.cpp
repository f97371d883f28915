#define XXH_INLINE_ALL
#include "tools/lists/diff.hpp"
#include "policy/domain_set.hpp"

#include <xxhash.h>

#include <algorithm>
#include <map>

namespace gatehouse::lists {
namespace {

using policy::StoredEntry;

/// Everything of an entry but where it is written, folded into 64 bits.
std::uint64_t fold(policy::DomainSet const& set, StoredEntry const& entry)
{
    auto const part
        = [](std::string_view text, std::uint64_t seed) { return XXH3_64bits_withSeed(text.data(), text.size(), seed); };
    auto const kind = static_cast<std::uint64_t>(entry.reach) << 8 | static_cast<std::uint64_t>(entry.sense);
    return part(entry.path, part(entry.host, part(set.list_id(entry.list), kind)));
}

std::vector<std::uint64_t> fold_all(std::span<std::byte const> image)
{
    policy::DomainSet const set(image);
    std::vector<std::uint64_t> folded;
    folded.reserve(set.name_count());
    policy::for_each_entry(image, [&](StoredEntry const& entry) { folded.push_back(fold(set, entry)); });
    std::sort(folded.begin(), folded.end());
    return folded;
}

std::string shown(StoredEntry const& entry)
{
    bool const is_member = entry.sense == policy::ListEntry::Sense::member || entry.sense == policy::ListEntry::Sense::important;
    return (is_member ? "" : "@@") + std::string(entry.host) + std::string(entry.path);
}

struct Names {
    std::size_t count = 0;
    std::vector<std::string> names;
};

/// Entries of `image` that `other` does not have, by list.
std::map<std::string, Names> missing_from(std::span<std::byte const> image, std::vector<std::uint64_t> const& other)
{
    policy::DomainSet const set(image);
    std::map<std::string, Names> missing;
    policy::for_each_entry(image, [&](StoredEntry const& entry) {
        if (std::binary_search(other.begin(), other.end(), fold(set, entry)))
            return;
        Names& names = missing[std::string(set.list_id(entry.list))];
        ++names.count;
        names.names.push_back(shown(entry));
    });
    return missing;
}

std::vector<std::string> first_names(Names& names, std::size_t max_names)
{
    std::sort(names.names.begin(), names.names.end());
    if (max_names != 0 && names.names.size() > max_names)
        names.names.resize(max_names);
    return std::move(names.names);
}

} // namespace

std::vector<ListDifference> compare_images(
    std::span<std::byte const> before, std::span<std::byte const> after, std::size_t max_names)
{
    auto added = missing_from(after, fold_all(before));
    auto removed = missing_from(before, fold_all(after));
    std::map<std::string, ListDifference> differences;
    for (auto& [list, names] : added) {
        differences[list].added = names.count;
        differences[list].added_names = first_names(names, max_names);
    }
    for (auto& [list, names] : removed) {
        differences[list].removed = names.count;
        differences[list].removed_names = first_names(names, max_names);
    }
    std::vector<ListDifference> all;
    for (auto& [list, difference] : differences) {
        difference.list = list;
        all.push_back(std::move(difference));
    }
    return all;
}

} // namespace gatehouse::lists
