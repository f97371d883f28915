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
    EXPECT_EQ(convert("", std::string(2000, ' ') + "<meta charset=iso-8859-1>\xe9").substr(2000), "<meta charset=iso-8859-1>\xe9")
        << "browsers look no further than 1024 bytes";
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
    EXPECT_EQ(convert("no-such-charset", "kill"), "kill");
    EXPECT_EQ(convert("", "kill"), "kill");
}

} // namespace
} // namespace gatehouse::content
