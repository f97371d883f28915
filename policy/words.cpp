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

bool is_ascii(UChar32 c)
{
    return c >= 0 && c < 0x80;
}

/// Case-folded, in compatibility form, decomposed, as characters. The marks are still there.
std::span<UChar32 const> fold_any(std::string_view utf8, std::array<UChar32, most_units>& folded)
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

/// The same; of ASCII nothing changes but the case, and most text is that.
std::span<UChar32 const> fold(std::string_view utf8, std::array<UChar32, most_units>& folded)
{
    std::size_t size = 0;
    for (auto const c : utf8) {
        if (c < 0)
            return fold_any(utf8, folded);
        folded[size++] = c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    }
    return {folded.data(), size};
}

/// As UTF-8 in the room given; empty if it does not fit.
std::string_view to_utf8(Letters const& word, std::span<char> room)
{
    auto const all = word.view();
    if (word.size <= room.size() && std::all_of(all.begin(), all.end(), is_ascii)) {
        std::transform(all.begin(), all.end(), room.begin(), [](UChar32 c) { return static_cast<char>(c); });
        return {room.data(), word.size};
    }
    UErrorCode error = U_ZERO_ERROR;
    std::array<UChar, 2 * longest_word> units;
    int size = 0;
    u_strFromUTF32(units.data(), static_cast<int>(units.size()), &size, word.all.data(), static_cast<int>(word.size), &error);
    u_strToUTF8(room.data(), static_cast<int>(room.size()), &size, units.data(), size, &error);
    return U_FAILURE(error) ? std::string_view{} : std::string_view{room.data(), static_cast<std::size_t>(size)};
}

bool is_mark(UChar32 c)
{
    return !is_ascii(c) && (u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_ENCLOSING_MARK);
}

bool is_letter_or_digit(UChar32 c)
{
    return is_ascii(c) ? is_latin_letter(c) || (c >= '0' && c <= '9') : u_isalnum(c);
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

/// The Latin letters that this shape is mistaken for, two at most; none if it is not.
std::array<char, 2> skeleton_of(USpoofChecker const* checker, UChar32 shape)
{
    std::array<UChar, 4> source{};
    std::array<UChar, 16> skeleton{};
    UErrorCode error = U_ZERO_ERROR;
    int size = 0;
    u_strFromUTF32(source.data(), static_cast<int>(source.size()), &size, &shape, 1, &error);
    size = uspoof_getSkeleton(checker, 0, source.data(), size, skeleton.data(), static_cast<int>(skeleton.size()), &error);
    std::array<char, 2> letters{};
    std::size_t kept = 0;
    if (U_FAILURE(error))
        return {};
    for (auto const unit : std::span{skeleton}.first(static_cast<std::size_t>(size))) {
        auto const letter = u_tolower(unit);
        if (is_mark(letter))
            continue;
        if (!is_latin_letter(letter) || kept == letters.size())
            return {};
        letters[kept++] = static_cast<char>(letter);
    }
    return letters;
}

/// What letters look like, small or as capitals: asked of the library once for the scripts that have such letters.
class Shapes {
public:
    Shapes()
    {
        UErrorCode error = U_ZERO_ERROR;
        auto* const checker = uspoof_open(&error);
        for (UChar32 c = 0x80; U_SUCCESS(error) && c < end; ++c) {
            auto letters = u_isalpha(c) ? skeleton_of(checker, c) : std::array<char, 2>{};
            if (letters[0] == 0 && u_isalpha(c))
                letters = skeleton_of(checker, u_toupper(c));
            letters_[static_cast<std::size_t>(c)] = letters;
        }
        uspoof_close(checker);
    }

    std::array<char, 2> of(UChar32 c) const { return c < end ? letters_[static_cast<std::size_t>(c)] : std::array<char, 2>{}; }

private:
    static constexpr UChar32 end = 0x3000; ///< before the scripts of East Asia
    std::array<std::array<char, 2>, end> letters_{};
};

std::array<char, 2> looks_like(UChar32 c)
{
    static Shapes const shapes;
    return shapes.of(c);
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
    bool const has_letter
        = std::any_of(all.begin(), all.end(), [](UChar32 c) { return is_ascii(c) ? is_latin_letter(c) : u_isalpha(c); });
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto const c = all[i];
        bool const beside_itself = (i > 0 && all[i - 1] == c) || (i + 1 < all.size() && all[i + 1] == c);
        auto const seen = is_ascii(c) ? std::array<char, 2>{} : looks_like(c);
        if (seen[0] == 0)
            read.put(has_letter ? letter_for(c, beside_itself) : c);
        for (auto const letter : seen)
            if (letter != 0)
                read.put(letter);
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
            if (is_letter_or_digit(c) || (is_sign(c) && stands_for_a_letter(c, word)))
                word.put(c);
            else if (word.size != 0)
                break;
        }
        return word;
    }

private:
    bool stands_for_a_letter(UChar32 c, Letters const& before) const
    {
        return at_ < text_.size() && is_letter_or_digit(text_[at_]) && (before.size != 0 || c != '!');
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
    auto letters = splitter.next();
    for (; letters.size != 0 && count_ < max_words; letters = splitter.next()) {
        std::array<char, 4 * longest_word> plain;
        std::array<char, 4 * longest_word> alike;
        if (auto const forms = make(to_utf8(letters, plain), to_utf8(read_alike(letters), alike)); !forms.plain.empty())
            words_[count_++] = forms;
        else
            is_cut_ = true;
    }
    is_cut_ = is_cut_ || letters.size != 0 || utf8.size() > max_read_text;
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
