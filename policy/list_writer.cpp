#include "policy/list_writer.hpp"
#include "policy/list_layout.hpp"

#include <algorithm>

namespace gatehouse::policy::writer {
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

/// The items of one name: [begin, prefixes) state the whole host, [prefixes, end) URL prefixes.
struct Name {
    std::size_t begin, prefixes, end;
};

std::vector<Name> group_names(std::vector<Item> const& items)
{
    std::vector<Name> names;
    for (std::size_t begin = 0; begin < items.size();) {
        std::size_t end = begin, prefixes = begin;
        while (end < items.size() && items[end].hash == items[begin].hash && items[end].entry->host == items[begin].entry->host) {
            prefixes += items[end].path.empty() ? 1U : 0U;
            ++end;
        }
        names.push_back({begin, prefixes, end});
        begin = end;
    }
    return names;
}

class Image {
public:
    Image(Tables const& tables, std::vector<Item> const& items, std::uint64_t key)
        : tables_(tables)
        , items_(items)
        , key_(key)
        , names_(group_names(items))
        , home_buckets_(static_cast<std::uint32_t>(names_.size() / mean_fill + 1))
    {
    }

    Bytes write()
    {
        write_buckets();
        Bytes lists, files;
        for (std::string const& id : tables_.list_ids)
            append_text_reference(lists, id);
        for (FileRow const& row : tables_.files) {
            append_text_reference(files, row.name);
            append(files, row.list);
            append(files, row.next_alias);
        }
        return join({&buckets_, &blocks_, &prefixes_, &lists, &files, &texts_});
    }

private:
    /// Fills one bucket after the other; names that do not fit wait for the next one.
    void write_buckets()
    {
        std::size_t next = 0, waiting = 0; // names_[waiting .. next) belong to this or an earlier bucket
        for (std::size_t bucket = 0; bucket < home_buckets_ || waiting < names_.size(); ++bucket) {
            while (next < names_.size() && (bucket >= home_buckets_ || home_of(next) <= bucket))
                ++next;
            std::size_t const from = waiting;
            waiting += write_block(waiting, next);
            write_bucket(from, waiting, waiting < next);
        }
    }

    std::size_t home_of(std::size_t name) const { return layout::home_bucket(items_[names_[name].begin].hash, home_buckets_); }

    /// Writes as many of the names [begin, end) as one bucket takes and returns how many.
    std::size_t write_block(std::size_t begin, std::size_t end)
    {
        pad(blocks_, 4);
        block_at_ = blocks_.size();
        records_.clear();
        offsets_.clear();
        while (begin + offsets_.size() < end && offsets_.size() < layout::bucket_slots) {
            std::size_t const limit = 0xffff - 2 * layout::bucket_slots;
            if (records_.size() > limit)
                break; // the next record's offset would not fit in two bytes
            offsets_.push_back(static_cast<std::uint16_t>(records_.size()));
            fetch_ahead(begin + offsets_.size() - 1);
            write_record(names_[begin + offsets_.size() - 1]);
        }
        for (std::uint16_t const offset : offsets_)
            append(blocks_, static_cast<std::uint16_t>(offset + 2 * offsets_.size()));
        blocks_.insert(blocks_.end(), records_.begin(), records_.end());
        return offsets_.size();
    }

    void write_bucket(std::size_t begin, std::size_t end, bool spills)
    {
        std::size_t const at = buckets_.size();
        buckets_.resize(at + layout::bucket_size);
        for (std::size_t i = begin; i < end; ++i)
            store(buckets_, at + 2 * (i - begin), static_cast<std::uint16_t>(items_[names_[i].begin].hash));
        store(buckets_, at + 56, static_cast<std::uint32_t>(block_at_ / 4));
        store(buckets_, at + 60, static_cast<std::uint8_t>(end - begin));
        store(buckets_, at + 61, static_cast<std::uint8_t>(spills ? 1 : 0));
    }

    /// Entries lie anywhere in memory: those that come soon are fetched while this one is written.
    void fetch_ahead(std::size_t name) const
    {
        if (name + 16 < names_.size())
            __builtin_prefetch(items_[names_[name + 16].begin].entry);
        if (name + 8 < names_.size())
            __builtin_prefetch(items_[names_[name + 8].begin].entry->host.data());
    }

    void write_record(Name const& name)
    {
        std::string_view const host = items_[name.begin].entry->host;
        note_depth(host);
        append(records_, static_cast<std::uint8_t>(host.size()));
        append_text(records_, host);
        append_varint(records_, (name.prefixes - name.begin) << 1 | (name.prefixes < name.end ? 1U : 0U));
        for (std::size_t i = name.begin; i < name.prefixes; ++i) {
            append(records_, layout::posting_flags(items_[i].entry->reach, items_[i].entry->sense));
            append_varint(records_, tables_.primary[items_[i].file]);
            append_varint(records_, items_[i].entry->line);
        }
        if (name.prefixes == name.end)
            return;
        append(records_, static_cast<std::uint32_t>(prefixes_.size() / layout::prefix_size));
        append(records_, static_cast<std::uint32_t>(name.end - name.prefixes));
        write_prefixes(name);
    }

    void write_prefixes(Name const& name)
    {
        std::vector<std::size_t> open; // the chain of prefixes that the next one may extend
        for (std::size_t i = name.prefixes; i < name.end; ++i) {
            Item const& item = items_[i];
            while (!open.empty() && !item.path.starts_with(items_[open.back()].path))
                open.pop_back();
            append(prefixes_, static_cast<std::uint32_t>(texts_.size()));
            append(prefixes_, item.entry->line);
            append(prefixes_, static_cast<std::uint32_t>(open.empty() ? 0 : open.back() - name.prefixes + 1));
            append(prefixes_, static_cast<std::uint16_t>(item.path.size()));
            append(prefixes_, tables_.primary[item.file]);
            append(prefixes_, static_cast<std::uint32_t>(layout::posting_flags(item.entry->reach, item.entry->sense)));
            append_text(texts_, item.path);
            open.push_back(i);
        }
    }

    void note_depth(std::string_view host)
    {
        auto const dots = layout::is_address_text(host) ? 0 : std::count(host.begin(), host.end(), '.');
        depths_ |= layout::depth_bit(static_cast<std::size_t>(dots) + 1);
    }

    void append_text_reference(Bytes& bytes, std::string_view text)
    {
        append(bytes, static_cast<std::uint32_t>(texts_.size()));
        append(bytes, static_cast<std::uint32_t>(text.size()));
        append_text(texts_, text);
    }

    Bytes join(std::array<Bytes const*, layout::section_count> const& sections) const
    {
        Bytes image;
        std::size_t size = layout::header_size;
        for (Bytes const* section : sections)
            size += section->size();
        image.reserve(size);
        append_text(image, layout::magic);
        append(image, layout::version);
        image.resize(layout::covered_from); // reserved, then the checksum, which comes last
        append(image, static_cast<std::uint64_t>(size));
        append(image, key_);
        append(image, depths_);
        append(image, home_buckets_);
        append(image, static_cast<std::uint32_t>(buckets_.size() / layout::bucket_size));
        append(image, static_cast<std::uint32_t>(names_.size()));
        append(image, static_cast<std::uint32_t>(tables_.list_ids.size()));
        append(image, static_cast<std::uint32_t>(tables_.files.size()));
        append(image, static_cast<std::uint32_t>(prefixes_.size() / layout::prefix_size));
        std::uint64_t at = layout::header_size;
        for (Bytes const* section : sections) {
            append(image, at);
            at += section->size();
        }
        for (Bytes const* section : sections)
            image.insert(image.end(), section->begin(), section->end());
        auto const sum = layout::checksum(image);
        std::copy(sum.begin(), sum.end(), image.begin() + layout::checksum_at);
        return image;
    }

    Tables const& tables_;
    std::vector<Item> const& items_;
    std::uint64_t key_;
    std::vector<Name> names_;
    std::uint32_t home_buckets_;
    std::uint64_t depths_ = 0;
    Bytes buckets_, blocks_, prefixes_, texts_, records_;
    std::vector<std::uint16_t> offsets_;
    std::size_t block_at_ = 0;
};

} // namespace

std::vector<std::byte> write_image(Tables const& tables, std::vector<Item> const& items, std::uint64_t key)
{
    return Image(tables, items, key).write();
}

} // namespace gatehouse::policy::writer
