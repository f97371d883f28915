#include "policy/decide.hpp"
#include "policy/parse.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::HasSubstr;

class UrlFormTest : public ::testing::Test {
protected:
    UrlFormTest()
    {
        auto parsed = parse_policy(testing::school_sources());
        EXPECT_TRUE(parsed.ok());
        policy_ = std::move(parsed.policy);
    }
    std::string searched(std::string_view url) const
    {
        SearchText found;
        return find_search(policy_, Target::parse_url(url).value(), found) ? std::string{found.text()} : std::string{"-"};
    }
    /// What is behind a URL, or "host:port" for a tunnel.
    std::string behind(std::string_view url, std::size_t nth = 0) const
    {
        auto const target = url.find("://") == url.npos ? Target::parse_authority(url) : Target::parse_url(url);
        Wrapped found;
        return find_wrapped(policy_, target.value(), nth, found) ? found.target.to_text() : std::string{"-"};
    }

    Policy policy_;
};

TEST_F(UrlFormTest, ReadsWhatIsSearchedFor)
{
    EXPECT_EQ(searched("https://www.google.com/search?q=how+to+kill+a+mockingbird&hl=en"), "how to kill a mockingbird");
    EXPECT_EQ(searched("https://www.google.co.uk/search?hl=en&q=a%20b"), "a b");
    EXPECT_EQ(searched("https://google.com/search/?q=x"), "x");
    EXPECT_EQ(searched("http://www.bing.com/images/search?q=cats"), "cats");
    EXPECT_EQ(searched("https://duckduckgo.com/?q=caf%C3%A9"), "caf\xc3\xa9");
    EXPECT_EQ(searched("https://www.youtube.com/results?search_query=fights"), "fights");
    EXPECT_EQ(searched("https://www.reddit.com/r/teenagers/search/?q=sad"), "sad");
    EXPECT_EQ(searched("https://www.google.com/%73earch?%71=x"), "x");             // escapes that mean nothing
    EXPECT_EQ(searched("https://www.google.com/search?q=good&q=bad"), "good bad"); // whichever of both counts
    EXPECT_EQ(searched("https://www.google.com/search?q=a%00%0Ab"), "a b");
    EXPECT_EQ(searched("https://www.google.com/search?q=a%FF%C3b"),
        "a\xef\xbf\xbd\xef\xbf\xbd"
        "b"); // logs, pages and JSON hold UTF-8 only
    EXPECT_EQ(
        searched("https://www.google.com/search?q=abc%E2%80%AEdef%E2%80%8Bghi"), "abcdefghi"); // nothing that turns text around
    EXPECT_EQ(searched("https://www.google.com/search?q=" + std::string(511, 'a') + "%C3%A9"), std::string(511, 'a'));
}

TEST_F(UrlFormTest, TakesNothingElseForASearch)
{
    EXPECT_EQ(searched("https://www.google.com/search"), "-");
    EXPECT_EQ(searched("https://www.google.com/search?q="), "-");
    EXPECT_EQ(searched("https://www.google.com/searching?q=x"), "-");
    EXPECT_EQ(searched("https://www.google.com/?q=x"), "-");
    EXPECT_EQ(searched("https://www.notgoogle.com/search?q=x"), "-");
    EXPECT_EQ(searched("https://www.example.org/search?q=x"), "-");
    EXPECT_EQ(searched("https://www.google.com/search?qq=x&xq=y"), "-");
    EXPECT_EQ(searched("https://192.0.2.1/search?q=x"), "-");
}

TEST_F(UrlFormTest, OfASearchOfAnyLengthTheFirst512BytesAreShown)
{
    EXPECT_EQ(searched("https://www.google.com/search?q=" + std::string(5000, 'a')), std::string(max_read_text, 'a'));
    SearchText found;
    auto const url = "https://www.google.com/search?q=" + std::string(5000, 'a');
    ASSERT_TRUE(find_search(policy_, Target::parse_url(url).value(), found));
    EXPECT_EQ(found.all(), std::string(5000, 'a'));
}

/// So often.
std::string times(std::size_t count, std::string_view text)
{
    std::string all;
    for (; count > 0; --count)
        all += text;
    return all;
}

TEST_F(UrlFormTest, PaddingDoesNotPushASearchOutOfSight)
{
    for (std::string_view const padding : {"+", "%20", "%0A", "%E3%80%80"})
        EXPECT_EQ(searched("https://www.google.com/search?q=" + times(520, padding) + "a" + times(520, padding) + "b"), "a b");
    EXPECT_EQ(searched("https://www.google.com/search?q=a" + times(520, ".+") + "b"), "a. . . . . . . . b");
    EXPECT_EQ(searched("https://www.google.com/search?q=ab" + times(520, "%CC%81") + "cd"), "ab" + times(8, "\xcc\x81") + "cd");
    EXPECT_EQ(searched("https://www.google.com/search?x=" + times(2040, "a") + "&q=b"), "b");
    EXPECT_EQ(searched("https://www.google.com/search?" + times(2000, "x=1&") + "q=b"), "b");
}

TEST_F(UrlFormTest, TermsAreFoundHoweverFarBehindOthers)
{
    auto const pupil = policy_.subject_at(*IpAddress::parse("127.0.1.10"));
    Moment const now{{{2026, 11, 24}, 600}, {}};
    auto const verdict = [&](std::string const& query) {
        auto const url = "https://www.google.com/search?" + query;
        return decide(policy_, {pupil, Target::parse_url(url).value(), now, {}}).verdict;
    };
    EXPECT_EQ(verdict("q=how+to+kill+a+mockingbird"), Verdict::allow);
    EXPECT_EQ(verdict("q=how+to+kill+myself"), Verdict::block);
    for (std::string_view const padding : {"+", "%20", "a+", "%EF%B7%BA+", "longer-words+", "x=1&q="})
        for (std::size_t const count : {70U, 520U})
            EXPECT_EQ(verdict("q=" + times(count, padding) + "how+to+kill+myself"), Verdict::block) << padding << ' ' << count;
    EXPECT_EQ(verdict("q=kill" + times(520, ".") + "myself"), Verdict::block);
    EXPECT_EQ(verdict("x=" + times(2040, "a") + "&q=how+to+kill+myself"), Verdict::block);
    EXPECT_EQ(verdict("x=1;q=how+to+kill+myself"), Verdict::block);
    EXPECT_EQ(verdict("q=" + times(520, "longer-words+") + "end"), Verdict::allow);
}

TEST_F(UrlFormTest, SeesTheSiteBehindATranslator)
{
    EXPECT_EQ(behind("https://translate.google.com/translate?sl=auto&u=https://www.facebook.com/x?a=b"),
        "https://www.facebook.com/x?a=b");
    EXPECT_EQ(
        behind("https://translate.google.com/translate?u=https%3A%2F%2Fwww.facebook.com%2Fx"), "https://www.facebook.com/x");
    EXPECT_EQ(
        behind("https://translate.google.com/translate?u=https%253A%252F%252Fwww.facebook.com"), "https://www.facebook.com/");
    EXPECT_EQ(behind("https://translate.google.com/translate?u=WWW.Facebook.COM"), "https://www.facebook.com/");
    EXPECT_EQ(
        behind("https://translate.google.com/translate?u=http:%5C%5Cuser@facebook.com:8080?x"), "http://facebook.com:8080/?x");
    EXPECT_EQ(behind("https://translate.google.com/translate?u=//facebook.com"), "https://facebook.com/");
    EXPECT_EQ(behind("https://translate.google.com/"), "-");
    EXPECT_EQ(behind("https://translate.google.com/?text=hello&sl=en"), "-");
    EXPECT_EQ(behind("https://translate.google.com/translate?u=hello"), "-");
}

TEST_F(UrlFormTest, SeesTheSiteInTheNameWithoutLookingInside)
{
    EXPECT_EQ(behind("www-facebook-com.translate.goog:443"), "www.facebook.com:443");
    EXPECT_EQ(
        behind("https://my--site-example-org.translate.goog/page?_x_tr_sl=en"), "https://my-site.example.org/page?_x_tr_sl=en");
    EXPECT_EQ(behind("0-xn----bcher--kva-de-0.cdn.ampproject.org:443"), "xn--bcher-kva.de:443");
    EXPECT_EQ(behind("translate.goog:443"), "-");
    EXPECT_EQ(behind("nodots.translate.goog:443"), "-");
}

TEST_F(UrlFormTest, SeesTheSiteBehindArchivesCachesAndReaders)
{
    EXPECT_EQ(
        behind("https://web.archive.org/web/20200101000000/https://www.instagram.com/cats/"), "https://www.instagram.com/cats/");
    EXPECT_EQ(behind("https://web.archive.org/web/2020id_/http:/www.instagram.com"), "http://www.instagram.com/");
    EXPECT_EQ(behind("https://web.archive.org/web/2020*/instagram.com"), "https://instagram.com/");
    EXPECT_EQ(behind("https://web.archive.org/web/2020/x/../https://www.instagram.com/"), "https://www.instagram.com/");
    EXPECT_EQ(behind("https://web.archive.org/_static/js/playback.js"), "-");
    EXPECT_EQ(behind("https://archive.ph/newest/https://x.com/a"), "https://x.com/a");
    EXPECT_EQ(behind("https://archive.ph/x.com"), "https://x.com/");
    EXPECT_EQ(behind("https://archive.ph/Ab12C"), "-");
    EXPECT_EQ(behind("https://12ft.io/https://x.com/"), "https://x.com/");
    EXPECT_EQ(behind("https://12ft.io/favicon.ico"), "-");
    EXPECT_EQ(behind("https://12ft.io/proxy?q=https%3A%2F%2Fx.com%2Fa"), "https://x.com/a");
    EXPECT_EQ(behind("https://archive.ph/?run=1&url=https://x.com/a"), "https://x.com/a");
    EXPECT_EQ(behind("https://www.google.com/amp/s/www.example.org/page"), "https://www.example.org/page");
    EXPECT_EQ(behind("https://webcache.googleusercontent.com/search?q=cache:x.com/a"), "https://x.com/a");
    EXPECT_EQ(behind("https://i0.wp.com/www.example.org/cat.jpg"), "https://www.example.org/cat.jpg");
    EXPECT_EQ(behind("https://translate.google.com/translate?u=http://192.0.2.7/"), "http://192.0.2.7/");
}

TEST_F(UrlFormTest, ANameIsReadAsServersReadIt)
{
    for (std::string_view const name : {"u[]", "u[0]", "U%5B%5D", "u[", "+u", "%20u", "%75"})
        EXPECT_EQ(
            behind("https://translate.google.com/translate?" + std::string{name} + "=https://a.example/"), "https://a.example/")
            << name;
    for (std::string_view const name : {"uu", "u]", "x[u]", "[u]", "u+"})
        EXPECT_EQ(behind("https://translate.google.com/translate?" + std::string{name} + "=https://a.example/"), "-") << name;
    EXPECT_EQ(searched("https://www.google.com/search?q[]=cats"), "cats");
}

TEST_F(UrlFormTest, ARepeatedParameterMayMeanEither)
{
    auto const* const url = "https://translate.google.com/translate?u=https://a.example&u=junk&u=https://b.example";
    EXPECT_EQ(behind(url, 0), "https://a.example/");
    EXPECT_EQ(behind(url, 1), "https://b.example/");
    EXPECT_EQ(behind(url, 2), "-");
}

TEST_F(UrlFormTest, AnAddressOfAnyLengthStaysWithinItsRoom)
{
    auto const long_path = std::string(6000, 'a');
    EXPECT_EQ(
        behind("https://translate.google.com/translate?u=https://x.example/" + long_path).substr(0, 18), "https://x.example/");
    EXPECT_EQ(behind("https://translate.google.com/translate?u=x.example?" + long_path).substr(0, 20), "https://x.example/?a");
}

TEST_F(UrlFormTest, EscapesBehindALiteralSchemeHideNoSite)
{
    for (auto const* address : {"https://www.instagram.com%2F", "https://www.instagram.com%2Fexplore",
             "https://www.instagram.com%3A443/", "https://www.instagram.com%3Fx=1", "https://www.instagram.com%23a",
             "https://a%40www.instagram.com", "https:/%2Fwww.instagram.com/", "https://www%E3%80%82instagram.com",
             "https://www.instagram%252ecom%252F", "HTTPS://WWW.INSTAGRAM.COM%2f", "https%3a%2f%2fwww.instagram.com",
             "//www.instagram.com%2F", "www.instagram.com%2F", "www.instagram.com.%2F", "https:%5C%5Cwww.instagram.com%5Cx",
             "https://a%26b%40www.instagram.com/", "https://%2525@www.instagram.com/", "view-source:https://www.instagram.com/"})
        for (auto const* place : {"https://translate.google.com/translate?u=", "https://web.archive.org/web/2020/",
                 "https://translate.google.com/?%75="}) {
            auto const url = std::string{place} + address;
            Wrapped found;
            ASSERT_TRUE(find_wrapped(policy_, Target::parse_url(url).value(), 0, found)) << url;
            EXPECT_EQ(found.target.host.text(), "www.instagram.com") << url;
        }
    EXPECT_EQ(behind("https://translate.google.com/?u=http://3221225991%2F"), "http://192.0.2.7/");
    EXPECT_EQ(behind("https://translate.google.com/?u=http://%5B2001:db8::7%5D%2Fx"), "http://[2001:db8::7]/x");
    EXPECT_EQ(behind("https://translate.google.com/?u=https:%5C%5Ca.example%5Cb%5Cc?d%5Ce"), "https://a.example/b/c?d\\e");
}

TEST_F(UrlFormTest, WhatReadersOfAddressesDropHidesNoSite)
{
    for (auto const* address : {"%09https://www.instagram.com/", "%0ahttps://www.instagram.com/", "https://www.insta%09gram.com/",
             "ht%0Dtps://www.instagram.com", "+https://www.instagram.com+", "%00https://www.instagram.com%00",
             "https://www.instagram.com%00.a.example/", "https://www.instagram.com%20b", "%C2%A0https://www.instagram.com",
             "https://www.instagram.com;x"})
        EXPECT_EQ(behind("https://translate.google.com/translate?u=" + std::string{address}).substr(0, 26),
            "https://www.instagram.com/")
            << address;
}

TEST_F(UrlFormTest, AnAddressThatMayMeanTwoSitesMeansBoth)
{
    auto const* const backslash = "https://translate.google.com/?u=https://a.example%5C@b.example/";
    EXPECT_EQ(behind(backslash, 0), "https://a.example/@b.example/");
    EXPECT_EQ(behind(backslash, 1), "https://b.example/");
    EXPECT_EQ(behind(backslash, 2), "-");
    auto const* const layers = "https://translate.google.com/?u=https://a.example%252F@b.example/";
    EXPECT_EQ(behind(layers, 0), "https://b.example/");
    EXPECT_EQ(behind(layers, 1), "https://a.example/@b.example/");
    auto const* const semicolon = "https://translate.google.com/?x=1;u=https://a.example/;u=https://b.example/";
    EXPECT_EQ(behind(semicolon, 0), "https://a.example/");
    EXPECT_EQ(behind(semicolon, 1), "https://b.example/");
}

TEST_F(UrlFormTest, TheSitesOfAllFormsOfAHostAreCountedTogether)
{
    auto second = policy_.url_forms.back();
    for (auto const* id : {"one", "two"}) {
        second.id = id;
        second.hosts = {"both.example"};
        second.holds = UrlForm::Holds::address;
        second.in = UrlForm::In::parameter;
        second.paths = {};
        second.parameters = {id};
        policy_.url_forms.push_back(second);
    }
    policy_.prepare();
    auto const* const url = "https://both.example/?two=https://b.example/&one=https://a.example/";
    EXPECT_EQ(behind(url, 0), "https://a.example/");
    EXPECT_EQ(behind(url, 1), "https://b.example/");
    EXPECT_EQ(behind(url, 2), "-");
}

TEST_F(UrlFormTest, LengthHidesNoSite)
{
    for (std::size_t const length : {2040U, 8000U, 15000U}) {
        auto const padding = std::string(length, 'a');
        EXPECT_EQ(behind("https://translate.google.com/translate?sl=" + padding + "&u=https://a.example/"), "https://a.example/");
        EXPECT_EQ(behind("https://translate.google.com/translate?u=https://" + padding + "@a.example/"), "https://a.example/");
        EXPECT_EQ(behind("https://web.archive.org/web/" + padding + "/https://a.example/"), "https://a.example/");
        EXPECT_EQ(
            behind("https://web.archive.org/web/2020/https://" + std::string(length, '^') + "@a.example/"), "https://a.example/");
    }
}

TEST_F(UrlFormTest, MoreSitesThanAnybodyWritesAreClosed)
{
    auto const pupil = policy_.subject_at(*IpAddress::parse("127.0.1.10"));
    Moment const now{{{2026, 11, 24}, 600}, {}};
    auto const verdict = [&](std::size_t count) {
        auto const url = "https://translate.google.com/?" + times(count, "u=https://a.example/&") + "x=1";
        return decide(policy_, {pupil, Target::parse_url(url).value(), now, {}}).verdict;
    };
    EXPECT_EQ(verdict(most_wrapped), Verdict::allow);
    EXPECT_EQ(verdict(most_wrapped + 1), Verdict::block);
    EXPECT_EQ(verdict(700), Verdict::block);
}

struct Case {
    std::string_view text, complaint;
};

TEST(ReadContent, SaysWhatIsWrongWithAnEntry)
{
    for (auto const& [text, complaint] : {
             Case{"[[search_engine]]\nid = \"a\"\ntitle = \"A\"\nhosts = [\"no host\"]\nparameters = [\"q\"]", "no host name"},
             Case{"[[search_engine]]\nid = \"a\"\ntitle = \"A\"\nhosts = [\"a.example\"]", "\"parameters\" is missing"},
             Case{"[[search_engine]]\nid = \"a\"\ntitle = \"A\"\nhosts = [\"a.example\"]\nparameters = [\"q=\"]",
                 "no name of a parameter"},
             Case{"[[search_engine]]\nid = \"a\"\ntitle = \"A\"\nhosts = [\"a.example\"]\npaths = [\"x\"]\nparameters = [\"q\"]",
                 "is no path"},
             Case{"[[wrapper]]\nid = \"a\"\ntitle = \"A\"\nhosts = [\"a.example\"]\naddress = \"nowhere\"\nparameters = [\"q\"]",
                 "there is no place"},
             Case{"[[wrapper]]\nid = \"a\"\ntitle = \"A\"\nhosts = [\"a.example\"]\naddress = \"path\"", "\"paths\" is missing"},
             Case{"[[term_list]]\nid = \"a\"\ntitle = \"A\"\nseverity = \"dire\"\nterms = [\"x\"]", "there is no severity"},
             Case{"[[term_list]]\nid = \"a\"\ntitle = \"A\"\nseverity = \"note\"\nterms = [\"ab*\"]", "cannot be searched for"},
             Case{"[[term_list]]\nid = \"a\"\ntitle = \"A\"\nseverity = \"note\"\nterms = [\"x\"]\nwhen = 1", "unknown key"},
         }) {
        auto sources = testing::school_sources();
        sources.content.text += "\n" + std::string{text} + "\n";
        auto const parsed = parse_policy(sources);
        ASSERT_FALSE(parsed.problems.empty()) << text;
        EXPECT_THAT(parsed.problems.front().message, HasSubstr(complaint)) << text;
        EXPECT_EQ(parsed.problems.front().file, "content.toml");
        EXPECT_GT(parsed.problems.front().line, 0U);
    }
}

} // namespace
} // namespace gatehouse::policy
