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

boost::json::object catalogue(std::string_view tag)
{
    return boost::json::parse(std::string{embedded_file(std::string{tag} + ".json")}).as_object();
}

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

TEST(Languages, SayNothingThatIsNotAsked)
{
    auto const first = catalogue("pl");
    for (auto const& info : all_languages()) {
        if (info.language == Language::english)
            continue;
        auto const other = catalogue(info.tag);
        EXPECT_EQ(other.size(), first.size()) << info.tag;
        for (auto const& [english, words] : other) {
            EXPECT_TRUE(first.contains(english)) << info.tag << ": " << english;
            EXPECT_TRUE(words.is_string() && !words.as_string().empty()) << info.tag << ": " << english;
        }
    }
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
