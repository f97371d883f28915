// parse_json_form: whatever a program sends, it is refused or becomes fields of valid text.
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/limits.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::portal;
    std::string const text(data, data + size);
    auto const form = parse_json_form(text);
    if (!form)
        return 0;
    if (form->size() > most_fields)
        std::abort();
    for (auto const& [name, value] : *form)
        if (!is_valid_utf8(name) || !is_valid_utf8(value) || value.find('\0') != std::string::npos)
            std::abort();
    return 0;
}
