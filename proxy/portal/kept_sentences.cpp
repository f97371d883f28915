#include "proxy/portal/kept_sentences.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace gatehouse::portal {

namespace {

constexpr std::string_view blanks = " \t\r\n";
constexpr unsigned deepest = 4; ///< of a sentence in a sentence

/// The place that begins at the front of `text`, "{}" or "{3}": which part stands there and how long it is; length 0: none begins there.
struct Hole {
    std::size_t part = 0, length = 0;
};

Hole hole_at(std::string_view text, std::size_t next)
{
    if (text.starts_with("{}"))
        return {next, 2};
    if (text.size() > 2 && text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}')
        return {static_cast<std::size_t>(text[1] - '0'), 3};
    return {};
}

/// Every part has to be said once: nothing that was kept may be lost, or stand twice.
bool has_each_once(std::string_view said, std::size_t parts)
{
    std::vector<int> seen(parts, 0);
    std::size_t next = 0;
    for (std::size_t at = 0; at < said.size(); ++at)
        if (auto const hole = hole_at(said.substr(at), next); hole.length != 0) {
            if (hole.part >= parts)
                return false;
            ++seen[hole.part];
            ++next;
        }
    return std::all_of(seen.begin(), seen.end(), [](int count) { return count == 1; });
}

/// Where a literal of a pattern may stand in a text.
struct Span {
    std::size_t from = 0, to = 0;
};
using Spans = std::vector<Span>;

Spans all_of(std::string_view literal, std::string_view text, std::size_t begin, std::size_t end)
{
    Spans found;
    auto const middle = text.substr(0, end);
    for (auto at = middle.find(literal, begin); at != middle.npos; at = middle.find(literal, at + 1))
        found.push_back({at, at + literal.size()});
    return found;
}

/// What one place may hold: a stretch of the text between two literals.
class Stretch {
public:
    Stretch(std::string_view text, bool is_word, bool may_be_empty)
        : least_(may_be_empty ? 0 : 1)
    {
        if (!is_word)
            return;
        next_blank_.assign(text.size() + 1, text.size());
        for (auto at = text.size(); at-- > 0;)
            next_blank_[at] = blanks.find(text[at]) != blanks.npos ? at : next_blank_[at + 1];
    }

    /// Keeps those of `right` that one of `left` can stand before. Both in the order of the text.
    void keep_reachable(Spans const& left, Spans& right) const
    {
        std::erase_if(right, [&](Span const& span) {
            auto const behind = std::partition_point(
                left.begin(), left.end(), [&](Span const& other) { return other.to + least_ <= span.from; });
            return behind == left.begin() || !fits(next_blank_.empty() ? left.front() : *(behind - 1), span);
        });
    }
    /// Keeps those of `left` that can stand before one of `right`.
    void keep_leading(Spans& left, Spans const& right) const
    {
        std::erase_if(left, [&](Span const& span) {
            auto const next = std::partition_point(
                right.begin(), right.end(), [&](Span const& other) { return other.from < span.to + least_; });
            return next == right.end() || !fits(span, *next);
        });
    }

private:
    bool fits(Span const& left, Span const& right) const
    {
        return left.to + least_ <= right.from && (next_blank_.empty() || next_blank_[left.to] >= right.from);
    }

    std::size_t least_;
    std::vector<std::size_t> next_blank_; ///< from each place of the text on; empty: blanks do not matter
};

} // namespace

std::string filled(std::string_view pattern, std::span<std::string const> parts)
{
    std::string out;
    std::size_t next = 0;
    while (!pattern.empty()) {
        auto hole = hole_at(pattern, next);
        if (hole.length != 0 && hole.part < parts.size()) {
            out += parts[hole.part];
            ++next;
        } else {
            out += pattern.front();
            hole.length = 1;
        }
        pattern.remove_prefix(hole.length);
    }
    return out;
}

bool KeptSentences::parse(std::string_view pattern, Pattern& out)
{
    out.literals.emplace_back();
    while (!pattern.empty()) {
        if (pattern.front() != '{') {
            out.literals.back() += pattern.front();
            pattern.remove_prefix(1);
            continue;
        }
        auto const end = pattern.find('}');
        if (end == pattern.npos || (out.literals.back().empty() && !out.places.empty()))
            return false;
        auto name = pattern.substr(1, end - 1);
        Place place;
        place.is_word = name == "word";
        place.is_list = name.ends_with("...");
        if (place.is_list)
            name.remove_suffix(3);
        if (!place.is_word)
            place.context = name;
        out.places.push_back(std::move(place));
        out.literals.emplace_back();
        pattern.remove_prefix(end + 1);
    }
    for (auto const& literal : out.literals)
        out.size += literal.size();
    return true;
}

bool KeptSentences::add(std::string_view context, std::string_view pattern, std::string_view said)
{
    Pattern parsed;
    if (!parse(pattern, parsed) || !has_each_once(said, parsed.places.size()))
        return false;
    auto& into = contexts_[std::string(context)];
    if (parsed.places.empty())
        return into.whole.emplace(std::string(pattern), std::string(said)).second;
    parsed.said = said;
    auto const& begin = parsed.literals.front();
    auto& list = begin.empty() ? into.open : into.by_first[static_cast<unsigned char>(begin.front())];
    auto const rank = [](Pattern const& each) { return std::pair{each.literals.front().size(), each.size}; };
    auto const place = std::upper_bound(
        list.begin(), list.end(), parsed, [&](Pattern const& left, Pattern const& right) { return rank(left) > rank(right); });
    list.insert(place, std::move(parsed));
    return true;
}

/// Which literals can stand where is narrowed from the left, then from the right. What is left of each belongs to a reading of the whole text, so that
/// one for each literal is one reading.
KeptSentences::Reading KeptSentences::read(Pattern const& pattern, std::string_view text, std::vector<std::string_view>& parts)
{
    auto const& literals = pattern.literals;
    auto const places = pattern.places.size();
    if (text.size() < pattern.size || !text.starts_with(literals.front()) || !text.ends_with(literals.back()))
        return Reading::none;
    auto const end = text.size() - literals.back().size();
    std::vector<Spans> spans{{{0, literals.front().size()}}};
    std::vector<Stretch> stretches;
    for (std::size_t i = 1; i <= places; ++i) {
        auto const& place = pattern.places[i - 1];
        spans.push_back(i < places ? all_of(literals[i], text, spans.back().front().to, end) : Spans{{end, text.size()}});
        stretches.emplace_back(text, place.is_word, !place.is_word && (place.context.empty() || place.is_list));
        stretches.back().keep_reachable(spans[i - 1], spans[i]);
        if (spans.back().empty())
            return Reading::none;
    }
    for (std::size_t i = places; i-- > 0;)
        stretches[i].keep_leading(spans[i], spans[i + 1]);
    if (std::any_of(spans.begin(), spans.end(), [](Spans const& each) { return each.size() != 1; }))
        return Reading::several;
    for (std::size_t i = 0; i < places; ++i)
        parts.push_back(text.substr(spans[i].front().to, spans[i + 1].front().from - spans[i].front().to));
    return Reading::one;
}

std::string KeptSentences::say_part(Place const& place, std::string_view part, unsigned depth) const
{
    if (place.context.empty())
        return std::string(part);
    if (!place.is_list)
        return say(place.context, part, depth);
    constexpr std::string_view comma = ", ", either = " or ";
    std::string out;
    for (;;) {
        auto const at = std::min(part.find(comma), part.find(either));
        out += say(place.context, part.substr(0, at), depth);
        if (at == part.npos)
            return out;
        auto const between = part.substr(at).starts_with(comma) ? comma : either;
        out += say("between", between, depth);
        part.remove_prefix(at + between.size());
    }
}

std::string KeptSentences::say(std::string_view context, std::string_view text) const
{
    return say(context, text, 0);
}

std::string KeptSentences::say(std::string_view context, std::string_view text, unsigned depth) const
{
    auto const found = contexts_.find(context);
    if (found == contexts_.end() || text.empty() || text.size() > longest || depth > deepest)
        return std::string(text);
    auto const& known = found->second;
    if (auto const whole = known.whole.find(text); whole != known.whole.end())
        return whole->second;
    for (auto const* list : {&known.by_first[static_cast<unsigned char>(text.front())], &known.open})
        for (auto const& pattern : *list) {
            std::vector<std::string_view> parts;
            auto const reading = read(pattern, text, parts);
            if (reading == Reading::none)
                continue;
            if (reading == Reading::several)
                return std::string(text);
            std::vector<std::string> said;
            for (std::size_t i = 0; i < parts.size(); ++i)
                said.push_back(say_part(pattern.places[i], parts[i], depth + 1));
            return filled(pattern.said, said);
        }
    return std::string(text);
}

} // namespace gatehouse::portal
