#include "policy/words.hpp"

#include <algorithm>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

namespace gatehouse::policy {
namespace {

/// One character may become eighteen (U+FDFA), of three bytes; nothing of `max_read_text` bytes grows beyond this.
constexpr int most_units = 4096;
constexpr std::size_t longest_word = 64; // characters; the rest of a longer one is left out

/// UTF-16, as the library takes it.
struct Text {
    std::array<UChar, most_units> units; // not initialised: filled up to size
    int size = 0;
};

/// Characters of one word.
struct Letters {
    std::array<UChar32, longest_word> all; // not initialised: filled up to size
    std::size_t size = 0;

    void put(UChar32 letter)
    {
        if (size < all.size())
            all[size++] = letter;
    }
    std::span<UChar32 const> view() const { return {all.data(), size}; }
    bool operator==(Letters const& other) const { return std::ranges::equal(view(), other.view()); }
};

bool is_latin_letter(UChar32 c)
{
    return c >= 'a' && c <= 'z';
}

void normalise(UNormalizer2 const* form, Text const& from, Text& to)
{
    UErrorCode error = U_ZERO_ERROR;
    to.size = unorm2_normalize(form, from.units.data(), from.size, to.units.data(), most_units, &error);
    if (U_FAILURE(error))
        to.size = 0;
}

/// Case-folded, in compatibility form, decomposed, as characters. The marks are still there.
std::span<UChar32 const> fold(std::string_view utf8, std::array<UChar32, most_units>& folded)
{
    UErrorCode error = U_ZERO_ERROR;
    auto const* const compatible = unorm2_getNFKCCasefoldInstance(&error);
    auto const* const decomposed = unorm2_getNFDInstance(&error);
    Text text;
    Text work;
    u_strFromUTF8WithSub(
        text.units.data(), most_units, &text.size, utf8.data(), static_cast<int>(utf8.size()), 0xfffd, nullptr, &error);
    if (U_FAILURE(error))
        return {};
    normalise(compatible, text, work);
    normalise(decomposed, work, text);
    int size = 0;
    u_strToUTF32(folded.data(), most_units, &size, text.units.data(), text.size, &error);
    return U_FAILURE(error) ? std::span<UChar32 const>{}
                            : std::span<UChar32 const>{folded.data(), static_cast<std::size_t>(size)};
}

/// As UTF-8 in the room given; empty if it does not fit.
std::string_view to_utf8(Letters const& word, std::span<char> room)
{
    UErrorCode error = U_ZERO_ERROR;
    std::array<UChar, 2 * longest_word> units;
    int size = 0;
    u_strFromUTF32(units.data(), static_cast<int>(units.size()), &size, word.all.data(), static_cast<int>(word.size), &error);
    u_strToUTF8(room.data(), static_cast<int>(room.size()), &size, units.data(), size, &error);
    return U_FAILURE(error) ? std::string_view{} : std::string_view{room.data(), static_cast<std::size_t>(size)};
}

bool is_mark(UChar32 c)
{
    return u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_ENCLOSING_MARK;
}

bool is_apostrophe(UChar32 c)
{
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x02bc || c == '`';
}

/// Signs that stand for letters where a letter follows them.
bool is_sign(UChar32 c)
{
    return c == '@' || c == '$' || c == '!';
}

/// Appends the Latin letters that this shape is mistaken for; false if it is not.
bool append_skeleton(UChar32 shape, Letters& read)
{
    static USpoofChecker const* const checker = [] {
        UErrorCode error = U_ZERO_ERROR;
        return uspoof_open(&error);
    }();
    std::array<UChar, 4> source{};
    std::array<UChar, 16> skeleton{};
    UErrorCode error = U_ZERO_ERROR;
    int size = 0;
    u_strFromUTF32(source.data(), static_cast<int>(source.size()), &size, &shape, 1, &error);
    size = uspoof_getSkeleton(checker, 0, source.data(), size, skeleton.data(), static_cast<int>(skeleton.size()), &error);
    if (U_FAILURE(error))
        return false;
    auto const before = read.size;
    for (auto const unit : std::span{skeleton}.first(static_cast<std::size_t>(size))) {
        auto const letter = u_tolower(unit);
        if (is_latin_letter(letter))
            read.put(letter);
        else if (!is_mark(letter))
            read.size = before;
        if (!is_latin_letter(letter) && !is_mark(letter))
            return false;
    }
    return read.size != before;
}

/// The letter that a digit or sign stands for. A one beside another is an l, alone it is an i.
UChar32 letter_for(UChar32 c, bool beside_itself)
{
    switch (c) {
    case '0': return 'o';
    case '1': return beside_itself ? 'l' : 'i';
    case '3': return 'e';
    case '4':
    case '@': return 'a';
    case '5':
    case '$': return 's';
    case '7': return 't';
    case '!': return 'i';
    default: return c;
    }
}

/// A word as it is read with good will.
Letters read_alike(Letters const& word)
{
    Letters read;
    auto const all = word.view();
    bool const has_letter = std::any_of(all.begin(), all.end(), [](UChar32 c) { return u_isalpha(c); });
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const c = all[i];
        bool const beside_itself = (i > 0 && all[i - 1] == c) || (i + 1 < all.size() && all[i + 1] == c);
        constexpr UChar32 first_of_others = 0x80;
        bool const read_by_shape = c >= first_of_others && (append_skeleton(c, read) || append_skeleton(u_toupper(c), read));
        if (!read_by_shape)
            read.put(has_letter ? letter_for(c, beside_itself) : c);
    }
    return read;
}

bool has_run_of_three(std::string_view word)
{
    for (std::size_t i = 2; i < word.size(); ++i)
        if (word[i] == word[i - 1] && word[i] == word[i - 2])
            return true;
    return false;
}

/// Walks over folded text and hands out its words.
class Splitter {
public:
    explicit Splitter(std::span<UChar32 const> text)
        : text_(text)
    {
    }

    /// Of no letters at the end.
    Letters next()
    {
        Letters word;
        while (at_ < text_.size()) {
            auto const c = text_[at_++];
            if (is_mark(c) || is_apostrophe(c))
                continue;
            if (u_isalnum(c) || (is_sign(c) && stands_for_a_letter(c, word)))
                word.put(c);
            else if (word.size != 0)
                break;
        }
        return word;
    }

private:
    bool stands_for_a_letter(UChar32 c, Letters const& before) const
    {
        return at_ < text_.size() && u_isalnum(text_[at_]) && (before.size != 0 || c != '!');
    }

    std::span<UChar32 const> text_;
    std::size_t at_ = 0;
};

bool is_single_letter(Words::Forms const& word)
{
    return word.plain.size() == 1;
}

} // namespace

std::size_t squeeze(std::span<char> word)
{
    return static_cast<std::size_t>(std::unique(word.begin(), word.end()) - word.begin());
}

void Words::add(std::string_view utf8)
{
    std::array<UChar32, most_units> folded;
    Splitter splitter{fold(utf8.substr(0, max_read_text), folded)};
    auto const from = count_;
    for (auto letters = splitter.next(); letters.size != 0 && count_ < max_words; letters = splitter.next()) {
        std::array<char, 4 * longest_word> plain;
        std::array<char, 4 * longest_word> alike;
        if (auto const forms = make(to_utf8(letters, plain), to_utf8(read_alike(letters), alike)); !forms.plain.empty())
            words_[count_++] = forms;
    }
    join_single_letters(from);
}

/// Empty if there is no more room.
std::string_view Words::keep(std::string_view form)
{
    if (size_ + form.size() > text_.size())
        return {};
    auto* const at = text_.data() + size_;
    std::copy(form.begin(), form.end(), at);
    size_ += form.size();
    return {at, form.size()};
}

Words::Forms Words::make(std::string_view plain, std::string_view alike)
{
    Forms forms;
    forms.plain = forms.alike = keep(plain);
    if (alike != plain && !forms.plain.empty())
        if (auto const kept = keep(alike); !kept.empty())
            forms.alike = kept;
    if (has_run_of_three(forms.alike)) {
        std::array<char, 4 * longest_word> room;
        auto const end = std::copy(forms.alike.begin(), forms.alike.end(), room.begin());
        forms.squeezed = keep({room.data(), squeeze({room.begin(), end})});
    }
    return forms;
}

void Words::join_single_letters(std::size_t from)
{
    constexpr std::size_t fewest = 4;
    auto kept = from;
    for (auto at = from; at < count_;) {
        auto end = at;
        Letters joined;
        for (; end < count_ && is_single_letter(words_[end]); ++end)
            joined.put(words_[end].plain.front());
        std::array<char, longest_word> plain;
        std::array<char, longest_word> alike;
        auto const word = end - at < fewest ? Forms{} : make(to_utf8(joined, plain), to_utf8(read_alike(joined), alike));
        if (!word.plain.empty()) {
            words_[kept++] = word;
            at = end;
        } else {
            for (end = std::max(end, at + 1); at < end; ++at)
                words_[kept++] = words_[at];
        }
    }
    count_ = kept;
}

} // namespace gatehouse::policy
