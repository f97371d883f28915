#include "policy/list_image.hpp"
#include "policy/list_layout.hpp"

namespace gatehouse::policy {
namespace {

using layout::RecordReader;
using layout::View;

result<void> check_header(std::span<std::byte const> image)
{
    if (image.size() < layout::header_size)
        return errc::image_truncated;
    if (std::memcmp(image.data(), layout::magic.data(), layout::magic.size()) != 0)
        return errc::image_bad_magic;
    if (layout::load<std::uint32_t>(image.data() + 8) != layout::version)
        return errc::image_bad_version;
    if (layout::load<std::uint32_t>(image.data() + 12) != 0)
        return errc::image_corrupt;
    auto const size = layout::load<std::uint64_t>(image.data() + layout::covered_from);
    if (size > image.size())
        return errc::image_truncated;
    if (size < image.size())
        return errc::image_corrupt;
    auto const sum = layout::checksum(image);
    if (std::memcmp(sum.data(), image.data() + layout::checksum_at, sum.size()) != 0)
        return errc::image_bad_checksum;
    return {};
}

/// Sections in order and of the sizes the counts ask for. Only after this may read_header's pointers be used.
bool sections_fit(std::span<std::byte const> image)
{
    std::uint64_t before = layout::header_size;
    for (std::size_t i = 0; i < layout::section_count; ++i) {
        auto const at = layout::load<std::uint64_t>(image.data() + 80 + 8 * i);
        if (at < before || at > image.size())
            return false;
        before = at;
    }
    View const view = layout::read_header(image);
    auto const buckets_at = layout::load<std::uint64_t>(image.data() + 80 + 8 * layout::buckets);
    return layout::load<std::uint64_t>(image.data() + 80) == layout::header_size && buckets_at % layout::bucket_size == 0
        && view.home_buckets > 0 && view.bucket_count >= view.home_buckets
        && view.section_bytes(layout::buckets) == std::uint64_t{view.bucket_count} * layout::bucket_size
        && view.section_bytes(layout::prefixes) == std::uint64_t{view.prefix_count} * layout::prefix_size
        && view.section_bytes(layout::lists) == std::uint64_t{view.list_count} * layout::list_size
        && view.section_bytes(layout::files) == std::uint64_t{view.file_count} * layout::file_size && view.list_count < 0xffff
        && view.file_count < 0xffff;
}

bool text_fits(View const& view, std::uint64_t at, std::uint64_t size)
{
    return at + size <= view.section_bytes(layout::texts);
}

bool tables_fit(View const& view)
{
    for (std::size_t i = 0; i < view.list_count; ++i) {
        std::byte const* const row = view.list(i);
        if (!text_fits(view, layout::load<std::uint32_t>(row), layout::load<std::uint32_t>(row + 4)))
            return false;
    }
    for (std::size_t i = 0; i < view.file_count; ++i) {
        std::byte const* const row = view.file(i);
        auto const next = layout::load<std::uint16_t>(row + 10);
        bool const chain_ends = next == layout::no_alias || (next > i && next < view.file_count);
        if (!text_fits(view, layout::load<std::uint32_t>(row), layout::load<std::uint32_t>(row + 4))
            || layout::load<std::uint16_t>(row + 8) >= view.list_count || !chain_ends)
            return false;
    }
    return true;
}

bool flags_fit(std::uint8_t flags)
{
    return flags >> layout::sense_shift <= static_cast<unsigned>(ListEntry::Sense::passthrough);
}

bool prefixes_fit(View const& view, std::uint32_t first, std::uint32_t count)
{
    if (std::uint64_t{first} + count > view.prefix_count)
        return false;
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const prefix = layout::Prefix::read(view.prefix(first + i));
        if (!text_fits(view, prefix.text_at, prefix.text_size) || prefix.parent > i || prefix.file >= view.file_count
            || !flags_fit(prefix.flags))
            return false;
    }
    return true;
}

/// Walks the blocks once, front to back: records must follow each other without gap or overlap, so that checking is linear.
struct Walk {
    View const& view;
    std::size_t names = 0;
    std::size_t block_end = 0;  ///< offset in the section behind the records seen so far
    std::uint32_t prefixes = 0; ///< prefixes claimed by records so far
};

bool record_fits(Walk& walk, RecordReader& reader)
{
    if (reader.name().empty())
        return false;
    std::uint32_t const head = reader.varint();
    for (std::uint32_t i = 0; i < head >> 1 && reader.ok; ++i) {
        auto const posting = reader.posting();
        if (posting.file >= walk.view.file_count || !flags_fit(posting.flags))
            return false;
    }
    if ((head & 1) == 0)
        return reader.ok;
    std::uint32_t const first = reader.u32();
    std::uint32_t const count = reader.u32();
    if (!reader.ok || count == 0 || first != walk.prefixes || !prefixes_fit(walk.view, first, count))
        return false;
    walk.prefixes += count;
    return true;
}

bool bucket_fits(Walk& walk, layout::Bucket bucket)
{
    std::size_t const size = walk.view.section_bytes(layout::blocks), at = std::size_t{bucket.block()} * 4;
    std::size_t const count = bucket.count();
    if (count > layout::bucket_slots || at != (walk.block_end + 3) / 4 * 4 || at > size || size - at < 2 * count)
        return false;
    std::byte const* const block = walk.view.at[layout::blocks] + at;
    RecordReader reader{block + 2 * count, walk.view.at[layout::blocks + 1]};
    for (std::size_t slot = 0; slot < count; ++slot) {
        if (reader.at != block + layout::load<std::uint16_t>(block + 2 * slot) || !record_fits(walk, reader))
            return false;
    }
    walk.block_end = at + static_cast<std::size_t>(reader.at - block);
    walk.names += count;
    return true;
}

bool buckets_fit(View const& view)
{
    Walk walk{.view = view};
    for (std::size_t i = 0; i < view.bucket_count; ++i) {
        if (!bucket_fits(walk, {view.bucket(i)}))
            return false;
    }
    bool const ends = !layout::Bucket{view.bucket(view.bucket_count - 1)}.spills();
    return ends && walk.names == view.name_count && walk.prefixes == view.prefix_count;
}

void visit_aliases(View const& view, StoredEntry entry, std::uint32_t file, std::function<void(StoredEntry const&)> const& visit)
{
    for (std::uint32_t at = file; at != layout::no_alias; at = layout::load<std::uint16_t>(view.file(at) + 10)) {
        entry.file = static_cast<std::uint16_t>(at);
        entry.list = layout::load<std::uint16_t>(view.file(at) + 8);
        visit(entry);
    }
}

void visit_record(View const& view, RecordReader reader, std::function<void(StoredEntry const&)> const& visit)
{
    StoredEntry entry;
    entry.host = reader.name();
    std::uint32_t const head = reader.varint();
    for (std::uint32_t i = 0; i < head >> 1; ++i) {
        auto const posting = reader.posting();
        entry.reach = posting.reach();
        entry.sense = posting.sense();
        entry.line = posting.line;
        visit_aliases(view, entry, posting.file, visit);
    }
    if ((head & 1) == 0)
        return;
    std::uint32_t const first = reader.u32();
    std::uint32_t const count = reader.u32();
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const prefix = layout::Prefix::read(view.prefix(first + i));
        layout::Posting const posting{prefix.flags, prefix.file, prefix.line};
        entry.path = view.text(prefix.text_at, prefix.text_size);
        entry.reach = posting.reach();
        entry.sense = posting.sense();
        entry.line = posting.line;
        visit_aliases(view, entry, posting.file, visit);
    }
}

} // namespace

result<void> verify_list_image(std::span<std::byte const> image)
{
    if (auto const checked = check_header(image); !checked)
        return checked;
    if (!sections_fit(image))
        return errc::image_corrupt;
    View const view = layout::read_header(image);
    if (!tables_fit(view) || !buckets_fit(view))
        return errc::image_corrupt;
    return {};
}

std::span<std::byte const> rarely_read(std::span<std::byte const> image)
{
    View const view = layout::read_header(image);
    return {view.at[layout::blocks], view.section_bytes(layout::blocks)};
}

void for_each_entry(std::span<std::byte const> image, std::function<void(StoredEntry const&)> const& visit)
{
    View const view = layout::read_header(image);
    for (std::size_t i = 0; i < view.bucket_count; ++i) {
        layout::Bucket const bucket{view.bucket(i)};
        std::byte const* const block = view.at[layout::blocks] + std::size_t{bucket.block()} * 4;
        for (std::size_t slot = 0; slot < bucket.count(); ++slot)
            visit_record(view, {block + layout::load<std::uint16_t>(block + 2 * slot), view.at[layout::blocks + 1]}, visit);
    }
}

} // namespace gatehouse::policy
