#pragma once
// What the encoder works on: one item of 32 bytes for each entry, and how millions of them are ordered and found by hash.
// Internal to the encoder.

#include "policy/list_entries.hpp"

#include <span>

namespace gatehouse::policy::encoder {

/// Lifetime: views the entries it was made from.
struct Item {
    std::uint64_t hash = 0;
    char const* host_at = nullptr;
    std::uint32_t line = 0;
    std::uint32_t path = 0; ///< number of the canonical path; zero: the whole host
    std::uint16_t file = 0; ///< index of the input file
    std::uint8_t host_size = 0;
    std::uint8_t labels = 0; ///< zero: an IP literal
    ListEntry::Reach reach = ListEntry::Reach::suffix;
    ListEntry::Sense sense = ListEntry::Sense::member;
    bool may_be_covered = false; ///< by a shorter name or the whole host; settled once all are sorted
    bool is_dropped = false;

    std::string_view host() const { return {host_at, host_size}; }
    /// A whole host with all below it.
    bool is_plain() const { return path == 0 && reach == ListEntry::Reach::suffix; }
    /// A plain member: what can make other entries needless.
    bool can_cover() const { return is_plain() && sense == ListEntry::Sense::member; }
    bool has_name_of(Item const& other) const { return hash == other.hash && host() == other.host(); }
};
static_assert(sizeof(Item) == 32);

/// Hashes are uniform: one pass scatters the items, with their names, by the high bits of the hash into small parts, which are
/// then sorted. Later passes so find the names of neighbours close together. Returns the text that the names stand in from now on.
std::string sort_by_hash(std::vector<Item>& items);

/// Visits the items of each hash together. Precondition: sorted by hash.
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

/// Finds the items of a hash: a table of first positions by the hash's high bits, then a short scan.
/// Lifetime: views the items. Precondition: sorted by hash.
class HashIndex {
public:
    explicit HashIndex(std::vector<Item> const& items);
    std::span<Item const> find(std::uint64_t hash) const;

private:
    std::vector<Item> const& items_;
    std::vector<std::uint32_t> starts_;
    unsigned shift_ = 63;
};

/// Whether a hash was added: never wrong when it says no; says yes by mistake for one hash in eight at most.
class HashFilter {
public:
    explicit HashFilter(std::size_t expected);
    void add(std::uint64_t hash) { words_[hash >> shift_] |= bit_of(hash); }
    bool may_hold(std::uint64_t hash) const { return (words_[hash >> shift_] & bit_of(hash)) != 0; }

private:
    static std::uint64_t bit_of(std::uint64_t hash) { return std::uint64_t{1} << (hash & 63); }

    unsigned shift_ = 63;
    std::vector<std::uint64_t> words_;
};

} // namespace gatehouse::policy::encoder
