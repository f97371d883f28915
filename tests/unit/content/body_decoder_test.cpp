#include "proxy/content/body_decoder.hpp"

#include "coded.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

using testing::brotli;
using testing::deflated;
using testing::zstd;

constexpr std::size_t plenty = 64 << 20;

struct Decoded {
    DecodeResult result = DecodeResult::ok;
    std::string text;
};

Decoded decode(std::string_view coding, std::string_view coded, std::size_t piece = 4096, std::size_t room = plenty)
{
    Decoded decoded;
    auto const decoder = BodyDecoder::make(coding);
    EXPECT_TRUE(decoder) << coding;
    for (; !coded.empty() && decoded.result == DecodeResult::ok; coded.remove_prefix(std::min(piece, coded.size())))
        decoded.result = decoder->add(coded.substr(0, piece), decoded.text, room);
    return decoded;
}

std::string long_text()
{
    std::string text;
    for (int i = 0; i < 20000; ++i)
        text += "word " + std::to_string(i * 7919) + ' ';
    return text;
}

TEST(BodyDecoder, TakesEveryCodingAwayHoweverItIsCut)
{
    auto const text = long_text();
    struct Case {
        std::string_view coding;
        std::string coded;
    };
    for (auto const& [coding, coded] : {Case{"gzip", deflated(text, 31)}, Case{"X-GZIP", deflated(text, 31)},
             Case{"deflate", deflated(text, 15)}, Case{"deflate", deflated(text, -15)}, Case{"br", brotli(text)},
             Case{"zstd", zstd(text)}, Case{"", text}, Case{"identity", text}, Case{"gzip, br", brotli(deflated(text, 31))}})
        for (std::size_t const piece : {std::size_t{1}, std::size_t{777}, coded.size()}) {
            auto const decoded = decode(coding, coded, piece);
            EXPECT_EQ(decoded.result, DecodeResult::ok) << coding << piece;
            EXPECT_TRUE(decoded.text == text) << coding << piece;
        }
}

TEST(BodyDecoder, ReadsMembersThatFollowEachOther)
{
    EXPECT_EQ(decode("gzip", deflated("one ", 31) + deflated("two", 31)).text, "one two");
}

TEST(BodyDecoder, PassesOverWhatFollowsTheLastMember)
{
    using namespace std::string_view_literals;
    for (auto const filling : {"\0\0\0\0\0\0\0\0"sv, "\n"sv, "\x1f"sv, "\x1f\x1f\x8b"sv, "some words"sv})
        for (std::size_t const piece : {std::size_t{1}, std::size_t{4096}}) {
            for (auto const* coding : {"gzip", "deflate"}) {
                auto const decoded = decode(coding, deflated("one", coding[0] == 'g' ? 31 : 15).append(filling), piece);
                EXPECT_EQ(decoded.result, DecodeResult::ok) << coding << piece << filling;
                EXPECT_EQ(decoded.text, "one") << coding << piece << filling;
            }
            EXPECT_EQ(decode("gzip", deflated("one ", 31) + deflated("two", 31).append(filling), piece).text, "one two")
                << piece << filling;
        }
    EXPECT_EQ(decode("gzip", deflated("one", 31) + "\x1f\x8b and no member").result, DecodeResult::broken);
}

TEST(BodyDecoder, KnowsNoOtherCodingsAndNoTowersOfThem)
{
    EXPECT_FALSE(BodyDecoder::make("compress"));
    EXPECT_FALSE(BodyDecoder::make("gzip, gzip, gzip"));
    EXPECT_FALSE(BodyDecoder::make("gzip;q=1"));
}

TEST(BodyDecoder, TellsBrokenBytes)
{
    for (auto const* coding : {"gzip", "br", "zstd", "deflate"})
        EXPECT_EQ(decode(coding, "this is not in any coding, and long enough to tell").result, DecodeResult::broken) << coding;
    auto coded = deflated(long_text(), 31);
    coded[coded.size() / 2] = static_cast<char>(coded[coded.size() / 2] ^ 0x55);
    coded[coded.size() / 2 + 1] = static_cast<char>(coded[coded.size() / 2 + 1] ^ 0x55);
    EXPECT_EQ(decode("gzip", coded).result, DecodeResult::broken);
}

TEST(BodyDecoder, ABombIsToldByItsGrowthBeforeItFillsMemory)
{
    std::string const zeros(32 << 20, '\0');
    for (auto const& [coding, coded] : {std::pair{"gzip", deflated(zeros, 31)}, {"br", brotli(zeros)}, {"zstd", zstd(zeros)},
             {"gzip, gzip", deflated(deflated(zeros, 31), 31)}}) {
        auto const decoded = decode(coding, coded);
        EXPECT_EQ(decoded.result, DecodeResult::too_much) << coding;
        EXPECT_LT(decoded.text.size(), std::size_t{8} << 20) << coding;
    }
}

TEST(BodyDecoder, StopsWhereTheRoomEnds)
{
    auto const text = long_text();
    auto const decoded = decode("gzip", deflated(text, 31), plenty, 50000);
    EXPECT_EQ(decoded.result, DecodeResult::full);
    EXPECT_GE(decoded.text.size(), 50000U);
    EXPECT_LT(decoded.text.size(), 50000U + 32 * 1024);
    EXPECT_TRUE(text.starts_with(decoded.text));
}

} // namespace
} // namespace gatehouse::content
