// recognise: it always answers when the end is known, and never waits for more than it will look at.
#include "proxy/detect/first_bytes.hpp"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::detect;
    std::string const bytes(data, data + size);
    if (recognise(bytes, true) == Protocol::need_more)
        std::abort();
    if (bytes.size() >= inspected_size && recognise(bytes, false) == Protocol::need_more)
        std::abort();
    if (to_text(recognise(bytes, false)).empty())
        std::abort();
    return 0;
}
