#include "proxy/content/prompt_scan.hpp"

#include <algorithm>

namespace gatehouse::content {
namespace {

constexpr std::size_t window_words = 48; // fewer than policy::max_words, since some become two
constexpr std::size_t window_bytes = 480;
constexpr std::size_t overlap_words = 24;
constexpr std::size_t overlap_bytes = 240;
constexpr std::size_t context_words = policy::max_term_words; // that must stand behind a term before it is believed
constexpr std::size_t context_bytes = 120;
static_assert(window_words < policy::max_words && window_bytes < policy::max_read_text && overlap_words > context_words
    && overlap_bytes >= 2 * context_bytes);

/// Bytes above ASCII may be letters.
bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// Where the last words begin, of no more than so many bytes.
std::size_t begin_of_last(std::size_t most_words, std::size_t most_bytes, std::string_view window)
{
    auto at = window.size();
    std::size_t words = 0;
    while (at > 0 && window.size() - at < most_bytes && words < most_words) {
        --at;
        if (is_of_word(window[at]) && (at == 0 || !is_of_word(window[at - 1])))
            ++words;
    }
    return at;
}

} // namespace

PromptScan::PromptScan(
    policy::Policy const& policy, TextKind kind, std::string_view content_type, std::string_view content_encoding)
    : policy_(policy)
    , body_(kind, content_type, content_encoding, most_read_of_prompt)
{
}

void PromptScan::add(std::string_view body)
{
    read_.clear();
    body_.add(body, read_);
    take(read_);
}

void PromptScan::finish()
{
    read_.clear();
    body_.finish(read_);
    take(read_);
    look(window_.size(), Behind::nothing);
}

void PromptScan::take(std::string_view text)
{
    text_.clear();
    nested_.add(text, text_);
    for (auto const c : text_) {
        bool const of_word = is_of_word(c);
        if (c == ' ' && window_.ends_with(' '))
            continue;
        if (!of_word)
            last_border_ = window_.size();
        if (of_word && !in_word_)
            ++words_;
        in_word_ = of_word;
        window_ += c;
        if (words_ > window_words || window_.size() >= window_bytes)
            look(last_border_ > 0 ? last_border_ : window_.size(), Behind::more);
    }
}

/// Looks for terms in the first bytes of the window, which end with a word, and forgets most of them. If more stands behind, one among the last words
/// is left for the next look, which sees what follows it.
void PromptScan::look(std::size_t size, Behind behind)
{
    auto const looked_at = std::string_view{window_}.substr(0, size);
    policy::Words const words{looked_at};
    policy::TermHits found{};
    policy_.term_index.find(words, found);
    if (behind == Behind::more && found.lists.any()) {
        policy::Words const sure{looked_at.substr(0, begin_of_last(context_words, context_bytes, looked_at))};
        policy::TermHits surely{};
        policy_.term_index.find(sure, surely);
        found.lists &= surely.lists;
    }
    for (std::size_t list = 0; list < policy::max_term_lists; ++list)
        if (found.lists[list] && !hits_.lists[list])
            hits_.term[list] = found.term[list];
    hits_.lists |= found.lists;
    if (found.lists.any() && around_.empty())
        for (auto const& word : words.all())
            around_.append(word.alike).append(" ");
    window_.erase(0, begin_of_last(overlap_words, overlap_bytes, looked_at));
    words_ = 0;
    last_border_ = 0;
    in_word_ = false;
    for (std::size_t i = 0; i < window_.size(); ++i) {
        bool const of_word = is_of_word(window_[i]);
        if (of_word && !in_word_)
            ++words_;
        if (!of_word)
            last_border_ = i;
        in_word_ = of_word;
    }
}

} // namespace gatehouse::content
