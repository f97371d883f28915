#include "proxy/content/charset.hpp"

#include "proxy/content/charset_label.hpp"
#include "proxy/content/meta_charset.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>
#include <utility>

namespace gatehouse::content {
namespace {

constexpr std::size_t sniffed_size = 1024;

std::string_view charset_of_mark(std::string_view bytes)
{
    if (bytes.starts_with("\xef\xbb\xbf"))
        return "utf-8";
    if (bytes.starts_with("\xff\xfe"))
        return "utf-16le";
    if (bytes.starts_with("\xfe\xff"))
        return "utf-16be";
    return {};
}

} // namespace

/// Parameters are parted by semicolons outside quotes; the first of that name counts (WHATWG MIME Sniffing §4.4).
std::string_view charset_of(std::string_view content_type)
{
    constexpr std::string_view key = "charset=";
    bool quoted = false;
    for (std::size_t at = 0; at < content_type.size(); ++at) {
        auto const c = content_type[at];
        if (quoted && c == '\\')
            ++at;
        else if (c == '"')
            quoted = !quoted;
        if (quoted || c != ';')
            continue;
        auto rest = content_type.substr(at + 1);
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        if (rest.size() < key.size() || !std::equal(key.begin(), key.end(), rest.begin(), [](char wanted, char written) {
                return std::tolower(static_cast<unsigned char>(written)) == wanted;
            }))
            continue;
        rest.remove_prefix(key.size());
        rest.remove_prefix(std::min(rest.find_first_not_of("\"' "), rest.size()));
        return rest.substr(0, rest.find_first_of("\"'; \t"));
    }
    return {};
}

ToUtf8::ToUtf8(CharsetBy by, std::string_view charset)
    : by_(by)
    , charset_(by == CharsetBy::nothing ? "utf-8" : converter_of(charset))
{
}

ToUtf8::~ToUtf8()
{
    ucnv_close(from_);
}

void ToUtf8::choose()
{
    chosen_ = true;
    auto const marked = charset_of_mark(begin_);
    if (marked == "utf-8" || (!marked.empty() && by_ != CharsetBy::nothing)) {
        charset_ = marked;
        begin_.erase(0, marked == "utf-8" ? 3 : 2);
    } else if (charset_.empty() && by_ == CharsetBy::page) {
        charset_ = charset_said_in(std::string_view{begin_}.substr(0, sniffed_size));
    }
    if (charset_.empty() || charset_ == "utf-8")
        return;
    UErrorCode error = U_ZERO_ERROR;
    from_ = ucnv_open(charset_.c_str(), &error); // null if the library does not have it
}

void ToUtf8::add(std::string_view bytes, std::string& utf8)
{
    if (chosen_)
        return convert(bytes, utf8);
    begin_.append(bytes);
    bool const told = (!charset_.empty() || by_ != CharsetBy::page) && begin_.size() >= 3;
    if (!told && begin_.size() < sniffed_size)
        return;
    choose();
    convert(std::exchange(begin_, {}), utf8);
}

void ToUtf8::finish(std::string& utf8)
{
    if (!chosen_)
        choose();
    convert(std::exchange(begin_, {}), utf8);
}

void ToUtf8::convert(std::string_view bytes, std::string& utf8)
{
    if (from_ == nullptr) {
        utf8.append(bytes);
        return;
    }
    auto const* source = bytes.data();
    auto const* const end = source + bytes.size();
    constexpr int room = 2048;
    while (source < end) {
        std::array<UChar, room> units;
        auto* unit = units.data();
        UErrorCode error = U_ZERO_ERROR;
        ucnv_toUnicode(from_, &unit, units.data() + units.size(), &source, end, nullptr, false, &error);
        if (U_FAILURE(error) && error != U_BUFFER_OVERFLOW_ERROR)
            return;
        std::array<char, std::size_t{3} * room> text;
        int size = 0;
        error = U_ZERO_ERROR;
        u_strToUTF8WithSub(text.data(), static_cast<int>(text.size()), &size, units.data(), static_cast<int>(unit - units.data()),
            0xfffd, nullptr, &error);
        if (U_SUCCESS(error) && size > 0)
            utf8.append(text.data(), static_cast<std::size_t>(size));
    }
}

} // namespace gatehouse::content
