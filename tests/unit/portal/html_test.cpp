#include "proxy/portal/html.hpp"

#include <algorithm>
#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

TEST(ShownText, MakesHostileTextHarmless)
{
    struct Case {
        std::string_view raw, shown;
    };
    for (auto const& [raw, shown] : {Case{"plain", "plain"}, Case{"caf\xc3\xa9", "caf\xc3\xa9"}, Case{"a\nb\tc", "a b c"},
             Case{"a\x1b[31m", "a\xef\xbf\xbd[31m"},
             Case{"a\xe2\x80\xae"
                  "b",
                 "a\xef\xbf\xbd"
                 "b"},
             Case{"a\xe2\x81\xa6"
                  "b",
                 "a\xef\xbf\xbd"
                 "b"},
             Case{"\xff", "\xef\xbf\xbd"}, Case{"\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
             Case{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, Case{"\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"},
             Case{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"}, Case{"\xc2\x85", "\xef\xbf\xbd"}, Case{"", ""}})
        EXPECT_EQ(shown_text(raw), shown) << raw;
}

TEST(ShownText, CutsAtACharacter)
{
    EXPECT_EQ(shown_text("abcdef", 3), "abc\xe2\x80\xa6");
    EXPECT_EQ(shown_text("ab\xc3\xa9", 3), "ab\xe2\x80\xa6");
    EXPECT_EQ(shown_text(std::string(8192, 'x')).size(), 203u);
}

TEST(Render, EscapesEveryText)
{
    View view;
    view.text("title", "<script>alert('x')</script>&\"").text("what", "w").text("next", "n");
    auto const page = render("error", view).text();
    EXPECT_NE(page.find("&lt;script&gt;alert(&apos;x&apos;)&lt;/script&gt;&amp;&quot;"), std::string::npos) << page;
    EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Render, LeavesTagsInValuesAlone)
{
    View view;
    view.text("title", "{{{what}}}{{what}}").text("what", "SECRET");
    EXPECT_NE(render("error", view).text().find("{{{what}}}{{what}}"), std::string::npos);
}

/// Raw text may enter only where the code passes an Html.
TEST(Templates, HaveNoUnescapedPlaceButTheKnownOnes)
{
    for (auto const name : embedded_names()) {
        if (!name.ends_with(".mustache"))
            continue;
        auto text = std::string(embedded_file(name));
        EXPECT_EQ(text.find("{{&"), std::string::npos) << name;
        for (std::string_view const known : {"{{{content}}}", "{{{style}}}"})
            for (auto at = text.find(known); at != std::string::npos; at = text.find(known))
                text.erase(at, known.size());
        EXPECT_EQ(text.find("{{{"), std::string::npos) << name;
    }
}

TEST(Templates, AreAllValid)
{
    std::size_t count = 0;
    for (auto const name : embedded_names()) {
        if (!name.ends_with(".mustache"))
            continue;
        kainjow::mustache::mustache const parsed{std::string(embedded_file(name))};
        EXPECT_TRUE(parsed.is_valid()) << name << ": " << parsed.error_message();
        ++count;
    }
    EXPECT_GE(count, 4u);
}

TEST(Templates, NeedNoScriptAndNoInlineStyle)
{
    for (auto const name : embedded_names()) {
        auto const text = embedded_file(name);
        if (!name.ends_with(".mustache"))
            continue;
        bool const may_have_a_script
            = name == "live.mustache"; // the log as it is written: ours, beside a page that works without it
        EXPECT_TRUE(may_have_a_script || text.find("<script") == std::string_view::npos) << name;
        EXPECT_EQ(text.find(" style="), std::string_view::npos) << name;
        EXPECT_EQ(text.find(" onclick="), std::string_view::npos) << name;
    }
}

} // namespace
} // namespace gatehouse::portal
