#pragma once
// What a person reads, before it is known in which language: our own words, which the catalogues of languages/ have, and text from outside, which is
// shown as it is.

#include "proxy/portal/languages.hpp"

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::portal {

/// A literal is ours and is said in the reader's language; a std::string is what somebody wrote, a name, a number. A sentence with something put into
/// it is made by words(), never by adding strings: other languages have other orders. Where English has one word for two things, what stands after "##"
/// tells the catalogues which, and nobody reads it: "Term##searched for".
class Words {
public:
    Words() = default;
    /// Lifetime of `ours`: static.
    Words(char const* ours)
        : ours_(ours)
    {
    }
    Words(std::string outside)
        : outside_(std::move(outside))
    {
    }
    Words(std::string_view outside)
        : outside_(outside)
    {
    }
    /// "{}" in `ours` stands for the parts in their order; a catalogue may order them anew as "{0}", "{1}". Lifetime of `ours`: static.
    Words(char const* ours, std::vector<Words> parts)
        : ours_(ours)
        , parts_(std::move(parts))
    {
    }

    /// Text that was not written here but may be one of our own words, such as the name of a kind of incident: said if a catalogue has it.
    static Words perhaps_ours(std::string text)
    {
        Words words(std::move(text));
        words.look_up_ = LookUp::exactly;
        return words;
    }

    /// A sentence that the gateway made elsewhere and kept in English: said by the patterns of the context (kept_sentences.hpp), else as it is. The
    /// context is the place where it was kept, never something that a person chose.
    static Words kept(std::string context, std::string text)
    {
        Words words(std::move(text));
        words.context_ = std::move(context);
        words.look_up_ = LookUp::by_pattern;
        return words;
    }

    /// One after another, with `between` (ours) between them.
    static Words list(std::vector<Words> parts, char const* between)
    {
        Words words(between, std::move(parts));
        words.is_list_ = true;
        return words;
    }

    bool empty() const { return ours_.empty() && outside_.empty(); }
    std::string in(Language language) const;
    /// For programs, files and records, which know one language.
    std::string english() const { return in(Language::english); }

private:
    enum class LookUp : std::uint8_t { never, exactly, by_pattern };

    std::string_view ours_;
    std::string outside_;
    std::string context_; ///< of a kept sentence
    std::vector<Words> parts_;
    LookUp look_up_ = LookUp::never; ///< of `outside_`
    bool is_list_ = false;           ///< `ours_` stands between the parts
};

/// Numbers become text as they are; for "1,234" give shown_number().
Words to_words(std::integral auto number)
{
    return {std::to_string(number)};
}
inline Words to_words(Words words)
{
    return words;
}

/// words("Request {}", reference)
template <class... Parts>
Words words(char const* ours, Parts&&... parts)
{
    return {ours, std::vector<Words>{to_words(std::forward<Parts>(parts))...}};
}

/// "1,234", with what the language has between thousands.
Words shown_number(std::uint64_t number);

/// One after another, with the same between them: "Pupil, Year 9". Nothing between empty ones.
Words joined(std::vector<Words> parts, char const* between = ", ");

} // namespace gatehouse::portal
