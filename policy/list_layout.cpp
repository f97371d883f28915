#define XXH_INLINE_ALL
#include "policy/list_layout.hpp"

#include <xxhash.h>

namespace gatehouse::policy::layout {
namespace {

__extension__ using Wide = unsigned __int128;

std::uint64_t mix(std::uint64_t value)
{
    auto const product = static_cast<Wide>(value) * 0x9fb21c651e98df25U;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
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
    std::size_t end = host.size();
    while (end > 0 && count < max_labels) {
        std::size_t begin_of_label = end;
        while (begin_of_label > 0 && (is_address || host[begin_of_label - 1] != '.'))
            --begin_of_label;
        state = mix(state ^ XXH3_64bits_withSeed(host.data() + begin_of_label, end - begin_of_label, key));
        hash[count] = state;
        begin[count] = static_cast<std::uint8_t>(begin_of_label);
        ++count;
        end = begin_of_label > 0 ? begin_of_label - 1 : 0;
    }
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
