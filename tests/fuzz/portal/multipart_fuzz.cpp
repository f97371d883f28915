// Forms with files: refused or read; fields are valid text, nothing is more than the limits, and what was read survives being written and read again.
// The first line of an input is its boundary.
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/limits.hpp"
#include "proxy/portal/multipart.hpp"

#include <cstdint>
#include <cstdlib>

using namespace gatehouse::portal;

static std::string written(MultipartForm const& form, std::string const& boundary)
{
    std::string out;
    auto const add = [&](std::string const& more, std::string const& content) {
        out += "--" + boundary + "\r\nContent-Disposition: form-data; " + more + "\r\n\r\n" + content + "\r\n";
    };
    for (auto const& [name, value] : form.fields)
        add("name=\"" + name + "\"", value);
    for (auto const& file : form.files)
        add("name=\"" + file.field + "\"; filename=\"" + file.name + "\"", file.bytes);
    return out + "--" + boundary + "--\r\n";
}

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const text(data, data + size);
    auto const end = text.find('\n');
    if (end == std::string::npos)
        return 0;
    auto const boundary = boundary_of("multipart/form-data; boundary=" + text.substr(0, end));
    if (!boundary)
        return 0;
    auto const form = parse_multipart(std::string_view(text).substr(end + 1), *boundary);
    if (!form)
        return 0;
    if (form->fields.size() + form->files.size() > most_fields || form->files.size() > most_files)
        std::abort();
    for (auto const& [name, value] : form->fields)
        if (!is_valid_utf8(name) || !is_valid_utf8(value))
            std::abort();
    std::string fresh = "q"; // that nothing read holds
    while (text.find("--" + fresh) != std::string::npos)
        fresh += 'q';
    auto const again = parse_multipart(written(*form, fresh), fresh);
    if (!again || again->fields != form->fields || again->files != form->files)
        std::abort();
    return 0;
}
