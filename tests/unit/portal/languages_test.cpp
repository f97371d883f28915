#include "proxy/portal/languages.hpp"

#include "proxy/portal/html.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <regex>
#include <set>

namespace gatehouse::portal {
namespace {

std::set<std::string> words_between_marks(std::string const& text)
{
    static std::regex const marked{R"(\{\{#say\}\}([\s\S]*?)\{\{/say\}\})"};
    std::set<std::string> words;
    for (std::sregex_iterator at{text.begin(), text.end(), marked}, end; at != end; ++at)
        words.insert((*at)[1]);
    return words;
}

/// What a template asks of its view: "{{site}}".
std::multiset<std::string> names_in(std::string const& text)
{
    static std::regex const named{R"(\{\{[^}]*\}\})"};
    std::multiset<std::string> names;
    for (std::sregex_iterator at{text.begin(), text.end(), named}, end; at != end; ++at)
        names.insert(at->str());
    return names;
}

/// Where a pattern of words() puts its parts, which is the same whether they are numbered or not: "{0}", "{1}".
std::multiset<std::string> places_in(std::string const& text)
{
    static std::regex const place{R"(\{(\d?)\})"};
    std::multiset<std::string> places;
    for (std::sregex_iterator at{text.begin(), text.end(), place}, end; at != end; ++at)
        places.insert((*at)[1].length() == 0 ? std::to_string(places.size()) : (*at)[1].str());
    return places;
}

boost::json::object catalogue(std::string_view file)
{
    return boost::json::parse(std::string{embedded_file(file)}).as_object();
}

/// The block page's words, those of the portal with what it shares with the console, and those of the error and the trust page.
constexpr std::string_view parts[]{".json", "-portal.json", "-errors.json"};

TEST(Languages, HaveEveryWordOfTheBlockPage)
{
    auto words = words_between_marks(std::string{embedded_file("block.mustache")});
    for (auto const* const heading :
        {"This page is blocked", "This file was stopped", "This file is blocked", "You need a member of staff beside you",
            "This message was not sent", "This search is blocked", "This site is blocked", "This site is not open yet"})
        words.insert(heading);
    EXPECT_GT(words.size(), 35U);
    for (auto const& info : all_languages()) {
        if (info.language == Language::english)
            continue;
        for (auto const& english : words) {
            auto const said = say(info.language, english);
            EXPECT_NE(said, english) << info.tag;
            EXPECT_EQ(names_in(std::string{said}), names_in(english)) << info.tag << ": " << english;
        }
    }
}

TEST(Languages, HaveEveryWordOfThePortalsTemplates)
{
    std::set<std::string> words;
    for (auto const* const name : {"bullets", "error_summary", "form", "heading", "inset", "layout", "link", "notice", "numbered",
             "pages", "paragraph", "picture", "subheading", "summary", "table", "tasks", "warning"})
        words.merge(words_between_marks(std::string{embedded_file(std::string{name} + ".mustache")}));
    EXPECT_GT(words.size(), 14U);
    for (auto const& info : all_languages()) {
        if (info.language == Language::english)
            continue;
        auto const all = catalogue(std::string{info.tag} + "-portal.json");
        for (auto const& english : words)
            EXPECT_TRUE(all.contains(english)) << info.tag << ": " << english;
    }
}

TEST(Languages, HaveEveryWordOfTheErrorPageAndTheTrustPage)
{
    std::set<std::string> words;
    for (auto const* const name : {"error", "trust", "trust_picture"})
        words.merge(words_between_marks(std::string{embedded_file(std::string{name} + ".mustache")}));
    EXPECT_EQ(words.size(), 8U);
    for (auto const& info : all_languages())
        for (auto const& english : words)
            EXPECT_EQ(say(info.language, english) == english, info.language == Language::english) << info.tag << ": " << english;
}

TEST(Languages, SayNothingThatIsNotAsked)
{
    for (auto const part : parts) {
        auto const first = catalogue("pl" + std::string{part});
        for (auto const& info : all_languages()) {
            if (info.language == Language::english)
                continue;
            auto const other = catalogue(std::string{info.tag} + std::string{part});
            EXPECT_EQ(other.size(), first.size()) << info.tag << part;
            for (auto const& [english, words] : other) {
                EXPECT_TRUE(first.contains(english)) << info.tag << part << ": " << english;
                EXPECT_TRUE(words.is_string() && !words.as_string().empty()) << info.tag << part << ": " << english;
            }
        }
    }
}

TEST(Languages, KeepWhatIsPutIn)
{
    std::size_t files = 0;
    for (auto const name : embedded_names()) {
        if (!name.ends_with(".json") || name.find("-kept") != name.npos) // those are patterns: kept_sentences_test.cpp
            continue;
        ++files;
        for (auto const& [key, words] : catalogue(name)) {
            std::string const english{key}, said{words.as_string()};
            EXPECT_EQ(names_in(said), names_in(english)) << name << ": " << english;
            EXPECT_EQ(places_in(said), places_in(english)) << name << ": " << english;
        }
    }
    EXPECT_GE(files, std::size(parts) * (language_count - 1));
}

TEST(PreferredLanguage, IsTheOneAskedForMost)
{
    struct {
        std::string_view asked;
        Language language;
    } const rows[]{{"", Language::english}, {"en-GB,en;q=0.9", Language::english}, {"pl", Language::polish},
        {"pl-PL,pl;q=0.9,en;q=0.8", Language::polish}, {"en;q=0.5, UR-pk;q=0.7", Language::urdu},
        {"de,fr;q=0.9,uk;q=0.1", Language::ukrainian}, {"ro;q=0", Language::english}, {"*", Language::english},
        {"bn;q=0.301,gu;q=0.302", Language::gujarati}, {"pa;q=1.000", Language::panjabi}, {"ar;q=x", Language::english},
        {"ar;x=1", Language::english}, {",,;;,es", Language::spanish}, {"pt ; q=0.9", Language::portuguese},
        {"polish", Language::english}};
    for (auto const& [asked, language] : rows)
        EXPECT_EQ(preferred_language(asked), language) << asked;
    EXPECT_EQ(preferred_language(std::string(100000, ',') + "pl"), Language::english) << "nobody reads that far";
}

TEST(ParseLanguage, ReadsWhatTheInfoSays)
{
    for (auto const& info : all_languages()) {
        EXPECT_EQ(parse_language(info.tag), info.language);
        EXPECT_EQ(&info_of(info.language), &info);
    }
    EXPECT_EQ(parse_language("xx"), Language::english);
    EXPECT_EQ(parse_language(""), Language::english);
}

TEST(SpokenTemplate, ReplacesWhatIsMarked)
{
    EXPECT_EQ(spoken_template(Language::english, "<p>{{#say}}Why?{{/say}}</p>{{x}}"), "<p>Why?</p>{{x}}");
    EXPECT_EQ(spoken_template(Language::polish, "<p>{{#say}}Why?{{/say}}</p>"), "<p>Dlaczego?</p>");
    EXPECT_EQ(spoken_template(Language::polish, "{{#say}}Not known{{/say}}{{#say}}open"), "Not known{{#say}}open");
}

} // namespace
} // namespace gatehouse::portal
