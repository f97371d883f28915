#include "proxy/content/websocket_text.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

using namespace std::string_literals;

/// A frame of RFC 6455 §5.2; masked as a client's if `mask` has four bytes.
std::string frame(unsigned first, std::string payload, std::string const& mask = "")
{
    std::string text(1, static_cast<char>(first));
    auto const bit = mask.empty() ? 0U : 0x80U;
    if (payload.size() < 126) {
        text += static_cast<char>(bit | payload.size());
    } else {
        text += static_cast<char>(bit | (payload.size() < 65536 ? 126 : 127));
        for (int shift = payload.size() < 65536 ? 8 : 56; shift >= 0; shift -= 8)
            text += static_cast<char>(payload.size() >> shift & 0xff);
    }
    for (std::size_t i = 0; i < payload.size() && !mask.empty(); ++i)
        payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
    return text + mask + payload;
}

/// What comes out must not depend on the cuts; "broken" behind it if it cannot be read on.
std::string text_of(std::string_view input)
{
    std::string found;
    for (std::size_t const step : {input.size() + 1, std::size_t{1}, std::size_t{3}}) {
        WebsocketText reader;
        std::string text;
        bool sound = true;
        for (std::size_t at = 0; at < input.size() && sound; at += step)
            sound = reader.add(input.substr(at, step), text);
        text += sound ? "" : "broken";
        EXPECT_TRUE(step > input.size() || text == found) << step;
        found = text;
    }
    return found;
}

constexpr unsigned text_final = 0x81, text_begun = 0x01, more_final = 0x80, more_begun = 0x00, binary = 0x82, ping_frame = 0x89,
                   close_frame = 0x88;

TEST(WebsocketText, ReadsMessagesOfBothSides)
{
    EXPECT_EQ(text_of(frame(text_final, "hello") + frame(text_final, "you", "abcd")), "hello\nyou\n");
    EXPECT_EQ(text_of(frame(text_final, "")), "\n");
    EXPECT_EQ(text_of(frame(text_final, std::string(300, 'a'), "xyz\0"s) + frame(text_final, std::string(70000, 'b'))),
        std::string(300, 'a') + "\n" + std::string(70000, 'b') + "\n");
}

TEST(WebsocketText, JoinsWhatIsSentInPieces)
{
    EXPECT_EQ(text_of(frame(text_begun, "un", "abcd") + frame(ping_frame, "are you there?") + frame(more_begun, "ki")
                  + frame(more_final, "nd")),
        "unkind\n");
}

TEST(WebsocketText, LeavesOutWhatIsNoText)
{
    EXPECT_EQ(text_of(frame(binary, "\1\2\3") + frame(text_final, "a") + frame(close_frame, "\3\xe8")), "a\n");
    EXPECT_EQ(text_of(frame(0x02, "\1") + frame(more_final, "\2") + frame(text_final, "a")), "a\n");
}

TEST(WebsocketText, SaysWhatItCannotRead)
{
    EXPECT_EQ(text_of(frame(text_final, "a") + frame(0xc1, "compressed")), "a\nbroken");
    for (auto const& bad :
        {frame(0x83, "x"), frame(more_final, "of what?"), frame(0x09, "split"), frame(ping_frame, std::string(126, 'x')),
            frame(text_begun, "a") + frame(text_final, "b"), "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"s})
        EXPECT_TRUE(text_of(bad).ends_with("broken"));
    EXPECT_EQ(text_of("HTTP/1.1 200 OK\r\n"), "broken");
}

} // namespace
} // namespace gatehouse::content
