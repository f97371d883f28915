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

#if defined(__SSE2__)
std::uint64_t dots_of_16(char const* bytes)
{
    __m128i const equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<__m128i const*>(bytes)), _mm_set1_epi8('.'));
    return static_cast<std::uint64_t>(_mm_movemask_epi8(equal));
}
#endif

/// Where the dots of a name stand: bit i of word n for byte 64 n + i. Precondition: at most 256 bytes.
std::array<std::uint64_t, 4> find_dots(std::string_view name)
{
    std::array<std::uint64_t, 4> dots{};
    std::size_t at = 0;
#if defined(__SSE2__)
    for (; at + 16 <= name.size(); at += 16)
        dots[at / 64] |= dots_of_16(name.data() + at) << (at % 64);
    if (std::size_t const rest = name.size() - at; rest > 0 && at > 0) { // the last 16 bytes once more, those seen shifted out
        dots[at / 64] |= dots_of_16(name.data() + name.size() - 16) >> (16 - rest) << (at % 64);
        at = name.size();
    }
#endif
    for (; at < name.size(); ++at)
        dots[at / 64] |= std::uint64_t{name[at] == '.'} << (at % 64);
    return dots;
}

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
    auto const dots = is_address ? std::array<std::uint64_t, 4>{} : find_dots(host);
    for (std::size_t word = dots.size(); word-- > 0;) {
        for (std::uint64_t left = dots[word]; left != 0 && count + 1 < max_labels;) {
            auto const last = static_cast<std::size_t>(63 - std::countl_zero(left));
            left ^= std::uint64_t{1} << last;
            add(64 * word + last + 1, end);
            end = 64 * word + last;
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
