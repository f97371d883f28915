#include "policy/phrase_list.hpp"

#include "policy/page_text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace gatehouse::policy {
namespace {

std::string_view trim(std::string_view text)
{
    auto const from = std::min(text.find_first_not_of(" \t\r"), text.size());
    text.remove_prefix(from);
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

std::optional<int> number_in(std::string_view text)
{
    int number = 0;
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (text.empty() || error != std::errc{} || stop != end)
        return std::nullopt;
    return number;
}

/// What stands between the angle brackets, group by group. Nothing if the line is not made of such groups.
std::optional<std::vector<std::string_view>> split_groups(std::string_view line)
{
    std::vector<std::string_view> groups;
    while (!line.empty()) {
        if (line.front() != '<')
            return std::nullopt;
        auto const end = line.find('>');
        if (end == line.npos)
            return std::nullopt;
        groups.push_back(line.substr(1, end - 1));
        line = trim(line.substr(end + 1));
        if (line.starts_with(','))
            line = trim(line.substr(1));
    }
    return groups;
}

/// In the form of PageText, with the borders that were written. Empty if nothing is left of it.
std::string fold_part(std::string_view written)
{
    std::string folded;
    PageText text;
    text.add(written, folded);
    text.finish(folded);
    auto const begin = folded.find_first_not_of(' ');
    if (begin == folded.npos)
        return {};
    folded = folded.substr(begin, folded.find_last_not_of(' ') + 1 - begin);
    return (written.starts_with(' ') ? " " : "") + folded + (written.ends_with(' ') ? " " : "");
}

/// What is wrong with the line; empty if its phrase was appended, or if there is none.
std::string_view read_line(std::string_view line, std::uint32_t number, std::vector<Phrase>& phrases)
{
    if (line.empty() || line.front() == '#')
        return {};
    auto groups = split_groups(line);
    if (!groups || groups->empty())
        return "this is no phrase; write \"<phrase><weight>\"";
    Phrase phrase;
    phrase.weight = max_phrase_weight;
    phrase.line = number;
    if (groups->size() > 1)
        if (auto const weight = number_in(groups->back())) {
            phrase.weight = std::clamp(*weight, -max_phrase_weight, max_phrase_weight);
            groups->pop_back();
        }
    for (auto const group : *groups) {
        auto part = fold_part(group);
        if (part.empty() || part.size() > max_phrase_bytes)
            return part.empty() ? "a part of the phrase has no letters" : "a part of the phrase is too long";
        phrase.parts.push_back(std::move(part));
    }
    phrases.push_back(std::move(phrase));
    return {};
}

} // namespace

std::vector<PhraseFault> read_phrases(std::string_view text, std::vector<Phrase>& phrases)
{
    std::vector<PhraseFault> faults;
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const fault = read_line(trim(text.substr(0, end)), number, phrases);
        if (!fault.empty())
            faults.push_back({number, std::string{fault}});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return faults;
}

} // namespace gatehouse::policy
