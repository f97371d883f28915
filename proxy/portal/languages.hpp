#pragma once
// The languages of our pages. English stands in the templates between {{#say}} and {{/say}}, and in the code as literals that become Words (words.hpp);
// the others stand in languages/ under the English words, and what one of them lacks stays English.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::portal {

enum class Language : std::uint8_t {
    english,
    arabic,
    bengali,
    gujarati,
    panjabi,
    polish,
    portuguese,
    romanian,
    spanish,
    ukrainian,
    urdu
};

inline constexpr std::size_t language_count = 11;

struct LanguageInfo {
    Language language = Language::english;
    std::string_view tag;  ///< RFC 5646: "pl"
    std::string_view name; ///< as those who speak it write it
    bool is_right_to_left = false;
};
std::span<LanguageInfo const> all_languages();
/// Those in which all of the console can be read.
std::span<LanguageInfo const> console_languages();
LanguageInfo const& info_of(Language language);

/// "polski · română": the names of all but that one. Lifetime: static.
std::string_view other_names(Language language);

/// English for what is none of them.
Language parse_language(std::string_view tag);
/// Which of the offered ones the browser asks for most (RFC 9110 §12.5.4, RFC 4647 §3.4); English if it asks for none of them. Bounded work on any
/// text.
Language preferred_language(std::string_view accept_language, std::span<LanguageInfo const> offered = all_languages());

/// The English words in that language. Lifetime: static, or that of `english`. Thread-safe.
std::string_view say(Language language, std::string_view english);
/// A sentence that the gateway kept in English, in that language: by the patterns that languages/XX-kept-*.json have for its context
/// (kept_sentences.hpp). As it is where none knows it. Thread-safe.
std::string say_kept(Language language, std::string_view context, std::string_view english);
/// Every {{#say}}...{{/say}} of a template replaced by the words of that language.
std::string spoken_template(Language language, std::string_view text);

} // namespace gatehouse::portal
