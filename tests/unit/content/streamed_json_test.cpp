#include "proxy/content/streamed_json.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

/// What comes out must not depend on the cuts.
std::string text_of(std::string_view input)
{
    std::string whole;
    StreamedJson{}.add(input, whole);
    StreamedJson one_by_one;
    std::string pieces;
    for (auto const& c : input)
        one_by_one.add({&c, 1}, pieces);
    EXPECT_EQ(pieces, whole);
    return whole;
}

TEST(StreamedJson, JoinsThePiecesOfAWord)
{
    EXPECT_EQ(text_of("data: {\"id\":\"c-1\",\"choices\":[{\"delta\":{\"content\":\"Be un\"},\"index\":0}]}\n\n"
                      "data: {\"id\":\"c-1\",\"choices\":[{\"delta\":{\"content\":\"kind "
                      "to\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
        " Be unkind to");
    EXPECT_EQ(text_of("event: delta\ndata: {\"p\":\"/message/content/parts/0\",\"o\":\"append\",\"v\":\"Be un\"}\n\nevent: "
                      "delta\ndata: {\"v\":\"kind\"}\n\n"),
        " Be unkind");
    EXPECT_EQ(
        text_of(
            "{\"model\":\"m\",\"response\":\"Be \",\"done\":false}\n{\"model\":\"m\",\"response\":\"unkind\",\"done\":true}\n"),
        " Be unkind");
    EXPECT_EQ(text_of("event: content_block_delta\r\ndata: {\"delta\":{\"type\":\"text_delta\",\"text\":\"a\"}}\r\n\r\n"
                      "data: {\"delta\":{\"type\":\"text_delta\",\"text\":\"b\"}}\r\n\r\n"),
        " ab");
}

TEST(StreamedJson, ReadsLinesThatAreNoJsonAsTheyAre)
{
    EXPECT_EQ(text_of("data: be unkind\ndata:to others\n\n: nobody reads this\nid: 7\nretry: 10\n"), "be unkind to others ");
    EXPECT_EQ(text_of("data: \"be unkind\"\n\n"), "be unkind");
}

TEST(StreamedJson, PartsWhatStandsUnderDifferentKeys)
{
    EXPECT_EQ(text_of("data: {\"thinking\":\"un\"}\n\ndata: {\"text\":\"kind\"}\n\n"), " un kind");
}

TEST(StreamedJson, TakesEscapesAwayAndIsNotLedAstrayByThem)
{
    EXPECT_EQ(text_of("data: {\"text\":\"say \\\"unkind\\\" caf\\u00e9\\\\\",\"id\":\"x\"}\n\n"), " say  unkind  caf\xc3\xa9\\");
    EXPECT_EQ(text_of("data: {\"content\":[\"a\",\"b\"],\"x\":{\"content\":\"c\"}}\n\n"), " abc");
}

TEST(StreamedJson, SurvivesWhatIsBroken)
{
    EXPECT_EQ(text_of("data: {\"text\":\"unfinished\n\ndata: {\"text\":\" again\"}\n\n"), " unfinished again");
    EXPECT_EQ(text_of("data: }}}]]]{\"text\":\"a\"}\n\n"), "}}}]]]{\"text\":\"a\"} ");
    std::string deep = "data: ";
    for (int i = 0; i < 200; ++i)
        deep += "{\"a\":";
    EXPECT_EQ(text_of(deep + "{\"text\":\"hidden\"}\n\ndata: {\"text\":\"seen\"}\n\n"), " seen");
}

} // namespace
} // namespace gatehouse::content
