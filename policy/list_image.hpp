#pragma once
// A compiled set of lists: one immutable, checksummed run of bytes that can be mapped read-only and searched in place.
// This header states the byte format and its codec; DomainSet searches it. No IO here.
//
// Format, version 2. Integers are little-endian; offsets count from the first byte of the image unless said otherwise.
//
//   0   8  magic "GHLISTS\n"
//   8   4  version (2)
//   12  4  zero
//   16  16 checksum: XXH3-128 (canonical form) over every byte from 32 to the end
//   32  8  size of the image
//   40  8  hash key, random for each compilation, so that nobody can craft names that collide
//   48  8  depths: bit n is set if a name of n labels is stored (bit 63: 63 or more); bit 0: an IP literal is
//   56  4  home buckets          60  4  buckets, home and spill together
//   64  4  names                 68  4  lists
//   72  4  files                 76  4  URL prefixes
//   80  48 offsets of six sections: blocks, buckets, prefixes, lists, files, texts. They follow each other in this order from
//          byte 128; each ends where the next begins, the last at the end of the image. Buckets start at a multiple of 64.
//
// Hash of a name: state = key; for each label from right to left, state = mix(state ^ XXH3-64(label, seed = key)), where mix
// multiplies by a constant to 128 bits and folds the halves. One pass over a host gives the hash of every suffix. An IP
// literal is a single label. Home bucket = (hash >> 32) * home buckets >> 32; remainder = the low 16 bits.
//
// blocks    the names of one bucket: for each slot 2 bytes offset of its record from the block; then the records, then padding
//           to 4. Record: 1 byte size and the name; varint (postings << 1 | has prefixes); the postings; if it has prefixes,
//           4 bytes index of the first and 4 bytes count. Posting: 1 byte flags, varint file, varint line.
//           Flags: bits 0-1 reach, bits 2-4 sense. Varint: 7 bits a byte, low first, high bit: more, at most 5 bytes.
// buckets   64 bytes each, one cache line: 28 remainders of 2 bytes; 4 bytes block offset (from the section, in units of 4);
//           1 byte count; 1 byte: 1 if names of this or an earlier bucket went on to the next one; 2 bytes zero.
//           A full bucket spills into the next; spill buckets behind the home buckets take the last ones.
// prefixes  20 bytes each, those of one name together and sorted by bytes: 4 text offset (from texts), 4 line, 4 parent
//           (1 + position, within this name, of the longest stored prefix of this one; 0: none), 2 text size, 2 file, 1 flags, 3 zero.
// lists     12 bytes each: 4 text offset, 4 text size of the id, 4 members: entries with sense member or important.
// files     12 bytes each: 4 text offset, 4 text size of the name, 2 list, 2 next alias: another, later file entry that states
//           the same lines for another list; 0xffff: none.
//
// Looking up a name that is not listed costs one cache line for each label, all fetched together, and touches nothing but
// buckets (about 3 bytes a name). A remainder that agrees is always settled by comparing the name itself: no false hits.

#include "policy/list_entries.hpp"
#include "policy/result.hpp"

#include <functional>
#include <span>

namespace gatehouse::policy {

/// One file of one list.
struct ListFile {
    std::string list; ///< list id as in lists.toml
    std::string file; ///< file name shown to people
    ListEntries entries;
    std::vector<std::string> also_lists{}; ///< other lists that state the very same file (aliases); stored once
};

/// What the codec did with the entries of one list.
struct ListStats {
    std::string list;
    std::size_t entries = 0;    ///< given
    std::size_t duplicates = 0; ///< stated again in the same list; the first statement is kept
    std::size_t redundant = 0;  ///< left out because a shorter member of the same list covers them
    std::size_t unusable = 0;   ///< host empty or over 253 bytes, or path over `max_url_path`
    std::size_t kept() const { return entries - duplicates - redundant - unusable; }
};

struct EncodedImage {
    std::vector<std::byte> bytes;
    std::vector<ListStats> lists; ///< in order of list index
};

/// Builds the image. `hash_key` makes collisions unpredictable; draw it at random per compilation.
/// Lists are numbered in order of first appearance; a list may come in several files.
/// Precondition: fewer than 65,535 files, aliases counted, and fewer than 2^32 entries.
EncodedImage encode_lists(std::span<ListFile const> files, std::uint64_t hash_key);
/// The bytes alone.
std::vector<std::byte> encode_list_image(std::span<ListFile const> files, std::uint64_t hash_key);

/// Checks magic, version, bounds and checksum. Errors: `errc::image_*`.
/// A verified image may be searched without further checks, whoever wrote it.
result<void> verify_list_image(std::span<std::byte const> image);

/// The part of a verified image that only names on a list touch. All else together is what lookups keep in use.
std::span<std::byte const> rarely_read(std::span<std::byte const> image);

/// An entry as stored. Lifetime: views the image.
struct StoredEntry {
    std::string_view host, path;
    ListEntry::Reach reach = ListEntry::Reach::suffix;
    ListEntry::Sense sense = ListEntry::Sense::member;
    std::uint16_t list = 0; ///< an alias gives the entry once more for its own list
    std::uint16_t file = 0;
    std::uint32_t line = 0;
};

/// Visits every entry in no particular order. Precondition: verify_list_image(image) succeeded.
void for_each_entry(std::span<std::byte const> image, std::function<void(StoredEntry const&)> const& visit);

} // namespace gatehouse::policy
