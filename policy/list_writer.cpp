#include "policy/list_writer.hpp"
#include "policy/list_layout.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::policy::encoder {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t mean_fill = 21; // of 28 slots: about one bucket in twenty spills

template <class T>
void append(Bytes& bytes, T value)
{
    std::size_t const at = bytes.size();
    bytes.resize(at + sizeof value);
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class T>
void store(Bytes& bytes, std::size_t at, T value)
{
    std::memcpy(bytes.data() + at, &value, sizeof value);
}

void append_text(Bytes& bytes, std::string_view text)
{
    auto const* const from = reinterpret_cast<std::byte const*>(text.data());
    bytes.insert(bytes.end(), from, from + text.size());
}

void append_varint(Bytes& bytes, std::uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        bytes.push_back(static_cast<std::byte>((value & 0x7f) | 0x80));
    bytes.push_back(static_cast<std::byte>(value));
}

void pad(Bytes& bytes, std::size_t unit)
{
    bytes.resize((bytes.size() + unit - 1) / unit * unit);
}

class Image {
public:
    Image(Tables const& tables, std::vector<Item> const& items, std::uint64_t key)
        : tables_(tables)
        , items_(items)
        , key_(key)
        , members_(tables.files.size())
    {
    }

    Bytes write()
    {
        std::size_t text_size = 0;
        for (std::size_t i = 0; i < items_.size(); i = end_of_name(i)) {
            ++name_count_;
            text_size += items_[i].host_size;
        }
        home_buckets_ = static_cast<std::uint32_t>(name_count_ / mean_fill + 1);
        constexpr std::size_t usual_record = 16; // bytes beside the name, a share of bucket and block included
        image_.reserve(layout::header_size + text_size + usual_record * items_.size());
        image_.resize(layout::header_size);
        write_blocks();
        Bytes lists, files;
        write_tables(lists, files);
        finish({&buckets_, &prefixes_, &lists, &files, &texts_});
        return std::move(image_);
    }

private:
    /// Where the items of the name that begins here end.
    std::size_t end_of_name(std::size_t begin) const
    {
        std::size_t end = begin + 1;
        while (end < items_.size() && items_[end].has_name_of(items_[begin]))
            ++end;
        return end;
    }

    bool has_come_to(std::size_t bucket, std::size_t item) const
    {
        return item < items_.size()
            && (bucket >= home_buckets_ || layout::home_bucket(items_[item].hash, home_buckets_) <= bucket);
    }

    /// Fills one bucket after the other; names that do not fit go on to the next one.
    void write_blocks()
    {
        std::size_t next = 0;
        for (std::size_t bucket = 0; bucket < home_buckets_ || next < items_.size(); ++bucket)
            next = write_block(bucket, next);
    }

    /// Writes the names from `next` on that belong to this bucket or an earlier one, as many as it takes. Returns the next one.
    std::size_t write_block(std::size_t bucket, std::size_t next)
    {
        constexpr std::size_t offset_limit = 0xffff - 2 * layout::bucket_slots; // a record's offset has two bytes
        std::size_t const at = buckets_.size();
        buckets_.resize(at + layout::bucket_size);
        records_.clear();
        offsets_.clear();
        while (has_come_to(bucket, next) && offsets_.size() < layout::bucket_slots && records_.size() <= offset_limit) {
            store(buckets_, at + 2 * offsets_.size(), static_cast<std::uint16_t>(items_[next].hash));
            offsets_.push_back(static_cast<std::uint16_t>(records_.size()));
            next = write_record(next);
        }
        pad(image_, 4);
        store(buckets_, at + 56, static_cast<std::uint32_t>((image_.size() - layout::header_size) / 4));
        store(buckets_, at + 60, static_cast<std::uint8_t>(offsets_.size()));
        store(buckets_, at + 61, static_cast<std::uint8_t>(has_come_to(bucket, next) ? 1 : 0));
        for (std::uint16_t const offset : offsets_)
            append(image_, static_cast<std::uint16_t>(offset + 2 * offsets_.size()));
        image_.insert(image_.end(), records_.begin(), records_.end());
        return next;
    }

    /// Writes the record of the name whose items begin here. Returns where they end.
    std::size_t write_record(std::size_t begin)
    {
        std::size_t const end = end_of_name(begin);
        std::size_t prefixes = begin;
        while (prefixes < end && items_[prefixes].path == 0)
            ++prefixes;
        depths_ |= layout::depth_bit(items_[begin].labels);
        append(records_, items_[begin].host_size);
        append_text(records_, items_[begin].host());
        append_varint(records_, (prefixes - begin) << 1 | (prefixes < end ? 1U : 0U));
        for (std::size_t i = begin; i < prefixes; ++i) {
            append(records_, layout::posting_flags(items_[i].reach, items_[i].sense));
            append_varint(records_, file_of(items_[i]));
            append_varint(records_, items_[i].line);
        }
        if (prefixes == end)
            return end;
        append(records_, static_cast<std::uint32_t>(prefixes_.size() / layout::prefix_size));
        append(records_, static_cast<std::uint32_t>(end - prefixes));
        write_prefixes(prefixes, end);
        return end;
    }

    void write_prefixes(std::size_t begin, std::size_t end)
    {
        std::vector<std::size_t> open; // the chain of prefixes that the next one may extend
        for (std::size_t i = begin; i < end; ++i) {
            std::string_view const path = tables_.paths[items_[i].path];
            while (!open.empty() && !path.starts_with(tables_.paths[items_[open.back()].path]))
                open.pop_back();
            append(prefixes_, static_cast<std::uint32_t>(texts_.size()));
            append(prefixes_, items_[i].line);
            append(prefixes_, static_cast<std::uint32_t>(open.empty() ? 0 : open.back() - begin + 1));
            append(prefixes_, static_cast<std::uint16_t>(path.size()));
            append(prefixes_, file_of(items_[i]));
            append(prefixes_, static_cast<std::uint32_t>(layout::posting_flags(items_[i].reach, items_[i].sense)));
            append_text(texts_, path);
            open.push_back(i);
        }
    }

    /// The item's row in the table of files; counts it there.
    std::uint16_t file_of(Item const& item)
    {
        std::uint16_t const row = tables_.primary[item.file];
        members_[row] += item.sense == ListEntry::Sense::member || item.sense == ListEntry::Sense::important ? 1U : 0U;
        return row;
    }

    void write_tables(Bytes& lists, Bytes& files)
    {
        std::vector<std::uint32_t> members(tables_.list_ids.size());
        for (std::size_t first : tables_.primary) {
            for (std::size_t row = first; row != layout::no_alias; row = tables_.files[row].next_alias)
                members[tables_.files[row].list] += members_[first];
        }
        for (std::size_t i = 0; i < tables_.list_ids.size(); ++i) {
            append_text_reference(lists, tables_.list_ids[i]);
            append(lists, members[i]);
        }
        for (FileRow const& row : tables_.files) {
            append_text_reference(files, row.name);
            append(files, row.list);
            append(files, row.next_alias);
        }
    }

    void append_text_reference(Bytes& bytes, std::string_view text)
    {
        append(bytes, static_cast<std::uint32_t>(texts_.size()));
        append(bytes, static_cast<std::uint32_t>(text.size()));
        append_text(texts_, text);
    }

    /// Puts the sections behind the blocks, and the header, whose place was left, in front.
    void finish(std::array<Bytes const*, layout::section_count - 1> const& sections)
    {
        pad(image_, layout::bucket_size);
        std::array<std::uint64_t, layout::section_count> offsets{layout::header_size};
        for (std::size_t i = 0; i < sections.size(); ++i) {
            offsets[i + 1] = image_.size();
            image_.insert(image_.end(), sections[i]->begin(), sections[i]->end());
        }
        Bytes header;
        append_text(header, layout::magic);
        append(header, layout::version);
        header.resize(layout::covered_from); // zero, then the checksum, which comes last
        append(header, std::uint64_t{image_.size()});
        append(header, key_);
        append(header, depths_);
        append(header, home_buckets_);
        append(header, static_cast<std::uint32_t>(buckets_.size() / layout::bucket_size));
        append(header, name_count_);
        append(header, static_cast<std::uint32_t>(tables_.list_ids.size()));
        append(header, static_cast<std::uint32_t>(tables_.files.size()));
        append(header, static_cast<std::uint32_t>(prefixes_.size() / layout::prefix_size));
        for (std::uint64_t const offset : offsets)
            append(header, offset);
        std::copy(header.begin(), header.end(), image_.begin());
        auto const sum = layout::checksum(image_);
        std::copy(sum.begin(), sum.end(), image_.begin() + layout::checksum_at);
    }

    Tables const& tables_;
    std::vector<Item> const& items_;
    std::uint64_t key_;
    std::vector<std::uint32_t> members_; ///< by row of the table of files
    std::uint32_t name_count_ = 0, home_buckets_ = 0;
    std::uint64_t depths_ = 0;
    Bytes image_, buckets_, prefixes_, texts_, records_;
    std::vector<std::uint16_t> offsets_;
};

} // namespace

std::vector<std::byte> write_image(Tables const& tables, std::vector<Item> const& items, std::uint64_t key)
{
    return Image(tables, items, key).write();
}

} // namespace gatehouse::policy::encoder
