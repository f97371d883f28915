#pragma once
// Lists of words that people search for when they are in trouble or about to be, each with how much it matters.

#include "policy/rule.hpp"
#include "policy/words.hpp"

#include <bitset>
#include <unordered_map>

namespace gatehouse::policy {

inline constexpr std::size_t max_term_lists = 64;
inline constexpr std::size_t max_terms = 4096; ///< of one list
inline constexpr std::size_t max_term_words = 12;

/// How soon a person has to look: at some time, within the day, now.
enum class Severity : std::uint8_t { note, concern, urgent };
std::string_view to_text(Severity severity);

/// An entry of [[term_list]]. A term is words in their order ("kill myself"), the last letters of any of them may be left open
/// ("suicid*"), and parts with a plus between them may stand anywhere ("make + pipe bomb").
struct TermList {
    std::string id;
    std::string title; ///< plain English
    Severity severity = Severity::note;
    std::vector<std::string> terms;
    std::vector<std::string>
        unless; ///< written like terms; a term that shares a word with one of them says nothing ("suicide squad")
    SourceLine source;
};

/// Lists that speak of a text, and for each the first of its terms that does.
struct TermHits {
    std::bitset<max_term_lists> lists;
    std::array<std::uint16_t, max_term_lists> term; ///< into TermList::terms; meaningful where the bit is set
};

/// Search over the terms of all lists. Its time grows with the words of the text, not with the number of terms.
class TermIndex {
public:
    /// Precondition: every term passed `find_term_fault`, and there are no more than `max_term_lists`.
    void build(std::vector<TermList> const& lists);
    /// Never allocates.
    void find(Words const& words, TermHits& hits) const;

private:
    struct TermWord {
        std::string text;
        std::string squeezed;
        bool open = false; ///< any letters may follow
    };
    using Sequence = std::vector<TermWord>;
    struct Term {
        std::uint16_t list = 0;
        std::uint16_t number = 0;
        bool excuses = false;
        std::vector<Sequence> parts;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using ByFirstWord = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;
    using WordSet = std::bitset<max_words>;

    static std::vector<Sequence> parse(std::string_view term);
    static bool matches(TermWord const& word, Words::Forms const& forms);
    static bool stands_at(Sequence const& part, std::span<Words::Forms const> words, std::size_t at, WordSet& taken);
    static bool stands_anywhere(Sequence const& part, std::span<Words::Forms const> words, WordSet& taken);
    void add(Term term);
    void look_at(std::vector<std::uint32_t> const* candidates, bool excuses, std::span<Words::Forms const> words, std::size_t at,
        std::array<WordSet, max_term_lists>& excused, TermHits& hits) const;
    std::vector<std::uint32_t> const* starting_with(ByFirstWord const& index, std::string_view word) const;

    friend std::string_view find_term_fault(std::string_view term);

    std::vector<Term> terms_;
    ByFirstWord by_first_word_; ///< of the first part; for an open word its letters and an asterisk
    ByFirstWord by_squeezed_;   ///< the same, squeezed
    std::size_t longest_open_ = 0;
};

/// What is wrong with a term, in words; empty if nothing is.
std::string_view find_term_fault(std::string_view term);

} // namespace gatehouse::policy
