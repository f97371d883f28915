#include "proxy/content/visible_text.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

using Kind = VisibleText::Kind;

/// Read in one piece and byte by byte: both must say the same. Blanks that follow each other count once.
std::string read(std::string_view input, Kind kind = Kind::html)
{
    std::string whole;
    VisibleText{kind}.add(input, whole);
    std::string bytewise;
    VisibleText one_by_one{kind};
    for (auto const c : input)
        one_by_one.add({&c, 1}, bytewise);
    EXPECT_EQ(whole, bytewise) << input;
    std::string text;
    for (auto const c : whole)
        if (c != ' ' || (!text.empty() && text.back() != ' '))
            text += c;
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

TEST(VisibleText, IsWhatStandsBetweenTags)
{
    EXPECT_EQ(read("<html><body><h1>One</h1><p class=x>two</p>three<br/>four</body></html>"), "One two three four");
    EXPECT_EQ(read("<P>a<DIV>b"), "a b");
    EXPECT_EQ(read("plain"), "plain");
    EXPECT_EQ(read("1 < 2 and 3 <3 you"), "1 < 2 and 3 <3 you");
}

TEST(VisibleText, TagsWithinAWordDoNotPartIt)
{
    EXPECT_EQ(read("ki<b>ll</b> your<span title=''>self</span>"), "kill your self"); // an attribute that is shown parts
    EXPECT_EQ(read("ki<!-- x -->ll k<i></i>ill k<wbr>ill"), "kill kill kill");
    EXPECT_EQ(read("ki&shy;ll ki&NoBreak;ll ki&it;ll"), "kill kill kill");
    EXPECT_EQ(read("ki<data>ll</data> k<x-y>i</x-y>ll"), "kill kill");
}

TEST(VisibleText, LeavesOutWhatNobodyReads)
{
    EXPECT_EQ(read("a<script>var x = '<p>no</p>'; if (a</b) {}</script>b<style>p{}</style>c"), "a b c");
    EXPECT_EQ(read("<script>x</scriptless></SCRIPT >y"), "y");
    EXPECT_EQ(read("<script></sc</script>y"), "y");
    EXPECT_EQ(read("a<!-- <p>no</p> -- > - -->b<!---->c<!-->d<!doctype html>e<?xml?>f"), "abcdef");
    EXPECT_EQ(read("<p data-x='no' href=\"no>no\">yes"), "yes");
}

TEST(VisibleText, HidesNothingBehindWhatBrowsersEndSooner)
{
    for (auto const* page : {"<!DOCTYPE html SYSTEM \"a--b\">y", "<?x -- ?>y", "<!-- x --!>y", "<!--->y", "<!-->y", "<!->y",
             "<!>y", "<!-- a --- -!> --!- -->y", "<!--!><style>-->y", "<!----!>y", "<svg><style/></svg>y", "<svg><script/>y",
             "<math></math><style/>y", "<script>var a=\"</scriptx><style>\";</script>y", "<style></style a=\"><!-- \">y",
             "</ a=\">y", "<p a/=\"x>y", "<title><!--</title>y", "<iframe><!--</iframe>y", "<noscript><!--</noscript>y",
             "<textarea><a title='</textarea>y", "<plaintext></plaintext><!-- y"})
        EXPECT_TRUE(read(page).ends_with("y")) << page << ": " << read(page);
}

TEST(VisibleText, EndsAScriptWhereBrowsersDo)
{
    for (auto const* page : {"<script><!--<script></script><style>--></script>y",
             "<script><!-- <SCRIPT\n x</scripts></script/><style>--></script>y", "<script><!--<script>--></script>y",
             "<script><!--></script>y", "<script><!-- </script>y", "<script><!--<scriptx></script>y",
             "<script><!--<x<script </script>x</script>y", "<script><!-- - <script>--</script>-- ></script>y"})
        EXPECT_EQ(read(page), "y") << page;
    EXPECT_EQ(read("<script>a<!--b<script>c</script>d</script>y"), "y");
    EXPECT_EQ(read("<style><!--<script></style>y"), "y");
}

TEST(VisibleText, FollowsSvgAndMathAsBrowsersDo)
{
    for (auto const* page : {"<svg><foreignObject><style><!--</style>y", "<svg><desc><div></desc></svg></div></desc><style><p>y",
             "<svg><desc></div><div></desc></svg></div></desc><style><p>y",
             "<math><annotation-xml encoding='text/html'><p></p></annotation-xml><style><p>y",
             "<svg><desc><b></desc></svg></b></desc><style><p>y", "<svg><desc/><style><p>y", "<math><annotation-xml><style><p>y",
             "<svg><foreignObject><div/></foreignObject></svg></div></foreignObject><style><p>y"})
        EXPECT_TRUE(read(page).ends_with("y")) << page << ": " << read(page);
    std::string deep;
    for (int i = 0; i < 100; ++i)
        deep += "<svg><desc>";
    EXPECT_EQ(read(deep + "</desc></svg><style><p>y"), "y");
    EXPECT_EQ(read("<svg><desc></svg><style>no</style>y"), "y");
    EXPECT_EQ(read("<math><mi></math><style>no</style>y"), "y");
    EXPECT_EQ(read("<svg><desc><svg></desc></svg><style>no</style>y"), "y");
    EXPECT_EQ(read("<math><annotation-xml><svg><desc></annotation-xml></math><style>no</style>y"), "y");
    EXPECT_EQ(read("<svg><p><style>no</style>y"), "y") << "a paragraph ends it";
    EXPECT_EQ(read("<svg><g></g></svg><math><mi>x</mi></math><style>no</style>y"), "x y");
    EXPECT_EQ(read("<svg><foreignObject><style>no</style>f</foreignObject></svg>y"), "f y");
    EXPECT_EQ(read("<svg><title>t</title><path/><foreignObject><div><p>f</p><br></div></foreignObject></svg><style>no</style>y"),
        "t f y");
}

TEST(VisibleText, OfXmlEndsNothingBeforeItsEnd)
{
    EXPECT_EQ(read("<?x a > <!-- ?>y", Kind::xml), "y");
    EXPECT_EQ(read("<!--><a b='-->y", Kind::xml), "y");
    EXPECT_EQ(read("<!-- --!> no -->y", Kind::xml), "y");
    auto const entity = read("<!DOCTYPE r [<!ENTITY a \"k&#105;ll > me\">]><r>&a;</r>", Kind::xml);
    EXPECT_NE(entity.find("kill > me"), entity.npos) << entity;
    EXPECT_TRUE(read("<!DOCTYPE r [<!ENTITY a '\"> <!-- '>]><r>y</r>", Kind::xml).ends_with("y"));
}

TEST(VisibleText, DropsNulAsBrowsersDo)
{
    using namespace std::string_view_literals;
    EXPECT_EQ(read("ki\0ll <b>\0me</b>\0"sv), "kill me");
}

TEST(VisibleText, OfXmlHidesNothingButComments)
{
    EXPECT_EQ(read("<html><script src='x.js'/><body>y</body></html>", Kind::xml), "y");
    EXPECT_EQ(read("<rss><title><![CDATA[a -- <b> ]] ]]]></title>y<!-- no --></rss>", Kind::xml), "a -- <b> ]] ] y");
    EXPECT_EQ(read("<a:x>one</a:x><a:y>t<b>w</b>o</a:y>", Kind::xml), "one two");
}

TEST(VisibleText, ReadsCdataWhereverItStands)
{
    EXPECT_EQ(read("ki<![CDATA[ll > me]]>!"), "kill me]]>!") << "browsers end it at the first mark";
    EXPECT_EQ(read("<svg><![CDATA[a > <style>]]></svg>y"), "a > <style> y");
}

TEST(VisibleText, ReadsWhatIsShownWithItsTags)
{
    EXPECT_EQ(read("<title>a &amp; <b>&#105;</title>y"), "a <b>i y");
    EXPECT_EQ(read("<textarea>x</textare</TEXTAREA >y"), "x</textare y");
    EXPECT_EQ(read("<noscript>un<b class=x>k&#105;</b>nd</noscript>y"), "unkind y");
}

TEST(VisibleText, ReadsAttributesThatAreShownOrSpoken)
{
    EXPECT_EQ(read("<img src=x alt='A &amp; B'>end"), "A B end");
    EXPECT_EQ(read("<meta name=description content=\"About it\"><input placeholder=here>"), "About it here");
    EXPECT_EQ(read("<a TITLE = 'one>two' >x</a>"), "one>two x");
    EXPECT_EQ(read("<img alt=unquoted>end"), "unquoted end");
}

TEST(VisibleText, TakesEntitiesAway)
{
    EXPECT_EQ(read("k&#105;l&#x6C; &#X6b;&#105ll"), "kill kill");
    EXPECT_EQ(read("caf&eacute; &Uuml;ber don&rsquo;t"), "cafe Uber don't");
    EXPECT_EQ(read("a&nbsp;b&unknown;c"), "a b unknown c") << "shown as it is";
    EXPECT_EQ(read("&kill;&yourself; x&hearts;y"), "kill yourself x y");
    EXPECT_EQ(read("k&ifr;l&lopf; k&imath;ll"), "kill kill");
    EXPECT_EQ(read("be &unkind to R&D<b>&kill</b> "), "be unkind to R D kill") << "no semicolon: shown as it is";
    EXPECT_EQ(read("a&nbspb ki&shyll &ampx &eacute x &it x"), "a b kill x e x it x");
    EXPECT_EQ(read("&#0;&#xd800;&#x110000;&#99999999999;x"), "x");
    EXPECT_EQ(read("&#x1F600;"), "\xf0\x9f\x98\x80");
}

TEST(VisibleText, BrokenMarkupEndsNothing)
{
    EXPECT_EQ(read("<p<b>x</p"), "x");
    EXPECT_EQ(read("<>x</>y< z"), "<>xy< z");
    EXPECT_EQ(read("<p a='unclosed>x"), "");
    EXPECT_EQ(read("<" + std::string(5000, 'a') + " " + std::string(5000, 'b') + "=c>x"), "x");
}

TEST(VisibleText, OfJsonIsWhatItsStringsSay)
{
    EXPECT_EQ(read(R"({"a":"k\u0069ll\nme","b":"x\/y \"q\" \\"})", Kind::json), R"({"a":"kill me","b":"x/y q \"})");
    EXPECT_EQ(read(R"("\ud83d\ude00 \ud83d \u00")", Kind::json), "\"\xf0\x9f\x98\x80 \"");
    EXPECT_EQ(read("data: {\"t\":\"ki\"}\n\ndata: x", Kind::json), "data: {\"t\":\"ki\"}\n\ndata: x");
}

TEST(VisibleText, OfPlainTextIsAllOfIt)
{
    EXPECT_EQ(read("a <b> &amp; \\u0041", Kind::plain), "a <b> &amp; \\u0041");
}

} // namespace
} // namespace gatehouse::content
