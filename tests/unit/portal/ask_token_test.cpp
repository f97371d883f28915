#include "proxy/portal/ask_token.hpp"

#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

constexpr std::int64_t now = 1'795'000'000;

AskToken example()
{
    return {now, "www.instagram.com", "https://www.instagram.com", "blocked-social-media", "12", "micro-blogging", "instagram",
        "pupil", "year-9", "p.archer", "year-9-room", "", "127.0.1.10", "d-1", true, "12:30"};
}

TEST(AskToken, ComesBackAsItWasSealed)
{
    auto const opened = open_token(seal_token(example()), now + 10);
    ASSERT_TRUE(opened);
    EXPECT_EQ(*opened, example());
}

TEST(AskToken, ShowsNothingOfThePersonInTheLink)
{
    auto const text = seal_token(example());
    EXPECT_EQ(text.find("archer"), std::string::npos);
    EXPECT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos);
    EXPECT_NE(text, seal_token(example())) << "two pages for one person must not be linkable";
}

TEST(AskToken, RefusesEveryChangedCharacter)
{
    auto const good = seal_token(example());
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        if (bad == good)
            continue;
        auto const opened = open_token(bad, now);
        ASSERT_FALSE(opened) << "position " << i;
        EXPECT_EQ(opened.error(), token_errc::malformed);
    }
}

TEST(AskToken, RefusesWhatIsNoToken)
{
    for (std::string const& bad : {std::string(), std::string("x"), std::string(100, 'A'), std::string(100'000, 'A'),
             seal_token(example()) + "AAAA", seal_token(example()).substr(1), std::string("%00\r\n<script>")})
        EXPECT_FALSE(open_token(bad, now)) << bad.substr(0, 40);
}

TEST(AskToken, EndsAfterADay)
{
    auto const text = seal_token(example());
    EXPECT_TRUE(open_token(text, now + token_life.count()));
    auto const late = open_token(text, now + token_life.count() + 1);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error(), token_errc::expired);
    EXPECT_EQ(open_token(text, now - 61).error(), token_errc::expired);
    EXPECT_TRUE(open_token(text, now - 60)) << "a clock set back by a minute is forgiven";
}

TEST(AskToken, CutsLongTexts)
{
    auto token = example();
    token.host = std::string(10'000, 'h');
    token.user = std::string(10'000, 'u');
    auto const text = seal_token(token);
    EXPECT_LT(text.size(), 4096u);
    ASSERT_TRUE(open_token(text, now));
    EXPECT_EQ(open_token(text, now)->host.size(), 253u);
}

TEST(AskToken, SurvivesARestartWithTheSameKey)
{
    std::array<std::byte, token_key_size> key{};
    key.fill(std::byte{7});
    set_token_key(key);
    auto const text = seal_token(example());
    auto other = key;
    other.fill(std::byte{8});
    set_token_key(other);
    EXPECT_FALSE(open_token(text, now));
    set_token_key(key);
    EXPECT_TRUE(open_token(text, now));
}

TEST(DecodeFields, TakesTheVersionBefore)
{
    auto token = example();
    auto bytes = encode_fields(token);
    bytes.resize(bytes.size() - 1 - token.allowed_from.size());
    bytes[0] = 1;
    token.allowed_from.clear();
    auto const decoded = decode_fields(bytes);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, token);
    EXPECT_FALSE(decode_fields(bytes + "x"));
}

TEST(DecodeFields, RefusesEveryTruncation)
{
    auto const bytes = encode_fields(example());
    ASSERT_TRUE(decode_fields(bytes));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(decode_fields(std::string_view(bytes).substr(0, size))) << size;
    EXPECT_FALSE(decode_fields(bytes + "x"));
}

} // namespace
} // namespace gatehouse::portal
