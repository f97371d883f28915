// The link of a block page: any text is refused or opened, never more; and fields that decode encode to the same bytes.
#include "proxy/portal/ask_token.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::portal;
    std::string const text(data, data + size);
    if (open_token(text, 0))
        std::abort(); // nobody can make one without the key
    auto const fields = decode_fields(text);
    if (fields && encode_fields(*fields) != text)
        std::abort();
    return 0;
}
