#include "proxy/portal/console/list_lines.hpp"

#include <gtest/gtest.h>

namespace gatehouse::portal::console {
namespace {

/// "2:example.org 3:-", with "-" for what is no site.
std::string read(std::string_view text)
{
    std::string out;
    for (auto const& line : read_list_lines(text))
        out += (out.empty() ? "" : " ") + std::to_string(line.number) + ":" + (line.target.empty() ? "-" : line.target);
    return out;
}

TEST(ReadListLines, TakesWhatSchoolsPasteAndDownload)
{
    struct Case {
        char const *text, *wanted;
    };
    for (auto const& [text, wanted] : {
             Case{"", ""},
             Case{"example.org", "1:example.org"},
             Case{"\xef\xbb\xbf"
                  "example.org\r\n\r\n  Games.Example \r\n",
                 "1:example.org 3:games.example"},
             Case{"# a list\nexample.org # why\n#end", "2:example.org"},
             Case{"https://example.org/games#top", "1:https://example.org/games#top"},
             Case{"example.org/games", "1:example.org/games"},
             Case{"*.example.org\n.example.com\n*.example.net/a", "1:example.org 2:example.com 3:*.example.net/a"},
             Case{"0.0.0.0 ads.example\n127.0.0.1\tads2.example ads3.example # both\n127.0.0.1 localhost",
                 "1:ads.example 2:ads2.example 2:ads3.example"},
             Case{"::1 localhost\n:: ads.example", "2:ads.example"},
             Case{"[Adblock Plus 2.0]\n! Title: ads\n||ads.example^\n||ads2.example^$important", "3:ads.example 4:ads2.example"},
         })
        EXPECT_EQ(read(text), wanted) << text;
}

TEST(ReadListLines, NamesWhatIsNoSite)
{
    struct Case {
        char const *text, *wanted;
    };
    for (auto const& [text, wanted] : {
             Case{"@@||good.example^", "1:-"},
             Case{"||ads.example^$third-party", "1:-"},
             Case{"192.0.2.7 redirected.example", "1:-"},
             Case{"a..b", "1:-"},
             Case{"ok.example\n||x^y^\nfine.example", "1:ok.example 2:- 3:fine.example"},
         })
        EXPECT_EQ(read(text), wanted) << text;
    EXPECT_EQ(read("not a site"), "1:not a site") << "the store says so";
}

} // namespace
} // namespace gatehouse::portal::console
