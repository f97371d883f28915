#include "policy/list_image.hpp"
#include "policy/list_layout.hpp"
#include "policy/list_writer.hpp"
#include "policy/url_path.hpp"

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace gatehouse::policy {
namespace {

using layout::SuffixHashes;
using writer::Item;
using writer::Tables;

/// Everything the passes below share.
struct Work {
    std::span<ListFile const> files;
    std::uint64_t key;
    Tables tables;                    ///< ids, names and numbers of lists and files
    std::vector<std::uint32_t> owner; ///< by input file: number of its set of lists; statements are compared within one set only
    std::vector<bool> keeps_covered;  ///< by owner: covered names are kept, for a passthrough may lie between
    std::vector<Item> items;
    std::uint64_t suffix_depths = 0; ///< bit n: some name of n labels may cover longer ones
    std::deque<std::string> respelt; ///< canonical paths that differ from the ones given
    std::vector<ListStats> stats;
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

std::string_view canonical_path(Work& work, std::string const& path)
{
    if (path.empty())
        return {};
    UrlPath const canonical(path);
    if (canonical.text() == path)
        return path;
    return work.respelt.emplace_back(canonical.text());
}

/// One item for each usable entry, sorted by hash.
void collect_items(Work& work)
{
    std::size_t total = 0;
    for (ListFile const& file : work.files)
        total += file.entries.size();
    work.items.reserve(total);
    for (std::uint32_t f = 0; f < work.files.size(); ++f) {
        ListStats& stats = stats_of(work, f);
        for (ListEntry const& entry : work.files[f].entries) {
            ++stats.entries;
            if (entry.host.empty() || entry.host.size() > 253 || entry.path.size() > max_url_path) {
                ++stats.unusable;
                continue;
            }
            if (entry.sense == ListEntry::Sense::passthrough)
                work.keeps_covered[work.owner[f]] = true;
            SuffixHashes const hashes(entry.host, layout::is_address_text(entry.host), work.key);
            bool const is_plain = entry.path.empty() && entry.reach == ListEntry::Reach::suffix;
            if (is_plain)
                work.suffix_depths |= layout::depth_bit(hashes.count);
            work.items.push_back({hashes.hash[hashes.count - 1], &entry, canonical_path(work, entry.path), f,
                static_cast<std::uint8_t>(hashes.count), is_plain});
        }
    }
    std::sort(work.items.begin(), work.items.end(), [](Item const& a, Item const& b) { return a.hash < b.hash; });
}

/// The order within one hash: by name, then whole host before prefixes, prefixes by bytes, strong senses first, then as stated.
bool is_before(Work const& work, Item const& a, Item const& b)
{
    if (int const order = a.entry->host.compare(b.entry->host); order != 0)
        return order < 0;
    if (int const order = a.path.compare(b.path); order != 0)
        return order < 0;
    if (a.entry->sense != b.entry->sense)
        return a.entry->sense > b.entry->sense;
    if (a.entry->reach != b.entry->reach)
        return a.entry->reach < b.entry->reach;
    if (work.owner[a.file] != work.owner[b.file])
        return work.owner[a.file] < work.owner[b.file];
    return a.file != b.file ? a.file < b.file : a.entry < b.entry;
}

bool says_the_same(Work const& work, Item const& a, Item const& b)
{
    return a.entry->host == b.entry->host && a.path == b.path && a.entry->sense == b.entry->sense
        && a.entry->reach == b.entry->reach && work.owner[a.file] == work.owner[b.file];
}

template <class Visit>
void for_each_run(std::vector<Item>& items, Visit const& visit)
{
    for (std::size_t begin = 0; begin < items.size();) {
        std::size_t end = begin + 1;
        while (end < items.size() && items[end].hash == items[begin].hash)
            ++end;
        visit(std::span<Item>{items}.subspan(begin, end - begin));
        begin = end;
    }
}

void drop_duplicates(Work& work)
{
    for_each_run(work.items, [&work](std::span<Item> run) {
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

/// Finds the items of a hash: a table of first positions by the hash's high bits, then a short scan.
class HashIndex {
public:
    explicit HashIndex(std::vector<Item> const& items)
        : items_(items)
    {
        while (items.size() >> (64 - shift_) > 2 && shift_ > 32)
            --shift_;
        starts_.resize((std::size_t{1} << (64 - shift_)) + 1);
        std::size_t at = 0;
        for (std::size_t i = 0; i < starts_.size(); ++i) {
            while (at < items.size() && items[at].hash >> shift_ < i)
                ++at;
            starts_[i] = static_cast<std::uint32_t>(at);
        }
    }

    std::span<Item const> find(std::uint64_t hash) const
    {
        std::size_t begin = starts_[hash >> shift_];
        while (begin < items_.size() && items_[begin].hash < hash)
            ++begin;
        std::size_t end = begin;
        while (end < items_.size() && items_[end].hash == hash)
            ++end;
        return std::span{items_}.subspan(begin, end - begin);
    }

private:
    std::vector<Item> const& items_;
    std::vector<std::uint32_t> starts_;
    unsigned shift_ = 63;
};

/// True if the run holds a whole-host suffix member `host` of the same owner.
bool states_suffix(Work const& work, std::span<Item const> run, std::string_view host, std::uint32_t owner)
{
    for (Item const& item : run) {
        if (item.entry->host != host)
            continue;
        if (!item.path.empty())
            return false; // whole hosts come first
        if (item.entry->sense == ListEntry::Sense::member && item.entry->reach == ListEntry::Reach::suffix
            && work.owner[item.file] == owner)
            return true;
    }
    return false;
}

bool is_covered(Work const& work, HashIndex const& index, Item const& item)
{
    std::size_t const depth = item.is_plain ? item.labels - 1U : item.labels; // a plain name does not cover itself
    if ((work.suffix_depths & (layout::depth_bit(depth + 1) - 1)) == 0 && depth < 62)
        return false; // no name is short enough: told without touching the entry
    std::uint32_t const owner = work.owner[item.file];
    std::string_view const host = item.entry->host;
    if (item.entry->sense != ListEntry::Sense::member || work.keeps_covered[owner])
        return false;
    SuffixHashes const hashes(host, layout::is_address_text(host), work.key);
    for (std::size_t i = 0; i < depth; ++i) {
        bool const may_cover = (work.suffix_depths & layout::depth_bit(i + 1)) != 0;
        if (may_cover && states_suffix(work, index.find(hashes.hash[i]), host.substr(hashes.begin[i]), owner))
            return true;
    }
    return false;
}

void drop_covered(Work& work)
{
    HashIndex const index(work.items);
    std::vector<bool> covered(work.items.size());
    for (std::size_t i = 0; i < work.items.size(); ++i)
        covered[i] = is_covered(work, index, work.items[i]);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < work.items.size(); ++i) {
        if (covered[i])
            ++stats_of(work, work.items[i].file).redundant;
        else
            work.items[kept++] = work.items[i];
    }
    work.items.resize(kept);
}

} // namespace

EncodedImage encode_lists(std::span<ListFile const> files, std::uint64_t hash_key)
{
    Work work{.files = files,
        .key = hash_key,
        .tables = {},
        .owner = {},
        .keeps_covered = {},
        .items = {},
        .suffix_depths = 0,
        .respelt = {},
        .stats = {}};
    number_files(work);
    collect_items(work);
    drop_duplicates(work);
    drop_covered(work);
    return {writer::write_image(work.tables, work.items, hash_key), std::move(work.stats)};
}

std::vector<std::byte> encode_list_image(std::span<ListFile const> files, std::uint64_t hash_key)
{
    return encode_lists(files, hash_key).bytes;
}

} // namespace gatehouse::policy
