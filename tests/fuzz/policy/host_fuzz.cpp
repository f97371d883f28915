// Host::parse: whatever goes in, a canonical host comes out or none, and parsing its own text changes nothing.
#include "policy/host.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::policy;
    std::string const text(data, data + size);
    auto const host = Host::parse(text);
    if (!host)
        return 0;
    auto const again = Host::parse(host->authority_text());
    if (!again || !(*again == *host) || again->kind() != host->kind())
        std::abort();
    if (!host->is_within(host->text()))
        std::abort();
    return 0;
}
