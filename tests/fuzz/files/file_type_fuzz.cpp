// What an answer says of a file: fields of the head, first bytes, the line of the virus check. Nothing may crash.

#include "proxy/files/file_type.hpp"
#include "proxy/files/virus_scan.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size)
{
    using namespace gatehouse;
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    auto const half = text.find('\n');
    auto const field = text.substr(0, half);
    auto const rest = half == text.npos ? std::string_view{} : text.substr(half + 1);
    files::kinds_of_disposition(field);
    files::kinds_of_path(rest);
    files::is_shown(field, rest);
    files::kind_of_name(field);
    files::kind_of_type(field);
    files::is_attachment(field);
    files::read_content_range(field);
    if (auto const answer = files::read_scan_answer(text); answer.kind == files::ScanAnswer::Kind::found && answer.name.empty())
        std::abort();
    // What was seen of a beginning and is a mark stays one, however much follows.
    auto const kind = files::kind_by_first_bytes(text.substr(0, files::enough_for_a_mark));
    if (kind && *kind != policy::FileKind::text && files::kind_by_first_bytes(text) != kind)
        std::abort();
    return 0;
}
