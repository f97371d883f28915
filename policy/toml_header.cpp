#include "policy/toml_header.hpp"

#include <algorithm>
#include <string>

namespace gatehouse::policy {
namespace {

constexpr std::string_view blanks = " \t";

bool may_begin_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '"'
        || c == '\'';
}

/// Where in the line the name should begin; npos if the line opens no header.
std::size_t name_begins_at(std::string_view line)
{
    auto at = std::min(line.find_first_not_of(blanks), line.size());
    if (at == line.size() || line[at] != '[')
        return line.npos;
    ++at;
    if (at < line.size() && line[at] == '[')
        ++at;
    return std::min(line.find_first_not_of(blanks, at), line.size());
}

/// A byte order mark is passed over by the parser too.
std::string_view without_mark(std::string_view text)
{
    constexpr std::string_view mark = "\xef\xbb\xbf";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

/// The quotes that open a text at the front: one or three of a kind; empty if none do.
std::string_view opening_quotes(std::string_view text)
{
    if (text.empty() || (text.front() != '"' && text.front() != '\''))
        return {};
    bool const three = text.size() >= 3 && text[1] == text[0] && text[2] == text[0];
    return text.substr(0, three ? 3 : 1);
}

/// Bytes from behind the opening quotes to behind the closing ones. A text of one line ends with the line; the parser then complains.
std::size_t size_of_quoted(std::string_view text, std::string_view quotes)
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text.substr(at).starts_with(quotes))
            return at + quotes.size();
        if (quotes.size() == 1 && text[at] == '\n')
            return at;
        if (quotes.front() == '"' && text[at] == '\\')
            ++at; // what is escaped closes nothing
    }
    return text.size();
}

/// Bytes at the front that are quoted or a comment; zero if the front is neither.
std::size_t size_of_free_text(std::string_view text)
{
    if (text.front() == '#')
        return std::min(text.find('\n'), text.size());
    auto const quotes = opening_quotes(text);
    return quotes.empty() ? 0 : quotes.size() + size_of_quoted(text.substr(quotes.size()), quotes);
}

TextPlace place_in(std::string_view text, std::size_t at)
{
    auto const before = text.substr(0, at);
    auto const line = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n') + 1);
    auto const begin = before.rfind('\n') + 1; // npos + 1 is zero
    return {line, static_cast<std::uint32_t>(at - begin + 1)};
}

/// A closing brace that no open one waits for: toml++ 3.3 takes it for the begin of a value within an array, and swears that it is none.
std::optional<TextPlace> find_stray_brace(std::string_view text)
{
    std::string open; // innermost last
    for (std::size_t at = 0; at < text.size();) {
        auto const c = text[at];
        if (c == '[' || c == '{')
            open += c;
        else if (c == '}' && !open.ends_with('{'))
            return place_in(text, at);
        else if ((c == '}' || c == ']') && !open.empty())
            open.pop_back();
        at += std::max<std::size_t>(1, size_of_free_text(text.substr(at)));
    }
    return std::nullopt;
}

constexpr std::string_view word_ends = " \t\r\n\v\f,]}#"; // as toml++ ends a value

/// The size of a word that looks like a date at the front ("2026-12-01"; underscores do not count); zero if there is none. It is given up as soon as it is
/// too long for one: of a hundred thousand brackets each may begin a word.
std::size_t size_of_date(std::string_view text)
{
    constexpr std::size_t letters = 10;
    std::string word;
    std::size_t size = 0;
    for (; size < text.size() && word_ends.find(text[size]) == word_ends.npos; ++size) {
        if (text[size] == '_')
            continue;
        if (word.size() == letters)
            return 0;
        word += text[size];
    }
    bool const is_date = word.size() == letters && word[0] >= '0' && word[0] <= '9' && word[4] == '-' && word[7] == '-';
    return is_date ? size : 0;
}

/// A date, a blank and a single digit: toml++ 3.3 takes it for the begin of an hour, and swears that more must follow.
std::optional<TextPlace> find_lone_hour(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        if (auto const free = size_of_free_text(text.substr(at)); free > 0) {
            at += free;
            continue;
        }
        bool const begins_word
            = at == 0 || word_ends.find(text[at - 1]) != word_ends.npos || text[at - 1] == '[' || text[at - 1] == '=';
        auto const size = begins_word ? size_of_date(text.substr(at)) : 0;
        auto const hour = at + size + 1;
        bool const is_lone = size > 0 && hour + 1 < text.size() && text[hour - 1] == ' ' && text[hour] >= '0' && text[hour] <= '9'
            && word_ends.find(text[hour + 1]) != word_ends.npos;
        if (is_lone)
            return place_in(text, hour);
        ++at;
    }
    return std::nullopt;
}

} // namespace

std::optional<TextPlace> find_stray_letter(std::string_view text)
{
    text = without_mark(text);
    for (std::size_t at = 0; at < text.size();) {
        if (static_cast<unsigned char>(text[at]) >= 0x80)
            return place_in(text, at);
        at += std::max<std::size_t>(1, size_of_free_text(text.substr(at)));
    }
    return std::nullopt;
}

std::optional<TextFault> find_fault(std::string_view text)
{
    if (auto const place = find_bad_header(text))
        return TextFault{*place, "a table's name must follow the bracket"};
    if (auto const place = find_stray_letter(text))
        return TextFault{*place, "this letter may stand in quotes or in a comment only"};
    if (auto const place = find_stray_brace(without_mark(text)))
        return TextFault{*place, "this brace closes nothing"};
    if (auto const place = find_lone_hour(without_mark(text)))
        return TextFault{*place, "a time of the day has two digits for its hour, as 09:00"};
    return std::nullopt;
}

std::optional<TextPlace> find_bad_header(std::string_view text)
{
    text = without_mark(text);
    for (std::uint32_t number = 1; !text.empty(); ++number) {
        auto const end = std::min(text.find('\n'), text.size());
        auto const line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto const at = name_begins_at(line);
        // A closing bracket is a mistake that the parser tells of itself.
        if (at != line.npos && (at == line.size() || (!may_begin_name(line[at]) && line[at] != ']')))
            return TextPlace{number, static_cast<std::uint32_t>(at + 1)};
    }
    return std::nullopt;
}

} // namespace gatehouse::policy
