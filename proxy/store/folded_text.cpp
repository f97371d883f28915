#include "proxy/store/folded_text.hpp"

#include <algorithm>
#include <array>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace gatehouse::store {
namespace {

using Buffer = std::array<UChar, 64>; // U+FDFA, the longest, becomes 18 letters

struct Forms {
    UErrorCode failure = U_ZERO_ERROR;
    UNormalizer2 const* casefold = unorm2_getNFKCCasefoldInstance(&failure);
    UNormalizer2 const* parts = unorm2_getNFDInstance(&failure);
};

/// U+2019 and its like become ', dashes -, spaces a space; everything else stays.
UChar32 plain_sign(UChar32 letter)
{
    if (u_isUWhiteSpace(letter))
        return U' ';
    if (letter == 0x2018 || letter == 0x2019 || letter == 0x02bc || letter == 0x00b4 || letter == 0x0060 || letter == 0x2032)
        return U'\'';
    if (u_charType(letter) == U_DASH_PUNCTUATION || letter == 0x2212)
        return U'-';
    return letter;
}

/// What one letter is compared as: nothing for marks and what is invisible.
std::u32string parts_of(UChar32 letter)
{
    static Forms const forms;
    if (letter < 0x80)
        return std::u32string(1, static_cast<char32_t>(u_tolower(plain_sign(letter))));
    letter = plain_sign(letter);
    Buffer one{}, folded{}, apart{};
    std::int32_t size = 0;
    UBool failed = false;
    U16_APPEND(one.data(), size, static_cast<std::int32_t>(one.size()), letter, failed);
    UErrorCode failure = failed ? U_ILLEGAL_ARGUMENT_ERROR : forms.failure;
    size = unorm2_normalize(forms.casefold, one.data(), size, folded.data(), static_cast<std::int32_t>(folded.size()), &failure);
    size = unorm2_normalize(forms.parts, folded.data(), size, apart.data(), static_cast<std::int32_t>(apart.size()), &failure);
    if (U_FAILURE(failure))
        return std::u32string(1, static_cast<char32_t>(letter));
    std::u32string parts;
    for (std::int32_t at = 0; at < size;) {
        auto const units = U16_LENGTH(U16_IS_LEAD(apart.at(static_cast<std::size_t>(at))) ? 0x10000 : 0);
        UChar32 part = apart.at(static_cast<std::size_t>(at));
        if (units == 2)
            part = U16_GET_SUPPLEMENTARY(part, apart.at(static_cast<std::size_t>(at) + 1));
        if ((U_GET_GC_MASK(part) & U_GC_M_MASK) == 0)
            parts += static_cast<char32_t>(part);
        at += units;
    }
    return parts;
}

} // namespace

std::vector<FoldedUnit> fold_text(std::string_view utf8)
{
    std::vector<FoldedUnit> units;
    units.reserve(utf8.size());
    auto const* const bytes = reinterpret_cast<std::uint8_t const*>(utf8.data());
    auto const size = static_cast<std::int32_t>(std::min<std::size_t>(utf8.size(), 1U << 30));
    for (std::int32_t at = 0; at < size;) {
        auto const begin = static_cast<std::size_t>(at);
        UChar32 letter = 0;
        U8_NEXT(bytes, at, size, letter);
        auto const end = static_cast<std::size_t>(at);
        auto const parts = letter < 0 ? std::u32string(1, U'\ufffd') : parts_of(letter);
        bool const capital = letter >= 0 && !u_islower(letter);
        if (parts.empty() || (parts == U" " && !units.empty() && units.back().letter == U' ')) {
            if (!units.empty())
                units.back().end = end;
            continue;
        }
        for (auto const part : parts)
            units.push_back({part, begin, end, capital});
    }
    return units;
}

std::u32string folded_letters(std::string_view utf8)
{
    std::u32string letters;
    for (auto const& unit : fold_text(utf8))
        letters += unit.letter;
    while (!letters.empty() && letters.back() == U' ')
        letters.pop_back();
    letters.erase(0, letters.find_first_not_of(U' '));
    return letters;
}

bool is_word_letter(char32_t letter)
{
    return letter == U'_' || u_isalnum(static_cast<UChar32>(letter));
}

bool is_unspaced(char32_t letter)
{
    UErrorCode failure = U_ZERO_ERROR;
    switch (uscript_getScript(static_cast<UChar32>(letter), &failure)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return true;
    default: return false;
    }
}

} // namespace gatehouse::store
