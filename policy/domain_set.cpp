#include "policy/domain_set.hpp"
#include "policy/url_path.hpp"

#include <algorithm>
#include <optional>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gatehouse::policy {
namespace {

using layout::Bucket;
using layout::Posting;
using layout::RecordReader;
using layout::View;

/// Bit i is set if slot i of the bucket holds the remainder.
std::uint32_t slots_with(Bucket bucket, std::uint16_t remainder)
{
    std::uint32_t found = 0;
#if defined(__SSE2__)
    __m128i const wanted = _mm_set1_epi16(static_cast<short>(remainder));
    for (unsigned half = 0; half < 2; ++half) {
        auto const* const at = reinterpret_cast<__m128i const*>(bucket.remainders() + 32 * half);
        __m128i const low = _mm_cmpeq_epi16(_mm_loadu_si128(at), wanted);
        __m128i const high = _mm_cmpeq_epi16(_mm_loadu_si128(at + 1), wanted);
        found |= static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(low, high))) << (16 * half);
    }
#else
    for (unsigned slot = 0; slot < layout::bucket_slots; ++slot)
        found |= (layout::load<std::uint16_t>(bucket.remainders() + 2 * slot) == remainder ? 1U : 0U) << slot;
#endif
    return found & ((1U << bucket.count()) - 1);
}

/// The record of exactly this name, placed behind the name; nothing if the image does not hold it.
std::optional<RecordReader> find_record(View const& view, std::size_t bucket_index, std::uint64_t hash, std::string_view name)
{
    for (;; ++bucket_index) {
        Bucket const bucket{view.bucket(bucket_index)};
        for (std::uint32_t slots = slots_with(bucket, static_cast<std::uint16_t>(hash)); slots != 0; slots &= slots - 1) {
            std::byte const* const block = view.at[layout::blocks] + std::size_t{bucket.block()} * 4;
            auto const slot = static_cast<std::size_t>(std::countr_zero(slots));
            RecordReader record{block + layout::load<std::uint16_t>(block + 2 * slot), view.at[layout::blocks + 1]};
            if (record.name() == name)
                return record;
        }
        if (!bucket.spills())
            return std::nullopt;
    }
}

/// What of the host is left of the matched name: enough to judge the entry's reach.
struct Rest {
    std::size_t labels = 0;
    bool is_www = false;
    std::uint8_t matched_labels = 0;

    bool is_reached(ListEntry::Reach reach) const
    {
        switch (reach) {
        case ListEntry::Reach::suffix: return true;
        case ListEntry::Reach::exact: return labels == 0;
        case ListEntry::Reach::below: return labels > 0;
        case ListEntry::Reach::site: return labels == 0 || is_www;
        }
        return false;
    }
};

/// Visits the stored prefixes that cover the path, the longest first.
template <class Visit>
void walk_prefixes(View const& view, std::uint32_t first, std::uint32_t count, std::string_view path, Visit const& visit)
{
    // The greatest stored prefix not above the path extends, or is, every stored prefix of the path.
    std::uint32_t low = 0, high = count;
    while (low < high) {
        std::uint32_t const middle = low + (high - low) / 2;
        auto const prefix = layout::Prefix::read(view.prefix(first + middle));
        if (view.text(prefix.text_at, prefix.text_size) <= path)
            low = middle + 1;
        else
            high = middle;
    }
    for (std::uint32_t next = low; next != 0;) {
        auto const prefix = layout::Prefix::read(view.prefix(first + next - 1));
        if (covers(view.text(prefix.text_at, prefix.text_size), path))
            visit(Posting{prefix.flags, prefix.file, prefix.line});
        next = prefix.parent;
    }
}

/// Gathers the hits of one list into the one that counts.
struct Candidate {
    ListHit best;
    bool has_member = false, is_important = false, has_exception = false, has_important_exception = false,
         has_passthrough = false;

    /// Called with the most specific hit first.
    void take(ListHit const& hit)
    {
        switch (hit.sense) {
        case ListEntry::Sense::member:
            if (!has_member && !has_passthrough) {
                best = hit;
                has_member = true;
            }
            return;
        case ListEntry::Sense::important:
            if (!is_important)
                best = hit;
            has_member = is_important = true;
            return;
        case ListEntry::Sense::exception: has_exception = true; return;
        case ListEntry::Sense::important_exception: has_important_exception = true; return;
        case ListEntry::Sense::passthrough: has_passthrough = true; return;
        }
    }

    bool is_hit() const { return has_member && !has_important_exception && (is_important || !has_exception); }
};

/// The candidates of one lookup. Storage is left uninitialised: a miss pays nothing for it.
class Candidates {
public:
    Candidates() { } // NOLINT: leaves slots_ alone on purpose

    void take(ListHit const& hit)
    {
        for (std::size_t i = 0; i < size_; ++i) {
            if (slots_[i].list == hit.list)
                return slots_[i].candidate.take(hit);
        }
        if (size_ == slots_.size()) {
            overflowed_ = true;
            return;
        }
        slots_[size_].list = hit.list;
        slots_[size_].candidate = {};
        slots_[size_++].candidate.take(hit);
    }

    template <class Visit>
    void for_each_hit(Visit const& visit) const
    {
        for (std::size_t i = 0; i < size_; ++i) {
            if (slots_[i].candidate.is_hit())
                visit(slots_[i].candidate.best);
        }
    }
    bool overflowed() const { return overflowed_; }

private:
    struct Slot {
        std::uint16_t list;
        Candidate candidate;
    };
    union {
        std::array<Slot, 2 * ListHits::capacity> slots_; ///< twice: lists with exceptions alone take room as well
    };
    std::size_t size_ = 0;
    bool overflowed_ = false;
};

bool is_more_specific(ListHit const& a, ListHit const& b)
{
    return a.labels != b.labels ? a.labels > b.labels : a.by_path && !b.by_path;
}

/// Reads the record and calls visit(hit) for every entry of it that covers, prefixes before the whole host, once for each alias.
/// Kept out of the search, which most names leave without a hit.
template <class Visit>
[[gnu::noinline]] void visit_record(
    View const& view, RecordReader record, Rest const& rest, std::string_view path, Visit const& visit)
{
    auto const pass_on = [&](Posting const& posting, bool by_path) {
        if (!rest.is_reached(posting.reach()))
            return;
        for (std::uint32_t file = posting.file; file != layout::no_alias;
             file = layout::load<std::uint16_t>(view.file(file) + 10)) {
            visit(ListHit{.list = layout::load<std::uint16_t>(view.file(file) + 8),
                .file = static_cast<std::uint16_t>(file),
                .line = posting.line,
                .labels = rest.matched_labels,
                .by_path = by_path,
                .sense = posting.sense(),
                .reach = posting.reach()});
        }
    };
    std::uint32_t const head = record.varint();
    std::byte const* const postings = record.at;
    if ((head & 1) != 0 && !path.empty()) {
        for (std::uint32_t k = 0; k < head >> 1; ++k)
            record.posting();
        std::uint32_t const first = record.u32();
        std::uint32_t const count = record.u32();
        UrlPath const canonical(path);
        walk_prefixes(view, first, count, canonical.text(), [&](Posting const& posting) { pass_on(posting, true); });
    }
    record.at = postings;
    for (std::uint32_t k = 0; k < head >> 1; ++k)
        pass_on(record.posting(), false);
}

} // namespace

void ListHits::add(ListHit const& hit)
{
    for (std::size_t i = 0; i < size_; ++i) {
        if (hits_[i].list != hit.list)
            continue;
        if (is_more_specific(hit, hits_[i]))
            hits_[i] = hit;
        return;
    }
    if (size_ == capacity) {
        overflowed_ = true;
        return;
    }
    hits_[size_++] = hit;
}

DomainSet::DomainSet(std::span<std::byte const> image)
    : view_(layout::read_header(image))
{
}

/// Calls visit(hit) for every entry that covers, the most specific name first.
template <class Visit>
void DomainSet::walk(Host const& host, std::string_view path, Visit&& visit) const
{
    if (view_.name_count == 0)
        return;
    std::string_view const text = host.text();
    layout::SuffixHashes const suffixes(text, host.is_address(), view_.key);
    std::array<std::size_t, layout::max_labels> homes; // written below up to suffixes.count
    auto const is_stored_depth = [this, is_name = !host.is_address()](
                                     std::size_t i) { return (view_.depths & layout::depth_bit(is_name ? i + 1 : 0)) != 0; };
    for (std::size_t i = 0; i < suffixes.count; ++i) {
        homes[i] = layout::home_bucket(suffixes.hash[i], view_.home_buckets);
        if (is_stored_depth(i))
            __builtin_prefetch(view_.bucket(homes[i]));
    }
    for (std::size_t i = suffixes.count; i-- > 0;) {
        if (!is_stored_depth(i))
            continue;
        auto const record = find_record(view_, homes[i], suffixes.hash[i], text.substr(suffixes.begin[i]));
        if (!record)
            continue;
        Rest const rest{.labels = suffixes.count - i - 1,
            .is_www = suffixes.begin[i] == 4 && text.starts_with("www."),
            .matched_labels = static_cast<std::uint8_t>(i + 1)};
        visit_record(view_, *record, rest, path, visit);
    }
}

void DomainSet::find(Host const& host, std::string_view path, ListHits& hits) const
{
    hits.size_ = 0;
    hits.overflowed_ = false;
    Candidates candidates;
    walk(host, path, [&candidates](ListHit const& hit) { candidates.take(hit); });
    candidates.for_each_hit([&hits](ListHit const& hit) { hits.add(hit); });
    hits.overflowed_ = hits.overflowed_ || candidates.overflowed();
}

std::vector<ListHit> DomainSet::find_every(Host const& host, std::string_view path) const
{
    std::vector<ListHit> every;
    walk(host, path, [&every](ListHit const& hit) { every.push_back(hit); });
    return every;
}

std::string_view DomainSet::list_id(std::uint16_t list) const
{
    std::byte const* const row = view_.list(list);
    return view_.text(layout::load<std::uint32_t>(row), layout::load<std::uint32_t>(row + 4));
}

std::size_t DomainSet::member_count(std::uint16_t list) const
{
    return layout::load<std::uint32_t>(view_.list(list) + 8);
}

std::string_view DomainSet::file_name(std::uint16_t file) const
{
    std::byte const* const row = view_.file(file);
    return view_.text(layout::load<std::uint32_t>(row), layout::load<std::uint32_t>(row + 4));
}

} // namespace gatehouse::policy
