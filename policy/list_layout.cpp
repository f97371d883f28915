#define XXH_INLINE_ALL
#include "policy/list_layout.hpp"

#include <xxhash.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace gatehouse::policy::layout {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t mix(std::uint64_t value)
{
    auto const product = static_cast<Wide>(value) * 0x9fb21c651e98df25U;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Finds the dots of a name, 64 bytes at a time.
class DotFinder {
public:
    /// Precondition: at most 255 bytes.
    explicit DotFinder(std::string_view name)
        : blocks_((name.size() + 63) / 64)
    {
        std::memcpy(bytes_.data(), name.data(), name.size());
        std::memset(bytes_.data() + name.size(), 0, 64);
    }
    std::size_t blocks() const { return blocks_; }

    /// Bit i stands for byte i of the block.
    std::uint64_t dots(std::size_t block) const
    {
        char const* const at = bytes_.data() + 64 * block;
        std::uint64_t found = 0;
#if defined(__SSE2__)
        for (unsigned part = 0; part < 64; part += 16) {
            __m128i const bytes = _mm_loadu_si128(reinterpret_cast<__m128i const*>(at + part));
            auto const bits = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))));
            found |= std::uint64_t{bits} << part;
        }
#else
        for (unsigned i = 0; i < 64; ++i)
            found |= std::uint64_t{at[i] == '.'} << i;
#endif
        return found;
    }

private:
    std::size_t blocks_;
    std::array<char, 256 + 64> bytes_; // not initialised behind the name and its padding
};

} // namespace

View read_header(std::span<std::byte const> image)
{
    std::byte const* const from = image.data();
    View view;
    view.key = load<std::uint64_t>(from + 40);
    view.depths = load<std::uint64_t>(from + 48);
    view.home_buckets = load<std::uint32_t>(from + 56);
    view.bucket_count = load<std::uint32_t>(from + 60);
    view.name_count = load<std::uint32_t>(from + 64);
    view.list_count = load<std::uint32_t>(from + 68);
    view.file_count = load<std::uint32_t>(from + 72);
    view.prefix_count = load<std::uint32_t>(from + 76);
    for (std::size_t i = 0; i < section_count; ++i)
        view.at[i] = from + load<std::uint64_t>(from + 80 + 8 * i);
    view.at[section_count] = from + image.size();
    return view;
}

bool is_address_text(std::string_view host)
{
    if (host.find(':') != std::string_view::npos)
        return true;
    std::string_view const last = host.substr(host.rfind('.') + 1); // npos + 1 is 0: the whole text
    return !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
}

SuffixHashes::SuffixHashes(std::string_view host, bool is_address, std::uint64_t key)
    : count(0)
{
    std::uint64_t state = key;
    auto const add = [&](std::size_t from, std::size_t to) {
        state = mix(state ^ XXH3_64bits_withSeed(host.data() + from, to - from, key));
        hash[count] = state;
        begin[count++] = static_cast<std::uint8_t>(from);
    };
    std::size_t end = host.size();
    if (!is_address) {
        DotFinder const finder(host);
        for (std::size_t block = finder.blocks(); block-- > 0;) {
            for (std::uint64_t dots = finder.dots(block); dots != 0 && count + 1 < max_labels;) {
                auto const last = static_cast<std::size_t>(63 - std::countl_zero(dots));
                dots ^= std::uint64_t{1} << last;
                add(64 * block + last + 1, end);
                end = 64 * block + last;
            }
        }
    }
    add(0, end);
}

std::array<std::byte, 16> checksum(std::span<std::byte const> image)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(image.data() + covered_from, image.size() - covered_from));
    std::array<std::byte, 16> bytes;
    std::memcpy(bytes.data(), canonical.digest, bytes.size());
    return bytes;
}

} // namespace gatehouse::policy::layout
