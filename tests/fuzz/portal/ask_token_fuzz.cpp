// The link of a block page: any text is refused or opened, never more; and fields that decode encode to the same bytes, but for
// those of the version before, which are written as today's.
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
    if (!fields)
        return 0;
    auto const encoded = encode_fields(*fields);
    if (encoded[0] == text[0] ? encoded != text : decode_fields(encoded).value() != *fields)
        std::abort();
    return 0;
}
