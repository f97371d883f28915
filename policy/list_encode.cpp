#include "policy/host.hpp"
#include "policy/list_image.hpp"
#include "policy/list_layout.hpp"
#include "policy/list_writer.hpp"
#include "policy/url_path.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace gatehouse::policy {
namespace {

using encoder::HashFilter;
using encoder::HashIndex;
using encoder::Item;
using layout::SuffixHashes;

/// Everything the passes below share.
struct Work {
    std::span<ListFile const> files;
    std::uint64_t key;
    encoder::Tables tables{}; ///< ids, names and numbers of lists and files
    std::vector<std::uint32_t>
        owner{};                       ///< by input file: number of its set of lists; statements are compared within one set only
    std::vector<bool> keeps_covered{}; ///< by owner: covered names are kept, for a passthrough may lie between
    std::vector<Item> items{};
    std::uint64_t covering_depths = 0; ///< bit n: some name of n labels may cover longer ones
    std::deque<std::string> respelt{}; ///< canonical paths that differ from the ones given
    std::vector<ListStats> stats{};
};

std::uint16_t number_of(
    std::vector<std::string>& ids, std::unordered_map<std::string, std::uint16_t>& known, std::string const& id)
{
    auto const [at, is_new] = known.try_emplace(id, static_cast<std::uint16_t>(ids.size()));
    if (is_new)
        ids.push_back(id);
    return at->second;
}

/// Numbers lists and files. A file that states aliases gets one file entry for each list, chained.
void number_files(Work& work)
{
    std::unordered_map<std::string, std::uint16_t> lists;
    std::unordered_map<std::string, std::uint32_t> owners;
    for (ListFile const& file : work.files) {
        std::string owner = file.list;
        std::vector<std::uint16_t> chain{number_of(work.tables.list_ids, lists, file.list)};
        for (std::string const& also : file.also_lists) {
            chain.push_back(number_of(work.tables.list_ids, lists, also));
            owner += '\n' + also;
        }
        work.tables.primary.push_back(static_cast<std::uint16_t>(work.tables.files.size()));
        for (std::size_t i = 0; i < chain.size(); ++i) {
            auto const next = static_cast<std::uint16_t>(work.tables.files.size() + 1);
            work.tables.files.push_back({file.file, chain[i], i + 1 < chain.size() ? next : layout::no_alias});
        }
        work.owner.push_back(owners.try_emplace(owner, static_cast<std::uint32_t>(owners.size())).first->second);
    }
    work.keeps_covered.resize(owners.size());
    for (std::string const& id : work.tables.list_ids)
        work.stats.push_back({.list = id});
}

ListStats& stats_of(Work& work, std::uint32_t file)
{
    return work.stats[work.tables.files[work.tables.primary[file]].list];
}

/// Number of the entry's path in its canonical form.
std::uint32_t path_number(Work& work, std::string_view path)
{
    if (path.empty())
        return 0;
    UrlPath const canonical(path);
    work.tables.paths.push_back(canonical.text() == path ? path : work.respelt.emplace_back(canonical.text()));
    return static_cast<std::uint32_t>(work.tables.paths.size() - 1);
}

void collect_item(Work& work, std::uint16_t file, EntryView const& entry)
{
    bool const is_address = layout::is_address_text(entry.host);
    SuffixHashes const hashes(entry.host, is_address, work.key);
    Item item{.hash = hashes.hash[hashes.count - 1],
        .host_at = entry.host.data(),
        .line = entry.line,
        .path = path_number(work, entry.path),
        .file = file,
        .host_size = static_cast<std::uint8_t>(entry.host.size()),
        .labels = static_cast<std::uint8_t>(is_address ? 0 : hashes.count),
        .reach = entry.reach,
        .sense = entry.sense};
    if (item.can_cover())
        work.covering_depths |= layout::depth_bit(item.labels);
    if (item.sense == ListEntry::Sense::passthrough)
        work.keeps_covered[work.owner[file]] = true;
    work.items.push_back(item);
}

/// One item for each usable entry, as stated.
void collect_items(Work& work)
{
    std::size_t total = 0;
    for (ListFile const& file : work.files)
        total += file.entries.size();
    work.items.reserve(total);
    for (std::size_t f = 0; f < work.files.size(); ++f) {
        auto const file = static_cast<std::uint16_t>(f);
        ListStats& stats = stats_of(work, file);
        for (EntryView const entry : work.files[f].entries) {
            ++stats.entries;
            if (entry.host.empty() || entry.host.size() > Host::max_size || entry.path.size() > max_url_path)
                ++stats.unusable;
            else
                collect_item(work, file, entry);
        }
    }
}

/// The depths at which names could stand that cover the item. Its own name does only if the item is not plain itself.
std::uint64_t depths_above(Item const& item)
{
    if (item.labels == 0)
        return item.is_plain() ? 0 : layout::depth_bit(0);
    std::size_t const longest = item.labels - (item.is_plain() ? 1U : 0U);
    return ((layout::depth_bit(longest) << 1) - 1) & ~layout::depth_bit(0);
}

/// Marks the items that a shorter name may cover. Done before sorting, while names lie one behind the other in memory.
void mark_covered(Work& work)
{
    HashFilter filter(work.items.size());
    for (Item const& item : work.items) {
        if (item.can_cover())
            filter.add(item.hash);
    }
    for (Item& item : work.items) {
        if ((depths_above(item) & work.covering_depths) == 0) // told without touching the name
            continue;
        if (item.sense != ListEntry::Sense::member || work.keeps_covered[work.owner[item.file]])
            continue;
        SuffixHashes const hashes(item.host(), item.labels == 0, work.key);
        std::size_t const count = item.is_plain() ? hashes.count - 1 : hashes.count;
        for (std::size_t i = 0; i < count && !item.may_be_covered; ++i)
            item.may_be_covered = filter.may_hold(hashes.hash[i]);
    }
}

/// The order within one hash: by name, then whole host before prefixes, prefixes by bytes, strong senses first, then as stated.
bool is_before(Work const& work, Item const& a, Item const& b)
{
    if (int const order = a.host().compare(b.host()); order != 0)
        return order < 0;
    if (int const order = work.tables.paths[a.path].compare(work.tables.paths[b.path]); order != 0)
        return order < 0;
    if (a.sense != b.sense)
        return a.sense > b.sense;
    if (a.reach != b.reach)
        return a.reach < b.reach;
    if (work.owner[a.file] != work.owner[b.file])
        return work.owner[a.file] < work.owner[b.file];
    return a.file != b.file ? a.file < b.file : a.host_at < b.host_at;
}

bool says_the_same(Work const& work, Item const& a, Item const& b)
{
    return a.host() == b.host() && work.tables.paths[a.path] == work.tables.paths[b.path] && a.sense == b.sense
        && a.reach == b.reach && work.owner[a.file] == work.owner[b.file];
}

void drop_duplicates(Work& work)
{
    encoder::for_each_run(work.items, [&work](std::span<Item> run) {
        if (run.size() == 1)
            return;
        std::sort(run.begin(), run.end(), [&work](Item const& a, Item const& b) { return is_before(work, a, b); });
        std::size_t kept = 0;
        for (std::size_t i = 1; i < run.size(); ++i) {
            if (says_the_same(work, run[kept], run[i])) {
                run[i].is_dropped = true;
                ++stats_of(work, run[i].file).duplicates;
            } else {
                kept = i;
            }
        }
    });
    std::erase_if(work.items, [](Item const& item) { return item.is_dropped; });
}

bool is_covered(Work const& work, HashIndex const& index, Item const& item)
{
    SuffixHashes const hashes(item.host(), item.labels == 0, work.key);
    std::size_t const count = item.is_plain() ? hashes.count - 1 : hashes.count;
    for (std::size_t i = 0; i < count; ++i) {
        std::string_view const above = item.host().substr(hashes.begin[i]);
        for (Item const& other : index.find(hashes.hash[i])) {
            if (other.can_cover() && other.host() == above && work.owner[other.file] == work.owner[item.file])
                return true;
        }
    }
    return false;
}

void drop_covered(Work& work)
{
    HashIndex const index(work.items);
    for (Item& item : work.items) {
        if (!item.may_be_covered || !is_covered(work, index, item))
            continue;
        item.is_dropped = true; // stays where it is: what it covers is covered by what covers it
        ++stats_of(work, item.file).redundant;
    }
    std::erase_if(work.items, [](Item const& item) { return item.is_dropped; });
}

} // namespace

EncodedImage encode_lists(std::span<ListFile const> files, std::uint64_t hash_key)
{
    Work work{.files = files, .key = hash_key};
    number_files(work);
    collect_items(work);
    mark_covered(work);
    std::string const names = encoder::sort_by_hash(work.items);
    drop_duplicates(work);
    drop_covered(work);
    return {encoder::write_image(work.tables, work.items, hash_key), std::move(work.stats)};
}

std::vector<std::byte> encode_list_image(std::span<ListFile const> files, std::uint64_t hash_key)
{
    return encode_lists(files, hash_key).bytes;
}

} // namespace gatehouse::policy
