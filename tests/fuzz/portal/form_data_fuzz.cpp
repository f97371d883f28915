// Forms, queries and cookies: refused or read; what was read is valid text and survives being written into a query and read again.
#include "proxy/portal/form_data.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::portal;
    std::string const text(data, data + size);
    parse_cookies(text);
    auto const form = parse_form(text);
    if (!form)
        return 0;
    Fields filled;
    for (auto const& field : *form) {
        if (!is_valid_utf8(field.first) || !is_valid_utf8(field.second))
            std::abort();
        if (!field.second.empty())
            filled.push_back(field);
    }
    if (filled.empty())
        return 0;
    auto const again = parse_form(with_query("", filled).substr(1));
    if (!again || *again != filled)
        std::abort();
    return 0;
}
