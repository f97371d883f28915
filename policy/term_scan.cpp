#include "policy/term_scan.hpp"

#include <algorithm>
#include <optional>

namespace gatehouse::policy {
namespace {

constexpr std::size_t narrowest_window = 64; // bytes; so many hold no more words than `max_words`, but for a few odd characters

/// The end of a word at the byte `most` or not far before it; in an endless word the beginning of a character.
std::size_t border_before(std::string_view text, std::size_t most)
{
    auto const blank = text.rfind(' ', most);
    if (blank != text.npos && 2 * blank >= most)
        return blank;
    auto border = most;
    while (border > 1 && most - border < 3 && (static_cast<unsigned char>(text[border]) & 0xc0) == 0x80)
        --border;
    return border;
}

/// The part of a window of which it is sure what stands around it: what may excuse a term near an end may be outside, and the window beside
/// it has that term nearer to its middle.
std::string_view sure_part(std::string_view window, bool is_first, bool is_last)
{
    auto const margin = window.size() / 8;
    if (!is_last)
        window = window.substr(0, border_before(window, window.size() - margin));
    return is_first ? window : window.substr(border_before(window, margin));
}

void merge(TermHits const& found, TermHits& hits)
{
    for (std::size_t list = 0; list < max_term_lists; ++list)
        if (found.lists[list] && !hits.lists[list])
            hits.term[list] = found.term[list];
    hits.lists |= found.lists;
}

} // namespace

void find_terms(TermIndex const& index, std::string_view text, TermHits& hits)
{
    hits.lists.reset();
    auto width = max_read_text;
    for (bool is_first = true; !text.empty(); is_first = false) {
        auto size = text.size() <= width ? text.size() : border_before(text, width);
        std::optional<Words> words;
        for (words.emplace(text.substr(0, size)); words->is_cut() && size > narrowest_window;) {
            size = border_before(text, size / 2);
            words.emplace(text.substr(0, size));
        }
        TermHits found;
        index.find(*words, found);
        bool const is_last = size == text.size();
        if (found.lists.any() && !(is_first && is_last)) {
            TermHits sure;
            index.find(Words{sure_part(text.substr(0, size), is_first, is_last)}, sure);
            found.lists &= sure.lists;
        }
        merge(found, hits);
        if (is_last)
            return;
        text.remove_prefix(border_before(text, size * 3 / 8));
        width = std::min(2 * size, max_read_text);
    }
}

} // namespace gatehouse::policy
