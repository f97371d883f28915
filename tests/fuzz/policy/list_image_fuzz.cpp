// verify_list_image and everything a verified image offers. The checksum and size are put right first, so that the fuzzer gets past them.
#include "policy/domain_set.hpp"
#include "policy/list_layout.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::policy;
    auto const* const bytes = reinterpret_cast<std::byte const*>(data);
    std::vector<std::byte> image(bytes, bytes + size);
    if (image.size() >= layout::header_size) {
        std::uint64_t const whole = image.size();
        std::memcpy(image.data() + layout::covered_from, &whole, sizeof whole);
        auto const sum = layout::checksum(image);
        std::copy(sum.begin(), sum.end(), image.begin() + layout::checksum_at);
    }
    if (!verify_list_image(image))
        return 0;
    DomainSet const set(image);
    for_each_entry(image, [&set](StoredEntry const& entry) {
        if (set.list_id(entry.list).size() + set.file_name(entry.file).size() > (std::size_t{1} << 40))
            std::abort();
        auto const host = Host::parse(entry.host);
        if (!host)
            return;
        ListHits hits;
        set.find(*host, entry.path, hits);
        set.find_every(*host, entry.path);
    });
    return 0;
}
