#pragma once
// Lists of weighted phrases, for what a page says rather than where it is. The files are in the syntax of DansGuardian and e2guardian, so
// that a school's own lists, and theirs, can be used as they are.

#include "policy/rule.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

inline constexpr std::size_t max_phrase_lists = 64;
inline constexpr std::size_t max_phrase_bytes = 128; ///< of one part
inline constexpr int max_phrase_weight = 10000;

/// Parts that must all stand in the page, anywhere and in any order; counts once. A part is in the form of PageText; a blank at its begin
/// or end is a border of words: " sex " is the word, "sex" also stands in "essex".
struct Phrase {
    std::vector<std::string> parts;
    int weight = 0; ///< below zero for phrases that speak for a page
    std::uint32_t line = 0;
};

/// An entry of [[phrase_list]].
struct PhraseList {
    std::string id;
    std::string title;    ///< plain English
    std::string category; ///< id of a category; what a page that reaches a limit is shown and recorded as; may be empty
    std::vector<Phrase> phrases;
    std::uint16_t category_index = 0xffff; ///< set by Policy::prepare
    SourceLine source;
};

struct PhraseFault {
    std::uint32_t line = 0;
    std::string message;
};

/// Appends the phrases of a file: one to a line, "<part>,<part><weight>"; without a weight the phrase is enough by itself. A hash begins a
/// comment. Lines that are not understood are told and left out.
std::vector<PhraseFault> read_phrases(std::string_view text, std::vector<Phrase>& phrases);

} // namespace gatehouse::policy
