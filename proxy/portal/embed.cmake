# Writes OUT: a C++ source with every file of FILES (separated by '|') as text, for embedded_file() in html.hpp.
# cmake -D OUT=... -D FILES=a|b -P embed.cmake
string(REPLACE "|" ";" files "${FILES}")
set(entries "")
foreach(path IN LISTS files)
    get_filename_component(name "${path}" NAME)
    file(READ "${path}" text)
    string(APPEND entries "    Entry{\"${name}\", R\"~embedded~(${text})~embedded~\"sv},\n")
endforeach()
file(WRITE "${OUT}" "// Generated from templates/ and the built assets.
#include \"proxy/portal/html.hpp\"

#include <algorithm>

namespace gatehouse::portal {
namespace {

using namespace std::string_view_literals; // the compiler knows their length: clang would not count all these bytes

struct Entry {
    std::string_view name, bytes;
};
constexpr Entry entries[] = {
${entries}};

} // namespace

std::string_view embedded_file(std::string_view name)
{
    auto const found
        = std::find_if(std::begin(entries), std::end(entries), [&](Entry const& entry) { return entry.name == name; });
    return found == std::end(entries) ? std::string_view() : found->bytes;
}

std::vector<std::string_view> embedded_names()
{
    std::vector<std::string_view> names;
    for (auto const& entry : entries)
        names.push_back(entry.name);
    return names;
}

} // namespace gatehouse::portal
")
