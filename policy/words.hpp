#pragma once
// The words of what a person wrote, in the forms in which people recognise them, whatever their letters were dressed up as.

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace gatehouse::policy {

/// Bytes that are read of one text, words of it, and bytes that all their forms may take. What is longer is read as far as that, or in several
/// windows (term_scan.hpp).
inline constexpr std::size_t max_read_text = 512;
inline constexpr std::size_t max_words = 64;
inline constexpr std::size_t max_word_bytes = 2048;

/// Compatibility forms, case and marks are taken away (NFKC_Casefold of UAX 31, then marks), apostrophes too; everything else that is
/// neither letter nor digit parts words, ill-formed UTF-8 included. Four or more single letters in a row are one word ("s u i c i d e").
/// Never allocates, but once in the life of a process: when letters that look like Latin ones (UTS 39 §4) are first asked for.
class Words {
public:
    struct Forms {
        std::string_view plain;    ///< as written
        std::string_view alike;    ///< look-alike letters, digits and signs read as the letters they stand for; else the same
        std::string_view squeezed; ///< `alike` with every run of a letter once, if there was a run of three; else empty
    };

    Words() = default;
    explicit Words(std::string_view utf8) { add(utf8); }
    Words(Words const&) = delete;
    Words& operator=(Words const&) = delete;

    /// Appends the words of another text.
    void add(std::string_view utf8);
    /// Lifetime: of this object.
    std::span<Forms const> all() const { return {words_.data(), count_}; }
    bool is_cut() const { return is_cut_; } ///< there were more words than are kept

private:
    std::string_view keep(std::string_view form);
    /// Of no plain form if there is no more room.
    Forms make(std::string_view plain, std::string_view alike);
    void join_single_letters(std::size_t from);

    std::array<Forms, max_words> words_;
    std::size_t count_ = 0;
    std::array<char, max_word_bytes> text_; // not initialised: filled up to size_
    std::size_t size_ = 0;
    bool is_cut_ = false;
};

/// Leaves every run of the same byte once: "kiill" and "kill" are "kil". Works in place; the new size comes back.
std::size_t squeeze(std::span<char> word);

} // namespace gatehouse::policy
