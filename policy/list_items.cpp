#include "policy/list_items.hpp"

#include <algorithm>
#include <cstring>

namespace gatehouse::policy::encoder {
namespace {

/// How far to shift a hash so that its high bits number about `count` places; at most 2^32 of them, at least two.
unsigned shift_for(std::size_t count)
{
    unsigned shift = 63;
    while (count >> (64 - shift) > 0 && shift > 32)
        --shift;
    return shift;
}

/// Where the next item of a part goes, and its name.
struct Place {
    std::size_t item = 0, text = 0;
};

} // namespace

std::string sort_by_hash(std::vector<Item>& items)
{
    constexpr std::size_t usual_part = 8192; // items: half a megabyte with names, and few enough parts to fill side by side
    unsigned const shift = shift_for(items.size() / usual_part);
    std::vector<Place> places((std::size_t{1} << (64 - shift)) + 1);
    for (Item const& item : items) {
        Place& next = places[(item.hash >> shift) + 1];
        ++next.item;
        next.text += item.host_size;
    }
    for (std::size_t i = 1; i < places.size(); ++i) {
        places[i].item += places[i - 1].item;
        places[i].text += places[i - 1].text;
    }
    std::string text(places.back().text, '\0');
    std::vector<Item> sorted(items.size());
    for (Item const& item : items) {
        Place& place = places[item.hash >> shift];
        std::memcpy(text.data() + place.text, item.host_at, item.host_size);
        sorted[place.item] = item;
        sorted[place.item++].host_at = text.data() + place.text;
        place.text += item.host_size;
    }
    std::size_t begin = 0;
    for (Place const& place : places) { // each stands where its part ends by now
        std::sort(sorted.begin() + static_cast<std::ptrdiff_t>(begin), sorted.begin() + static_cast<std::ptrdiff_t>(place.item),
            [](Item const& a, Item const& b) { return a.hash < b.hash; });
        begin = place.item;
    }
    items.swap(sorted);
    return text;
}

HashIndex::HashIndex(std::vector<Item> const& items)
    : items_(items)
    , shift_(shift_for(items.size() / 4))
{
    starts_.resize((std::size_t{1} << (64 - shift_)) + 1);
    std::size_t at = 0;
    for (std::size_t i = 0; i < starts_.size(); ++i) {
        while (at < items.size() && items[at].hash >> shift_ < i)
            ++at;
        starts_[i] = static_cast<std::uint32_t>(at);
    }
}

std::span<Item const> HashIndex::find(std::uint64_t hash) const
{
    std::size_t begin = starts_[hash >> shift_];
    while (begin < items_.size() && items_[begin].hash < hash)
        ++begin;
    std::size_t end = begin;
    while (end < items_.size() && items_[end].hash == hash)
        ++end;
    return std::span{items_}.subspan(begin, end - begin);
}

HashFilter::HashFilter(std::size_t expected)
    : shift_(shift_for(expected / 8))
    , words_(std::size_t{1} << (64 - shift_))
{
}

} // namespace gatehouse::policy::encoder
