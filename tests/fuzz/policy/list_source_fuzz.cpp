// read_list: the first byte chooses the format. Whatever goes in, every entry is a canonical host and can be compiled and found.
#include "policy/domain_set.hpp"
#include "policy/list_source.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::policy;
    if (size == 0)
        return 0;
    std::string const text(data + 1, data + size);
    auto read = read_list(static_cast<ListFormat>(data[0] % 7), text);
    std::size_t const expected = read.entries.size();
    ListFile const file{.list = "l", .file = "f", .entries = std::move(read.entries)};
    auto const encoded = encode_lists(std::span{&file, 1}, 7);
    if (!verify_list_image(encoded.bytes) || encoded.lists[0].entries != expected || encoded.lists[0].unusable != 0)
        std::abort();
    DomainSet const set(encoded.bytes);
    for (EntryView const entry : file.entries) {
        bool const is_ipv6 = entry.host.find(':') != std::string_view::npos;
        auto const host = is_ipv6 ? Host::parse('[' + std::string(entry.host) + ']') : Host::parse(entry.host);
        if (!host || host->text() != entry.host)
            std::abort();
        bool const is_reached = entry.reach != ListEntry::Reach::below;
        if (is_reached && set.find_every(*host, entry.path).empty())
            std::abort();
    }
    return 0;
}
