#pragma once
// The list image's layout as code: offsets, unaligned reads, the name hash. Internal to the codec and DomainSet.
// The specification is in list_image.hpp. Nothing here checks bounds except RecordReader.

#include "policy/list_image.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace gatehouse::policy::layout {

static_assert(std::endian::native == std::endian::little, "list images are read in place");

inline constexpr std::string_view magic{"GHLISTS\n", 8};
inline constexpr std::uint32_t version = 2;
inline constexpr std::size_t checksum_at = 16, covered_from = 32, header_size = 128;
inline constexpr std::size_t bucket_size = 64, bucket_slots = 28, prefix_size = 20, list_size = 12, file_size = 12;
inline constexpr std::uint16_t no_alias = 0xffff;
inline constexpr std::uint8_t reach_bits = 3, sense_shift = 2, sense_bits = 7;
inline constexpr std::size_t max_labels = 128; ///< a name of 253 bytes has at most 127

enum Section : std::size_t { blocks, buckets, prefixes, lists, files, texts, section_count };

template <class T>
T load(std::byte const* from)
{
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

/// The header with the sections as pointers. Plain; made by read_header.
struct View {
    std::uint64_t key = 0, depths = 0;
    std::uint32_t home_buckets = 0, bucket_count = 0, name_count = 0, list_count = 0, file_count = 0, prefix_count = 0;
    std::array<std::byte const*, section_count + 1> at{};

    std::size_t section_bytes(Section section) const { return static_cast<std::size_t>(at[section + 1] - at[section]); }
    std::byte const* bucket(std::size_t index) const { return at[buckets] + index * bucket_size; }
    std::byte const* prefix(std::size_t index) const { return at[prefixes] + index * prefix_size; }
    std::byte const* list(std::size_t index) const { return at[lists] + index * list_size; }
    std::byte const* file(std::size_t index) const { return at[files] + index * file_size; }
    std::string_view text(std::size_t offset, std::size_t size) const
    {
        return {reinterpret_cast<char const*>(at[texts]) + offset, size};
    }
};

/// Reads the header. Precondition: the image is verified, or its header and section offsets were checked.
View read_header(std::span<std::byte const> image);

struct Bucket {
    std::byte const* at;
    std::byte const* remainders() const { return at; }
    std::uint32_t block() const { return load<std::uint32_t>(at + 56); }
    std::uint8_t count() const { return load<std::uint8_t>(at + 60); }
    bool spills() const { return load<std::uint8_t>(at + 61) != 0; }
};

struct Posting {
    std::uint8_t flags = 0;
    std::uint32_t file = 0;
    std::uint32_t line = 0;
    ListEntry::Reach reach() const { return static_cast<ListEntry::Reach>(flags & reach_bits); }
    ListEntry::Sense sense() const { return static_cast<ListEntry::Sense>(flags >> sense_shift & sense_bits); }
};

inline std::uint8_t posting_flags(ListEntry::Reach reach, ListEntry::Sense sense)
{
    return static_cast<std::uint8_t>(static_cast<unsigned>(reach) | static_cast<unsigned>(sense) << sense_shift);
}

struct Prefix {
    std::uint32_t text_at, line, parent;
    std::uint16_t text_size, file;
    std::uint8_t flags;

    static Prefix read(std::byte const* at)
    {
        return {load<std::uint32_t>(at), load<std::uint32_t>(at + 4), load<std::uint32_t>(at + 8), load<std::uint16_t>(at + 12),
            load<std::uint16_t>(at + 14), load<std::uint8_t>(at + 16)};
    }
};

/// Reads the name records of a block front to back. Never reads at or beyond `end`; `ok` turns false instead.
struct RecordReader {
    std::byte const* at;
    std::byte const* end;
    bool ok = true;

    std::uint8_t byte()
    {
        if (at == end) {
            ok = false;
            return 0;
        }
        return static_cast<std::uint8_t>(*at++);
    }
    std::uint32_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 35; shift += 7) {
            std::uint8_t const next = byte();
            value |= std::uint64_t{next & 0x7fU} << shift;
            if (next < 0x80) {
                ok = ok && value <= 0xffffffffU;
                return static_cast<std::uint32_t>(value);
            }
        }
        ok = false;
        return 0;
    }
    std::uint32_t u32()
    {
        if (end - at < 4) {
            ok = false;
            at = end;
            return 0;
        }
        at += 4;
        return load<std::uint32_t>(at - 4);
    }
    std::string_view name()
    {
        std::size_t const size = byte();
        if (static_cast<std::size_t>(end - at) < size) {
            ok = false;
            at = end;
            return {};
        }
        at += size;
        return {reinterpret_cast<char const*>(at - size), size};
    }
    Posting posting()
    {
        Posting read;
        read.flags = byte();
        read.file = varint();
        read.line = varint();
        return read;
    }
};

/// True if canonical host text is an IP literal: a colon, or a last label of digits alone (no such top-level name exists).
bool is_address_text(std::string_view host);

/// Hashes of every suffix of a host: hash[0] of the rightmost label, hash[count - 1] of the whole name; begin[i] is where the
/// suffix of i + 1 labels starts. The arrays are left uninitialised beyond `count`.
struct SuffixHashes {
    std::array<std::uint64_t, max_labels> hash;
    std::array<std::uint8_t, max_labels> begin;
    std::size_t count;

    SuffixHashes(std::string_view host, bool is_address, std::uint64_t key);
};

inline std::size_t home_bucket(std::uint64_t hash, std::uint32_t home_buckets)
{
    return static_cast<std::size_t>((hash >> 32) * home_buckets >> 32);
}

/// The bit in `depths` of names with so many labels; zero stands for IP literals.
inline std::uint64_t depth_bit(std::size_t labels)
{
    return std::uint64_t{1} << (labels < 63 ? labels : 63);
}

/// The checksum as stored, over everything it covers.
std::array<std::byte, 16> checksum(std::span<std::byte const> image);

} // namespace gatehouse::policy::layout
