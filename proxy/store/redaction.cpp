#include "proxy/store/redaction.hpp"

#include "proxy/store/folded_text.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>

namespace gatehouse::store {
namespace {

using Letters = std::u32string;
using Units = std::span<FoldedUnit const>;

std::unordered_set<Letters> const titles{U"mr", U"mrs", U"ms", U"miss", U"mx", U"dr", U"prof", U"professor", U"sir", U"lady",
    U"lord", U"rev", U"reverend", U"fr", U"father", U"sister", U"mme", U"mlle", U"herr", U"frau", U"sr", U"sra", U"srta",
    U"senor", U"senora", U"pan", U"pani"};

/// Words that are also names, and words that stand where a name is asked for: alone they say too little to take them out.
std::unordered_set<Letters> const plain_words{U"will", U"may", U"mark", U"grace", U"hope", U"joy", U"rose", U"bill", U"art",
    U"rob", U"sue", U"pat", U"faith", U"dawn", U"summer", U"april", U"june", U"august", U"jack", U"frank", U"drew", U"chance",
    U"guy", U"gene", U"lily", U"ivy", U"ruby", U"amber", U"jade", U"dean", U"max", U"miles", U"rich", U"chase", U"hunter",
    U"mason", U"young", U"long", U"short", U"white", U"brown", U"green", U"black", U"gray", U"grey", U"king", U"page", U"day",
    U"price", U"read", U"reading", U"bush", U"wood", U"hill", U"field", U"lake", U"stone", U"cook", U"baker", U"smart", U"best",
    U"good", U"small", U"little", U"love", U"may", U"march", U"friday", U"english", U"french", U"german", U"english", U"church",
    U"school", U"house", U"a", U"an", U"the", U"i", U"me", U"my", U"he", U"she", U"they", U"them", U"him", U"her", U"we", U"us",
    U"you", U"it", U"no", U"not", U"none", U"nobody", U"someone", U"somebody", U"anonymous", U"everyone", U"everybody", U"all",
    U"and", U"or", U"of", U"in", U"at", U"my", U"our", U"boy", U"girl", U"boys", U"girls", U"child", U"friend", U"mum", U"dad",
    U"teacher", U"pupil", U"pupils", U"student", U"staff", U"head", U"headteacher", U"officer", U"admin", U"office", U"library",
    U"test", U"user", U"guest", U"class", U"year", U"unknown", U"system", U"portal", U"today", U"this", U"that", U"is", U"was"};

std::unordered_set<Letters> const particles{U"van", U"von", U"der", U"den", U"de", U"del", U"della", U"la", U"le", U"da", U"das",
    U"dos", U"di", U"el", U"al", U"bin", U"ibn", U"ben", U"bint", U"ter", U"ten", U"af", U"av", U"st"};

std::vector<Letters> words_of(Letters const& letters)
{
    std::vector<Letters> words(1);
    for (auto const letter : letters)
        if (letter == U' ')
            words.emplace_back();
        else if (letter != U',')
            words.back() += letter;
    std::erase_if(words, [](Letters const& word) { return word.empty(); });
    return words;
}

Letters joined(std::span<Letters const> words)
{
    Letters all;
    for (auto const& word : words)
        all += (all.empty() ? U"" : U" ") + word;
    return all;
}

bool is_title(Letters word)
{
    while (!word.empty() && word.back() == U'.')
        word.pop_back();
    return titles.contains(word);
}

/// What a run of letters is known as.
struct Meaning {
    bool own = false;      ///< of the person whose text it is
    bool other = false;    ///< of somebody else, in any case
    bool capital = false;  ///< of somebody else, if it is written with a capital
    bool surname = false;  ///< of somebody else, after a title
    bool doubtful = false; ///< of somebody else, and a plain word
    bool login = false;
};

struct Hit {
    std::size_t end = 0;
    Meaning meaning;
};

} // namespace

constexpr std::size_t longest_known = 200; ///< letters; each place of a text is compared with so many

struct Redactor::Names {
    std::unordered_map<Letters, Meaning> meanings;
    std::size_t longest_name = 0;
    std::function<bool(std::string_view)> was_login;

    void mark(Letters const& letters, bool Meaning::*as)
    {
        if (letters.size() < 2 || letters.size() > longest_known) // a letter alone is nobody's, nor is a page of them
            return;
        meanings[letters].*as = true;
        longest_name = std::max(longest_name, letters.size());
    }

    void add_full(std::string const& name, bool is_own);
    void add_typed(std::string const& name);
    void add_part(Letters const& part, bool is_own);
    void add_login(std::string const& login, bool is_own);
    std::optional<Hit> longest(Units units, std::size_t at, bool after_title, Writing writing) const;
    std::optional<Hit> forgotten(Units units, std::size_t at) const;
    std::optional<Hit> at_place(Units units, std::size_t at, bool after_title, Writing writing) const;
};

namespace {

/// In the middle of a letter that is compared as two, nothing begins or ends.
bool is_inside_letter(Units units, std::size_t at)
{
    return at > 0 && at < units.size() && units[at].begin == units[at - 1].begin;
}

bool is_edge(Units units, std::size_t at)
{
    if (at == 0 || at == units.size())
        return true;
    auto const before = units[at - 1].letter, after = units[at].letter;
    return !is_inside_letter(units, at)
        && (!is_word_letter(before) || !is_word_letter(after) || is_unspaced(before) || is_unspaced(after));
}

std::size_t end_of_word(Units units, std::size_t at)
{
    while (at < units.size() && is_word_letter(units[at].letter))
        ++at;
    return at;
}

/// Past "@school.example" behind a user name.
std::size_t past_domain(Units units, std::size_t at)
{
    if (at + 1 >= units.size() || units[at].letter != U'@' || !is_word_letter(units[at + 1].letter))
        return at;
    auto end = end_of_word(units, at + 1);
    while (end + 1 < units.size() && (units[end].letter == U'.' || units[end].letter == U'-')
        && is_word_letter(units[end + 1].letter))
        end = end_of_word(units, end + 1);
    return end;
}

/// Where the name begins if a title stands here: "Mr ", "Dr.", also with an initial behind it, which `past_initial` skips.
std::optional<std::size_t> past_title(Units units, std::size_t at)
{
    auto end = end_of_word(units, at);
    Letters word;
    for (auto each = at; each < end; ++each)
        word += units[each].letter;
    if (!titles.contains(word))
        return std::nullopt;
    bool const has_dot = end < units.size() && units[end].letter == U'.';
    end += has_dot ? 1U : 0U;
    bool const has_space = end < units.size() && units[end].letter == U' ';
    end += has_space ? 1U : 0U;
    if ((!has_dot && !has_space) || end >= units.size() || !is_word_letter(units[end].letter))
        return std::nullopt;
    return end;
}

/// As canonical_login() allows them.
bool is_login_letter(char32_t letter)
{
    return (letter >= U'a' && letter <= U'z') || (letter >= U'0' && letter <= U'9') || letter == U'.' || letter == U'_'
        || letter == U'@' || letter == U'-';
}

std::size_t past_initial(Units units, std::size_t at)
{
    auto end = end_of_word(units, at);
    if (end != at + 1)
        return at;
    end += end < units.size() && units[end].letter == U'.' ? 1U : 0U;
    end += end < units.size() && units[end].letter == U' ' ? 1U : 0U;
    return end < units.size() && is_word_letter(units[end].letter) ? end : at;
}

} // namespace

void Redactor::Names::add_part(Letters const& part, bool is_own)
{
    if (is_own)
        return mark(part, &Meaning::own);
    if (!particles.contains(part) && part.find(U'.') == Letters::npos)
        mark(part, plain_words.contains(part) ? &Meaning::doubtful : &Meaning::capital);
}

void Redactor::Names::add_full(std::string const& name, bool is_own)
{
    auto const whole = folded_letters(name);
    auto words = words_of(whole);
    auto const as = is_own ? &Meaning::own : &Meaning::other;
    bool const had_title = !words.empty() && is_title(words.front());
    if (words.size() > 1)
        mark(whole, as);
    std::erase_if(words, is_title);
    if (words.empty())
        return;
    auto const& first = words.front();
    auto const& last = words.back();
    if (words.size() == 1 && !had_title)
        return mark(first, is_own ? as : plain_words.contains(first) ? &Meaning::capital : as);
    for (std::size_t from = words.size() == 1 ? 0 : 1; from < words.size(); ++from)
        if (!is_own)
            mark(joined(std::span{words}.subspan(from)), &Meaning::surname);
    add_part(last, is_own);
    if (words.size() == 1)
        return;
    add_part(first, is_own);
    auto const surname = joined(std::span{words}.subspan(1));
    auto const initial = first.substr(0, 1);
    for (auto const& form : {joined(words), first + U" " + last, last + U", " + first, last + U" " + first,
             surname + U", " + first, initial + U" " + last, initial + U". " + last, initial + U"." + last,
             initial + U" " + surname, initial + U". " + surname})
        mark(form, as);
    for (auto const& form : {first + U" " + last.substr(0, 1), first + U" " + last.substr(0, 1) + U"."})
        mark(form, is_own ? as : &Meaning::capital);
}

void Redactor::Names::add_typed(std::string const& name)
{
    auto const words = words_of(folded_letters(name));
    bool const is_plain = std::all_of(words.begin(), words.end(), [](Letters const& word) { return plain_words.contains(word); });
    if (words.size() == 1)
        mark(words.front(), is_plain ? &Meaning::doubtful : &Meaning::capital);
    else if (!is_plain)
        add_full(name, false);
}

void Redactor::Names::add_login(std::string const& login, bool is_own)
{
    auto const letters = folded_letters(login);
    if (!is_own && plain_words.contains(letters))
        return mark(letters, &Meaning::doubtful);
    mark(letters, is_own ? &Meaning::own : &Meaning::other);
    mark(letters, &Meaning::login);
}

std::optional<Hit> Redactor::Names::longest(Units units, std::size_t at, bool after_title, Writing writing) const
{
    Letters letters;
    for (auto end = at; end < std::min(units.size(), at + longest_name); ++end)
        letters += units[end].letter;
    for (; letters.size() > 1; letters.pop_back()) {
        auto const end = at + letters.size();
        bool const is_turned_round = letters.find(U',') != Letters::npos; // not after a title: "Ms Smith, Olive and Ben"
        if (!is_edge(units, end) || (after_title && is_turned_round))
            continue;
        auto const found = meanings.find(letters);
        if (found == meanings.end())
            continue;
        auto const& meaning = found->second;
        bool const may_be_name
            = meaning.capital ? units[at].capital || writing == Writing::search : meaning.doubtful && units[at].capital;
        if (meaning.own || meaning.other || after_title || may_be_name)
            return Hit{meaning.login ? past_domain(units, end) : end, meaning};
    }
    return std::nullopt;
}

/// The longest user name of a forgotten account that begins here.
std::optional<Hit> Redactor::Names::forgotten(Units units, std::size_t at) const
{
    constexpr std::size_t longest_login = 64;
    std::string word;
    for (auto end = at; was_login && end < units.size() && word.size() < longest_login && is_login_letter(units[end].letter);
         ++end)
        word += static_cast<char>(units[end].letter);
    for (; word.size() > 1; word.pop_back()) {
        auto const end = at + word.size();
        if (!is_edge(units, end) || !was_login(word))
            continue;
        bool const is_plain = plain_words.contains(Letters(word.begin(), word.end()));
        if (is_plain && !units[at].capital)
            continue;
        return Hit{past_domain(units, end), {.other = !is_plain, .doubtful = is_plain, .login = true}};
    }
    return std::nullopt;
}

/// What goes farther: a name that is known, or one of a forgotten account.
std::optional<Hit> Redactor::Names::at_place(Units units, std::size_t at, bool after_title, Writing writing) const
{
    auto const known = longest(units, at, after_title, writing);
    auto const once = forgotten(units, at);
    return once && (!known || once->end > known->end) ? once : known;
}

Redactor::Redactor(NamesOf const& own, NamesOf const& others)
    : names_{std::make_unique<Names>()}
{
    names_->was_login = others.was_login;
    for (bool const is_own : {true, false}) {
        auto const& of = is_own ? own : others;
        for (auto const& name : of.full)
            names_->add_full(name, is_own);
        for (auto const& login : of.logins)
            names_->add_login(login, is_own);
    }
    for (auto const& name : others.typed)
        names_->add_typed(name);
}

Redactor::Redactor(Redactor&&) noexcept = default;
Redactor::~Redactor() = default;

namespace {

/// One text on its way out.
class Rewriting {
public:
    explicit Rewriting(std::string_view text)
        : text_{text}
        , units_{fold_text(text)}
    {
    }
    Units units() const { return units_; }

    void replace(std::size_t from, std::size_t end)
    {
        made_.text.append(text_, copied_, units_[from].begin - copied_);
        made_.text += another_person;
        copied_ = units_[end - 1].end;
        ++made_.replaced;
    }
    void doubt(std::size_t from, std::size_t end)
    {
        auto word = std::string{text_.substr(units_[from].begin, units_[end - 1].end - units_[from].begin)};
        if (std::find(made_.doubtful.begin(), made_.doubtful.end(), word) == made_.doubtful.end())
            made_.doubtful.push_back(std::move(word));
    }
    Redacted finish()
    {
        made_.text.append(text_, copied_);
        return std::move(made_);
    }

private:
    std::string_view text_;
    std::vector<FoldedUnit> units_;
    std::size_t copied_ = 0;
    Redacted made_;
};

} // namespace

Redacted Redactor::redact(std::string_view text, Writing writing) const
{
    Rewriting rewriting{text};
    auto const units = rewriting.units();
    for (std::size_t at = 0; at < units.size();) {
        if (!is_edge(units, at)) {
            ++at;
            continue;
        }
        if (auto const name = past_title(units, at)) {
            auto hit = names_->at_place(units, *name, true, writing);
            if (!hit)
                hit = names_->at_place(units, past_initial(units, *name), true, writing);
            if (!hit || hit->meaning.surname || hit->meaning.other || !hit->meaning.own) {
                auto const end = hit ? hit->end : end_of_word(units, *name);
                if (hit)
                    rewriting.replace(at, end);
                else if (units[*name].capital)
                    rewriting.doubt(at, end);
                at = end;
            } else
                at = hit->end;
            continue;
        }
        auto const hit = names_->at_place(units, at, false, writing);
        if (!hit) {
            ++at;
            continue;
        }
        auto const& meaning = hit->meaning;
        bool const is_others = meaning.other || (meaning.capital && units[at].capital);
        if (meaning.own ? meaning.other : !is_others)
            rewriting.doubt(at, hit->end);
        if (!meaning.own && is_others)
            rewriting.replace(at, hit->end);
        at = hit->end;
    }
    return rewriting.finish();
}

} // namespace gatehouse::store
