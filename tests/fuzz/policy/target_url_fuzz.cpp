// Target::parse_url and parse_authority: the canonical text of a target names the same target again.
#include "policy/target.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::policy;
    std::string const text(data, data + size);
    if (auto const target = Target::parse_url(text)) {
        auto const canonical = target->to_text();
        auto const again = Target::parse_url(canonical);
        if (!again || again->to_text() != canonical || !(again->host == target->host) || again->port != target->port)
            std::abort();
    }
    if (auto const target = Target::parse_authority(text)) {
        auto const canonical = target->to_text();
        auto const again = Target::parse_authority(canonical);
        if (!again || again->to_text() != canonical || !(again->host == target->host))
            std::abort();
    }
    return 0;
}
