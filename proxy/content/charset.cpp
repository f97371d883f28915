#include "proxy/content/charset.hpp"

#include "proxy/content/charset_label.hpp"
#include "proxy/content/meta_charset.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>

namespace gatehouse::content {
namespace {

constexpr std::size_t sniffed_size = 1024;
/// Browsers read a page again whose <meta> comes later (HTML Standard §13.2.3.5), Chromium as long as its head lasts.
constexpr std::size_t sniffed_late = 16 * 1024;

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

/// True of a byte that says the same in all charsets but UTF-16: ISO-2022-JP shifts with an escape.
bool is_the_same(char c)
{
    constexpr char escape = 0x1b;
    return static_cast<signed char>(c) > 0 && c != escape;
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
        passed_ = marked == "utf-8" ? 3 : 2;
    } else if (charset_.empty() && by_ == CharsetBy::page) {
        charset_ = charset_said_in(std::string_view{begin_}.substr(0, says_late_ ? sniffed_late : sniffed_size));
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
    if (!told && !says_late_) {
        auto const begin = std::string_view{begin_}.substr(0, sniffed_size);
        says_late_ = charset_of_mark(begin).empty() && charset_said_in(begin).empty();
    }
    if (says_late_ && begin_.size() < sniffed_late)
        return pass_on(utf8);
    choose();
    convert(std::string_view{begin_}.substr(passed_), utf8);
    std::string().swap(begin_); // clearing it would keep its room
    passed_ = 0;
}

/// What is read alike in any charset need not wait for it.
void ToUtf8::pass_on(std::string& utf8)
{
    auto const waiting = std::string_view{begin_}.substr(passed_);
    auto const other = std::find_if_not(waiting.begin(), waiting.end(), is_the_same);
    utf8.append(waiting.begin(), other);
    passed_ += static_cast<std::size_t>(other - waiting.begin());
}

void ToUtf8::finish(std::string& utf8)
{
    if (!chosen_)
        choose();
    convert(std::string_view{begin_}.substr(passed_), utf8);
    begin_.clear();
    passed_ = 0;
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
