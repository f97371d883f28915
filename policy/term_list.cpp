#include "policy/term_list.hpp"

#include <algorithm>

namespace gatehouse::policy {
namespace {

constexpr std::size_t shortest_open = 3;   ///< letters before an asterisk
constexpr std::size_t shortest_joined = 8; ///< letters of a term that is also found without its blanks

/// Calls `use(piece)` for each piece between separators, also for empty ones.
template <class Use>
void split(std::string_view text, char separator, Use const& use)
{
    for (;;) {
        auto const end = std::min(text.find(separator), text.size());
        use(text.substr(0, end));
        if (end == text.size())
            return;
        text.remove_prefix(end + 1);
    }
}

std::string squeezed(std::string word)
{
    word.resize(squeeze(word));
    return word;
}

} // namespace

std::string_view to_text(Severity severity)
{
    switch (severity) {
    case Severity::urgent: return "urgent";
    case Severity::concern: return "concern";
    case Severity::note: break;
    }
    return "note";
}

std::vector<TermIndex::Sequence> TermIndex::parse(std::string_view term)
{
    std::vector<Sequence> parts;
    split(term, '+', [&](std::string_view part) {
        Sequence sequence;
        split(part, ' ', [&](std::string_view token) {
            Words const words{token};
            for (auto const& word : words.all())
                sequence.push_back({std::string{word.plain}, squeezed(std::string{word.plain}), false});
            if (!words.all().empty())
                sequence.back().open = token.ends_with('*');
        });
        parts.push_back(std::move(sequence));
    });
    return parts;
}

std::string_view find_term_fault(std::string_view term)
{
    std::size_t words = 0;
    for (auto const& part : TermIndex::parse(term)) {
        if (part.empty())
            return "it has no words, or none on one side of a plus";
        for (auto const& word : part)
            if (word.open && word.text.size() < shortest_open)
                return "fewer than three letters stand before an asterisk";
        words += part.size();
    }
    return words > max_term_words ? "it has more than twelve words" : std::string_view{};
}

void TermIndex::build(std::vector<TermList> const& lists)
{
    *this = {};
    for (std::size_t i = 0; i < lists.size(); ++i) {
        auto const list = static_cast<std::uint16_t>(i);
        for (std::size_t k = 0; k < lists[i].terms.size(); ++k)
            add({list, static_cast<std::uint16_t>(k), false, parse(lists[i].terms[k])});
        for (std::size_t k = 0; k < lists[i].unless.size(); ++k)
            add({list, static_cast<std::uint16_t>(k), true, parse(lists[i].unless[k])});
    }
}

void TermIndex::add(Term term)
{
    auto const number = static_cast<std::uint32_t>(terms_.size());
    auto const& first = term.parts.front().front();
    std::string const star = first.open ? "*" : "";
    by_first_word_[first.text + star].push_back(number);
    by_squeezed_[first.squeezed + star].push_back(number);
    if (first.open)
        longest_open_ = std::max(longest_open_, first.text.size());
    std::string joined;
    for (auto const& word : term.parts.front())
        joined += word.text;
    bool const also_joined = term.parts.size() == 1 && term.parts.front().size() > 1 && joined.size() >= shortest_joined;
    Term together{term.list, term.number, term.excuses, {{{joined, squeezed(joined), term.parts.front().back().open}}}};
    terms_.push_back(std::move(term));
    if (also_joined)
        add(std::move(together));
}

bool TermIndex::matches(TermWord const& word, Words::Forms const& forms)
{
    auto const same
        = [&](std::string_view wanted, std::string_view seen) { return word.open ? seen.starts_with(wanted) : seen == wanted; };
    return same(word.text, forms.plain) || same(word.text, forms.alike)
        || (!forms.squeezed.empty() && same(word.squeezed, forms.squeezed));
}

bool TermIndex::stands_at(Sequence const& part, std::span<Words::Forms const> words, std::size_t at, WordSet& taken)
{
    if (at + part.size() > words.size())
        return false;
    for (std::size_t i = 0; i < part.size(); ++i)
        if (!matches(part[i], words[at + i]))
            return false;
    for (std::size_t i = 0; i < part.size(); ++i)
        taken.set(at + i);
    return true;
}

bool TermIndex::stands_anywhere(Sequence const& part, std::span<Words::Forms const> words, WordSet& taken)
{
    for (std::size_t at = 0; at < words.size(); ++at)
        if (stands_at(part, words, at, taken))
            return true;
    return false;
}

std::vector<std::uint32_t> const* TermIndex::starting_with(ByFirstWord const& index, std::string_view word) const
{
    auto const found = index.find(word);
    return found == index.end() ? nullptr : &found->second;
}

/// Excuses are collected, terms that share no word with them are hits.
void TermIndex::look_at(std::vector<std::uint32_t> const* candidates, bool excuses, std::span<Words::Forms const> words,
    std::size_t at, std::array<WordSet, max_term_lists>& excused, TermHits& hits) const
{
    if (candidates == nullptr)
        return;
    for (auto const number : *candidates) {
        auto const& term = terms_[number];
        WordSet taken;
        if (term.excuses != excuses || (!excuses && hits.lists[term.list]) || !stands_at(term.parts.front(), words, at, taken))
            continue;
        bool const whole = std::all_of(
            term.parts.begin() + 1, term.parts.end(), [&](Sequence const& part) { return stands_anywhere(part, words, taken); });
        if (!whole)
            continue;
        if (excuses) {
            excused[term.list] |= taken;
        } else if ((excused[term.list] & taken).none()) {
            hits.lists.set(term.list);
            hits.term[term.list] = term.number;
        }
    }
}

void TermIndex::find(Words const& words, TermHits& hits) const
{
    hits.lists.reset();
    if (terms_.empty())
        return;
    std::array<WordSet, max_term_lists> excused{};
    auto const all = words.all();
    for (bool const excuses : {true, false}) {
        for (std::size_t at = 0; at < all.size(); ++at) {
            auto const look = [&](ByFirstWord const& index, std::string_view word) {
                look_at(starting_with(index, word), excuses, all, at, excused, hits);
                std::array<char, max_term_words * 32> open;
                auto const longest = std::min({word.size(), longest_open_, open.size() - 1});
                for (std::size_t size = 0; size < longest; ++size) {
                    open[size] = word[size];
                    open[size + 1] = '*';
                    look_at(starting_with(index, {open.data(), size + 2}), excuses, all, at, excused, hits);
                }
            };
            auto const& forms = all[at];
            look(by_first_word_, forms.plain);
            if (forms.alike != forms.plain)
                look(by_first_word_, forms.alike);
            if (!forms.squeezed.empty())
                look(by_squeezed_, forms.squeezed);
        }
    }
}

} // namespace gatehouse::policy
