#include "proxy/log/escape.hpp"

#include "sample.hpp"

#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using Append = void (*)(LineBuffer&, std::string_view);

std::string escaped(Append append, std::string_view text)
{
    LineBuffer out;
    append(out, text);
    return std::string{out.view()};
}

TEST(Escape, QuotesUserNamesAsSquidDoes)
{
    EXPECT_EQ(escaped(append_percent_all, "j.smith@school"), "j.smith@school");
    EXPECT_EQ(escaped(append_percent_all, "a b%c\"d"), "a%20b%25c%22d");
    EXPECT_EQ(escaped(append_percent_all, "Zo\xc3\xab\r\n"), "Zo%c3%ab%0d%0a");
}

TEST(Escape, KeepsUrlsAsTheyAreButForWhatAUrlCannotHold)
{
    EXPECT_EQ(escaped(append_percent_url, "/a%20b/~c?d=[1]&e"), "/a%20b/~c?d=[1]&e");
    EXPECT_EQ(escaped(append_percent_url, "/a b\t\x7f\"<>\\^`{|}"), "/a%20b%09%7f%22%3c%3e%5c%5e%60%7b%7c%7d");
}

TEST(Escape, WritesValidJsonTextForAnyBytes)
{
    EXPECT_EQ(escaped(append_json, "a\"b\\c\n"), "a\\\"b\\\\c\\u000a");
    EXPECT_EQ(escaped(append_json, "Zo\xc3\xab \xf0\x9f\x98\x80"), "Zo\xc3\xab \xf0\x9f\x98\x80");
    EXPECT_EQ(escaped(append_json, "\xc2\x9b"), "\\u009b");
    struct Case {
        std::string_view bytes;
        char const* what;
    };
    for (auto const& [bytes, what] : {Case{"\xff", "no start"}, Case{"\xc3", "cut short"}, Case{"\x80", "continuation"},
             Case{"\xc0", "overlong start"}, Case{"\xf5", "beyond Unicode"}})
        EXPECT_EQ(escaped(append_json, bytes), "\xef\xbf\xbd") << what;
    EXPECT_EQ(escaped(append_json, "\xe0\x80\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "overlong";
    EXPECT_EQ(escaped(append_json, "\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "surrogate";
    EXPECT_EQ(escaped(append_json, "\xf4\x90\x80\x80").size(), 12U) << "above U+10FFFF";
}

/// The same, one character at a time: what the eights of the fast path must agree with.
std::string json_by_characters(std::string_view text)
{
    std::string out;
    for (auto const& character : text)
        out += escaped(append_json, {&character, 1});
    return out;
}

TEST(Escape, FindsASpecialByteAtEveryPlaceOfALongText)
{
    for (std::size_t size = 1; size <= 24; ++size)
        for (std::size_t place = 0; place < size; ++place)
            for (int byte = 0; byte < 256; ++byte) {
                std::string text(size, 'a');
                text[place] = static_cast<char>(byte);
                EXPECT_EQ(escaped(append_json, text), json_by_characters(text)) << size << ' ' << place << ' ' << byte;
            }
    EXPECT_EQ(escaped(append_json,
                  "1234567\xc3\xab"
                  "1234567\"8"),
        "1234567\xc3\xab"
        "1234567\\\"8");
}

TEST(Escape, MakesControlCharactersVisible)
{
    EXPECT_EQ(escaped(append_visible, "a\x1b[31m\nb\xff\xc2\x9bZo\xc3\xab"), "a\\x1b[31m\\x0ab\\xff\\x9bZo\xc3\xab");
}

TEST(Escape, LeavesNoControlByteInAnyFormat)
{
    for (auto append : {append_percent_all, append_percent_url, append_json, append_visible})
        for (auto const character : escaped(append, hostile_text))
            EXPECT_TRUE(static_cast<unsigned char>(character) >= 0x20 && character != 0x7f);
}

} // namespace
} // namespace gatehouse::log
