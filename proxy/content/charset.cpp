#include "proxy/content/charset.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unicode/ucnv.h>
#include <unicode/ustring.h>
#include <utility>

namespace gatehouse::content {
namespace {

constexpr std::size_t sniffed_size = 1024;

bool is_same_letter(char left, char right)
{
    return std::tolower(static_cast<unsigned char>(left)) == right;
}

bool ends_with(std::string_view text, std::string_view lower)
{
    return text.size() >= lower.size()
        && std::equal(lower.rbegin(), lower.rend(), text.rbegin(), [](char wanted, char c) { return is_same_letter(c, wanted); });
}

/// What follows "charset=", up to where it ends.
std::string_view value_after_charset(std::string_view text)
{
    constexpr std::string_view key = "charset";
    auto equals = text.find('=');
    while (equals != text.npos && !ends_with(text.substr(0, equals), key))
        equals = text.find('=', equals + 1);
    if (equals == text.npos)
        return {};
    auto value = text.substr(equals + 1);
    value.remove_prefix(std::min(value.find_first_not_of("\"' "), value.size()));
    return value.substr(0, value.find_first_of("\"'; >/\t\r\n"));
}

/// Charsets that the library reads and browsers do not: a page that names one is shown as if it had not.
bool browsers_know(std::string_view charset)
{
    for (std::string_view const strange : {"utf-7", "scsu", "bocu", "imap", "cesu", "hz", "utf-32", "ebcdic", "ibm0"})
        if (charset.size() >= strange.size()
            && std::equal(
                strange.begin(), strange.end(), charset.begin(), [](char wanted, char c) { return is_same_letter(c, wanted); }))
            return false;
    return true;
}

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

std::string_view charset_of(std::string_view content_type)
{
    auto const semicolon = content_type.find(';');
    return semicolon == content_type.npos ? std::string_view{} : value_after_charset(content_type.substr(semicolon));
}

ToUtf8::ToUtf8(CharsetBy by, std::string_view charset)
    : by_(by)
    , charset_(by == CharsetBy::nothing ? "utf-8" : charset)
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
        charset_ = value_after_charset(std::string_view{begin_}.substr(0, sniffed_size));
    }
    if (charset_.empty() || !browsers_know(charset_))
        return;
    UErrorCode error = U_ZERO_ERROR;
    from_ = ucnv_open(charset_.c_str(), &error);
    if (U_FAILURE(error) || ucnv_getType(from_) == UCNV_UTF8) {
        ucnv_close(from_);
        from_ = nullptr;
    }
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
