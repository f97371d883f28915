#pragma once
// Text as its letters are compared, each with its place in the original: case, accents, compatibility forms and kinds of space and quote are taken away.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::store {

struct FoldedUnit {
    char32_t letter = 0;
    std::size_t begin = 0, end = 0; ///< bytes of the original; marks and invisible letters behind it belong to it
    bool capital = false;           ///< the original is no small letter
};

/// Ill-formed bytes are units of U+FFFD.
std::vector<FoldedUnit> fold_text(std::string_view utf8);
std::u32string folded_letters(std::string_view utf8);

/// A letter, digit or underscore.
bool is_word_letter(char32_t letter);
/// Of a script that has no space between words: a name in it ends anywhere.
bool is_unspaced(char32_t letter);

} // namespace gatehouse::store
