#include "proxy/portal/languages.hpp"

#include "proxy/portal/ascii.hpp"
#include "proxy/portal/html.hpp"
#include "proxy/portal/kept_sentences.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

namespace gatehouse::portal {

namespace {

using Catalogue = std::map<std::string, std::string, std::less<>>;

constexpr std::array languages{LanguageInfo{Language::english, "en", "English"},
    LanguageInfo{Language::arabic, "ar", "العربية", true}, LanguageInfo{Language::bengali, "bn", "বাংলা"},
    LanguageInfo{Language::gujarati, "gu", "ગુજરાતી"}, LanguageInfo{Language::panjabi, "pa", "ਪੰਜਾਬੀ"},
    LanguageInfo{Language::polish, "pl", "polski"}, LanguageInfo{Language::portuguese, "pt", "português"},
    LanguageInfo{Language::romanian, "ro", "română"}, LanguageInfo{Language::spanish, "es", "español"},
    LanguageInfo{Language::ukrainian, "uk", "українська"}, LanguageInfo{Language::urdu, "ur", "اردو", true}};

static_assert(languages.size() == language_count);

constexpr std::string_view kept_mark = "-kept"; // in the names of files whose words are patterns, by context

/// Compiled in, so what cannot be read is a mistake of ours, which a test finds; then there is nothing to say.
boost::json::object read_file(std::string_view name)
{
    namespace json = boost::json;
    auto const bytes = embedded_file(name);
    json::error_code failure;
    auto const value = json::parse(json::string_view(bytes.data(), bytes.size()), failure);
    return !failure && value.is_object() ? value.get_object() : json::object{};
}

/// "es.json" and all of "es-*.json": what a language says may stand in more than one file.
bool is_of(std::string_view name, std::string_view tag)
{
    return name.starts_with(tag) && name.ends_with(".json") && (name[tag.size()] == '.' || name[tag.size()] == '-');
}

Catalogue read_catalogue(std::string_view tag)
{
    Catalogue catalogue;
    for (auto const name : embedded_names())
        if (is_of(name, tag) && name.find(kept_mark) == name.npos)
            for (auto const& [english, words] : read_file(name))
                if (words.is_string())
                    catalogue.emplace(std::string(english), std::string(words.get_string()));
    return catalogue;
}

KeptSentences read_kept(std::string_view tag)
{
    KeptSentences kept;
    for (auto const name : embedded_names())
        if (is_of(name, tag) && name.find(kept_mark) != name.npos)
            for (auto const& [context, patterns] : read_file(name))
                if (patterns.is_object())
                    for (auto const& [pattern, words] : patterns.get_object())
                        if (words.is_string())
                            kept.add(context, pattern, std::string_view{words.get_string()});
    return kept;
}

Catalogue const& catalogue_of(Language language)
{
    static auto const all = [] {
        std::array<Catalogue, languages.size()> read;
        for (auto const& info : languages)
            read[static_cast<std::size_t>(info.language)] = read_catalogue(info.tag);
        return read;
    }();
    return all[static_cast<std::size_t>(language)];
}

KeptSentences const& kept_of(Language language)
{
    static auto const all = [] {
        std::array<KeptSentences, languages.size()> read;
        for (auto const& info : languages)
            read[static_cast<std::size_t>(info.language)] = read_kept(info.tag);
        return read;
    }();
    return all[static_cast<std::size_t>(language)];
}

std::string_view cut(std::string_view& rest, char separator)
{
    auto const part = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return trimmed(part);
}

/// Thousandths of a quality value; one without is 1000, a broken one 0.
int quality_of(std::string_view parameter)
{
    if (parameter.empty())
        return 1000;
    if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=')
        return 0;
    if (parameter[2] == '1')
        return 1000;
    int value = 0, place = 100;
    for (char const c : parameter.substr(std::min<std::size_t>(4, parameter.size()), 3)) {
        if (c < '0' || c > '9')
            return 0;
        value += (c - '0') * place;
        place /= 10;
    }
    return value;
}

bool same_letters(std::string_view left, std::string_view right)
{
    return left.size() == right.size() && std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
    });
}

LanguageInfo const* find_language(std::string_view range, std::span<LanguageInfo const> offered)
{
    auto const primary = range.substr(0, range.find('-'));
    auto const found
        = std::find_if(offered.begin(), offered.end(), [&](LanguageInfo const& info) { return same_letters(primary, info.tag); });
    return found == offered.end() ? nullptr : &*found;
}

} // namespace

std::span<LanguageInfo const> all_languages()
{
    return languages;
}

std::span<LanguageInfo const> console_languages()
{
    static std::array const in_console{info_of(Language::english), info_of(Language::spanish)};
    return in_console;
}

LanguageInfo const& info_of(Language language)
{
    return languages[static_cast<std::size_t>(language)];
}

std::string_view other_names(Language language)
{
    static auto const all = [] {
        std::array<std::string, language_count> names;
        for (auto const& own : languages)
            for (auto const& other : languages)
                if (auto& text = names[static_cast<std::size_t>(own.language)]; other.language != own.language)
                    text += (text.empty() ? "" : " · ") + std::string(other.name);
        return names;
    }();
    return all[static_cast<std::size_t>(language)];
}

Language parse_language(std::string_view tag)
{
    auto const* const found = find_language(tag, languages);
    return found == nullptr ? Language::english : found->language;
}

Language preferred_language(std::string_view accept_language, std::span<LanguageInfo const> offered)
{
    constexpr std::size_t most_bytes = 200, most_ranges = 16;
    auto rest = accept_language.substr(0, most_bytes);
    auto best = Language::english;
    int best_quality = 0;
    for (std::size_t i = 0; i < most_ranges && !rest.empty(); ++i) {
        auto item = cut(rest, ',');
        auto const range = cut(item, ';');
        auto const quality = quality_of(trimmed(item));
        auto const* const found = find_language(range, offered);
        if (found == nullptr || quality <= best_quality)
            continue;
        best = found->language;
        best_quality = quality;
    }
    return best;
}

std::string_view say(Language language, std::string_view english)
{
    if (language == Language::english)
        return english;
    auto const& catalogue = catalogue_of(language);
    auto const found = catalogue.find(english);
    return found == catalogue.end() ? english : std::string_view{found->second};
}

std::string say_kept(Language language, std::string_view context, std::string_view english)
{
    return language == Language::english ? std::string(english) : kept_of(language).say(context, english);
}

std::string spoken_template(Language language, std::string_view text)
{
    constexpr std::string_view begin = "{{#say}}", end = "{{/say}}";
    std::string out;
    for (;;) {
        auto const from = text.find(begin);
        auto const to = from == text.npos ? text.npos : text.find(end, from);
        if (to == text.npos)
            return out.append(text);
        out.append(text.substr(0, from));
        out.append(say(language, text.substr(from + begin.size(), to - from - begin.size())));
        text.remove_prefix(to + end.size());
    }
}

} // namespace gatehouse::portal
