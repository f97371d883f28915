#include "proxy/content/entity.hpp"

#include "proxy/content/hexadecimal.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace gatehouse::content {
namespace {

bool is_among(std::string_view name, auto const& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// What is no entity is shown as it is written. Of the entities that are not told from it here, these are words.
void append_unknown(std::string& text, std::string_view name)
{
    static constexpr std::array<std::string_view, 48> words{"amp", "and", "ang", "block", "bullet", "cap", "caps", "cent",
        "check", "clubs", "copy", "cross", "cup", "dagger", "deg", "die", "dollar", "easter", "euro", "female", "flat", "fork",
        "gt", "half", "hearts", "image", "lt", "male", "nbsp", "not", "part", "phone", "pound", "prime", "quot", "real", "reg",
        "sect", "sext", "sharp", "smile", "spades", "star", "target", "times", "top", "trade", "yen"};
    text += ' ';
    if (!is_among(name, words))
        text.append(name).append(" ");
}

} // namespace

void append_utf8(std::string& text, std::uint32_t c)
{
    auto const byte = [&](std::uint32_t value) { text += static_cast<char>(value); };
    constexpr std::uint32_t last = 0x10ffff;
    if (c == 0 || c > last || (c >= 0xd800 && c < 0xe000))
        c = ' ';
    if (c < 0x80)
        return byte(c);
    if (c < 0x800) {
        byte(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            byte(0xe0 | c >> 12);
        } else {
            byte(0xf0 | c >> 18);
            byte(0x80 | (c >> 12 & 0x3f));
        }
        byte(0x80 | (c >> 6 & 0x3f));
    }
    byte(0x80 | (c & 0x3f));
}

void append_entity(std::string& text, std::string_view name)
{
    if (name.starts_with('#')) {
        bool const hex = name.size() > 1 && to_lower(name[1]) == 'x';
        std::uint32_t c = 0;
        std::from_chars(name.data() + (hex ? 2 : 1), name.data() + name.size(), c, hex ? 16 : 10);
        return append_utf8(text, c);
    }
    static constexpr std::array<std::string_view, 20> marks{"acute", "grave", "uml", "circ", "tilde", "cedil", "ring", "slash",
        "caron", "ogon", "breve", "macr", "strok", "dblac", "dot", "nodot", "math", "fr", "opf", "scr"};
    static constexpr std::array<std::string_view, 3> signs{"sdot", "odot", "tdot"}; // of mathematics, no letters
    static constexpr std::array<std::string_view, 17> nothing{"shy", "zwnj", "zwj", "ZeroWidthSpace", "NoBreak", "it",
        "InvisibleTimes", "ic", "InvisibleComma", "af", "ApplyFunction", "NegativeThinSpace", "NegativeMediumSpace",
        "NegativeThickSpace", "NegativeVeryThinSpace", "lrm", "rlm"};
    if (name.size() > 1 && is_letter(name.front()) && is_among(name.substr(1), marks) && !is_among(name, signs))
        text += name.front();
    else if (name == "apos" || name == "rsquo" || name == "lsquo")
        text += '\'';
    else if (name == "szlig")
        text += "ss";
    else if (!is_among(name, nothing))
        append_unknown(text, name);
}

void append_unended(std::string& text, std::string_view name)
{
    auto const size = text.size();
    append_entity(text, name);
    if (name.starts_with('#') || (text.size() > size && text.back() != ' '))
        return;
    text.resize(size);
    static constexpr std::array<std::string_view, 5> blanks_of_old{"nbsp", "amp", "lt", "gt", "quot"};
    constexpr std::string_view soft_hyphen = "shy";
    if (name.starts_with(soft_hyphen)) {
        text += name.substr(soft_hyphen.size());
        return;
    }
    text += ' ';
    for (auto const old : blanks_of_old)
        if (name.starts_with(old))
            return void(text += name.substr(old.size()));
    text += name;
}

bool entity_goes_on(std::string_view entity, char c)
{
    if (entity.empty())
        return is_letter(c) || c == '#';
    if (entity.front() != '#')
        return is_letter(c) || is_digit(c);
    bool const hex = entity.size() > 1 && to_lower(entity[1]) == 'x';
    return hex ? hex_value(c) >= 0 : is_digit(c) || (entity.size() == 1 && to_lower(c) == 'x');
}

} // namespace gatehouse::content
