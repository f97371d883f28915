#include "proxy/content/charset.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

std::string convert(std::string_view charset, std::string_view bytes, std::size_t piece = 4096, CharsetBy by = CharsetBy::page)
{
    ToUtf8 to_utf8{by, charset};
    std::string utf8;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size())))
        to_utf8.add(bytes.substr(0, piece), utf8);
    to_utf8.finish(utf8);
    return utf8;
}

TEST(Charset, IsAParameterOfTheContentType)
{
    EXPECT_EQ(charset_of("text/html; charset=ISO-8859-1"), "ISO-8859-1");
    EXPECT_EQ(charset_of("text/html;CHARSET=\"utf-8\"; x=y"), "utf-8");
    EXPECT_EQ(charset_of("text/html"), "");
    EXPECT_EQ(charset_of("charset=x"), "");
    EXPECT_EQ(
        charset_of("text/html; x=charset=utf-16; xcharset=utf-16; y=\"; charset=utf-16\"; charset=utf-8; charset=z"), "utf-8");
}

TEST(Charset, OfTheHeaderIsConverted)
{
    EXPECT_EQ(convert("iso-8859-1", "caf\xe9"), "caf\xc3\xa9");
    EXPECT_EQ(convert("windows-1251", "\xf1\xee\xed"), "\xd1\x81\xd0\xbe\xd0\xbd");
    EXPECT_EQ(convert("Shift_JIS", "\x93\xfa\x96\x7b", 1), "\xe6\x97\xa5\xe6\x9c\xac"); // characters cut in two
    EXPECT_EQ(convert("utf-8", "caf\xc3\xa9", 1), "caf\xc3\xa9");
}

TEST(Charset, IsToldByAMarkBeforeTheHeaderAndByAMetaBehindIt)
{
    EXPECT_EQ(convert("iso-8859-1", std::string_view{"\xff\xfek\0i\0", 6}), "ki");
    EXPECT_EQ(convert("", "<meta charset=\"iso-8859-1\"><p>caf\xe9", 7), "<meta charset=\"iso-8859-1\"><p>caf\xc3\xa9");
}

TEST(Charset, OfAMetaThatComesLateIsTaken)
{
    std::string_view const meta = "<meta charset=iso-8859-1>";
    for (std::size_t const before : {1000U, 1010U, 1024U, 2000U, 15'000U})
        for (std::size_t const piece : {1U, 7U, 1024U, 40'000U}) {
            auto const padding = "<!--" + std::string(before, 'x') + "\xe9-->";
            auto const converted = "<!--" + std::string(before, 'x') + "\xc3\xa9-->";
            EXPECT_EQ(convert("", padding + std::string{meta} + "caf\xe9", piece), converted + std::string{meta} + "caf\xc3\xa9")
                << before << ' ' << piece;
        }
    for (std::size_t const piece : {1U, 40'000U}) {
        auto const page = std::string(17'000, ' ') + std::string{meta} + "\xe9";
        EXPECT_EQ(convert("", page, piece), page) << "nobody reads a page twice for so late a word";
        EXPECT_EQ(convert("", "\xef\xbb\xbf" + std::string(1500, ' ') + std::string{meta} + "\xc3\xa9", piece),
            std::string(1500, ' ') + std::string{meta} + "\xc3\xa9");
    }
}

TEST(Charset, IsNotWaitedForByWhatIsReadAlikeInAll)
{
    ToUtf8 to_utf8{CharsetBy::page, ""};
    std::string utf8;
    to_utf8.add(std::string(2000, 'x') + "\xe9y", utf8);
    EXPECT_EQ(utf8, std::string(2000, 'x'));
    to_utf8.finish(utf8);
    EXPECT_EQ(utf8, std::string(2000, 'x') + "\xe9y");
}

TEST(Charset, OfWhatIsNoPageIsNotTakenFromItsText)
{
    std::string_view const text = "charset=utf-16be <meta charset=iso-8859-1> \xe9";
    EXPECT_EQ(convert("", text, 4096, CharsetBy::field), text);
    EXPECT_EQ(convert("iso-8859-1", "\xe9", 1, CharsetBy::field), "\xc3\xa9");
    EXPECT_EQ(convert("", std::string_view{"\xff\xfek\0i\0", 6}, 1, CharsetBy::field), "ki");
}

TEST(Charset, OfWhatIsUtf8AlwaysIsNeverAnother)
{
    for (auto const* text : {"kill yourself", "\xff\xfekill yourself", "charset=utf-16be"})
        for (auto const piece : {std::size_t{1}, std::size_t{4096}})
            EXPECT_EQ(convert("utf-16be", text, piece, CharsetBy::nothing), text);
    EXPECT_EQ(convert("", "\xef\xbb\xbf{}", 1, CharsetBy::nothing), "{}");
}

TEST(Charset, ThatBrowsersDoNotKnowIsNotConverted)
{
    EXPECT_EQ(convert("utf-7", "+AGsAaQ- kill"), "+AGsAaQ- kill");
    for (auto const* name : {"no-such-charset", "cp037", "ibm-37", "ebcdic-cp-us", "utf-32", "utf-16,version=1", "iso-2022-kr"})
        EXPECT_EQ(convert(name, "kill"), "kill") << name;
    std::string_view const said = "<meta charset=iso-8859-1>\xe9";
    EXPECT_EQ(convert("cp037", said), convert("", said)) << "as if none had been named";
    EXPECT_EQ(convert("", "kill"), "kill");
}

TEST(Charset, NamedUtf16IsLittleEndian)
{
    std::string_view const little{"k\0i\0", 4};
    for (auto const* name : {"utf-16", "UTF-16LE", "ucs-2", "unicode", " utf-16 "})
        EXPECT_EQ(convert(name, little), "ki") << name;
    EXPECT_EQ(convert("utf-16be", std::string_view{"\0k\0i", 4}), "ki");
    EXPECT_EQ(convert("utf-16be", std::string_view{"\xff\xfek\0i\0", 6}), "ki") << "a mark wins";
}

TEST(Charset, OfAPageIsSaidInAMetaAndNowhereElse)
{
    for (std::string const ignored :
        {"<meta charset=utf-16>", "<!-- charset=utf-16be -->", "<!-- <meta charset=iso-8859-1> -->", "charset=iso-8859-1",
            "<p title='<meta charset=iso-8859-1>'>", "<metal charset=iso-8859-1>", "<meta content='x; charset=iso-8859-1'>",
            "<? <meta charset=iso-8859-1>", "<!-- x --><meta charset=utf-8><meta charset=iso-8859-1>"})
        EXPECT_EQ(convert("", ignored + "kill\xe9"), ignored + "kill\xe9");
    for (std::string const taken :
        {"<meta charset=iso-8859-1>", "<!--><META/CharSet = 'latin1'>", "<p><meta x charset=\"cp1252\"/>",
            "<meta http-equiv=Content-Type content='text/html; charset = iso-8859-1'>", "<meta charset=no><meta charset=l1>",
            "<?xml version='1.0' encoding='iso-8859-1'?>", "<meta charset=x-user-defined>"})
        EXPECT_EQ(convert("", taken + "\xe9", 3), taken + "\xc3\xa9");
    EXPECT_EQ(convert("", std::string_view{"<\0?\0x\0", 6}), "<?x");
}

} // namespace
} // namespace gatehouse::content
