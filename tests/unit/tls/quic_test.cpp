#include "proxy/tls/quic_hellos.hpp"
#include "proxy/tls/quic_keys.hpp"

#include "tests/unit/tls/quic_support.hpp"
#include "tests/unit/tls/tls_support.hpp"

#include <gtest/gtest.h>

namespace gatehouse::tls {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// The handshake message of the standard's packet.
std::string sample_hello()
{
    return from_hex(crypto_frame_hex).substr(4);
}

/// A message of several packets' size, as browsers send it since their keys grew.
std::string large_hello(std::string const& name)
{
    HelloParts parts;
    parts.extensions = extension(51, std::string(1200, 'k')) + server_name(name);
    return parts.bytes().substr(5);
}

std::string name_in(std::optional<QuicHellos::Attempt> const& attempt)
{
    return attempt && attempt->hello ? attempt->hello->server_name : "nothing";
}

class QuicHellosTest : public testing::Test {
protected:
    std::optional<QuicHellos::Attempt> add(std::string_view datagram, std::string_view from = "room 1")
    {
        return hellos.add(from, datagram, now);
    }

    QuicHellos hellos;
    QuicHellos::Time now = QuicHellos::Time{} + 1h;
};

TEST(QuicInitial, ReadsThePacketsOfTheStandards)
{
    for (auto const hex : {packet_v1_hex, packet_v2_hex}) {
        auto const initial = open_quic_initial(from_hex(hex));
        ASSERT_TRUE(initial);
        EXPECT_EQ(initial->connection, sample_connection());
        ASSERT_EQ(initial->pieces.size(), 1U);
        EXPECT_EQ(initial->pieces[0].offset, 0U);
        EXPECT_EQ(initial->pieces[0].bytes, sample_hello());
    }
}

TEST(QuicInitial, SealsInTheTestsAsTheStandardDoes)
{
    EXPECT_EQ(seal(from_hex(crypto_frame_hex), 2), from_hex(packet_v1_hex));
}

TEST(QuicInitial, OpensNothingThatIsNotWhatItsSenderSealed)
{
    auto const packet = from_hex(packet_v1_hex);
    for (std::size_t size = 0; size < packet.size(); ++size)
        EXPECT_FALSE(open_quic_initial(packet.substr(0, size))) << size;
    for (std::size_t at = 0; at < packet.size(); ++at) {
        auto changed = packet;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(open_quic_initial(changed)) << at;
    }
    EXPECT_FALSE(QuicKeys::of_client(0xff00001d, sample_connection())); // a draft
    EXPECT_FALSE(QuicKeys::of_client(0x1a2a3a4a, sample_connection())); // GREASE
}

TEST(QuicInitial, ReadsSeveralPacketsOfOneDatagramAndLeavesOthersAlone)
{
    auto const first = seal(crypto(0, "one"), 0, 300);
    auto const second = seal(crypto(3, "two"), 1, 300);
    auto const initial = open_quic_initial(first + second + std::string(600, 'x'));
    ASSERT_TRUE(initial);
    ASSERT_EQ(initial->pieces.size(), 2U);
    EXPECT_EQ(initial->pieces[1].offset, 3U);
    EXPECT_EQ(initial->pieces[1].bytes, "two");
}

TEST(QuicInitial, EndsAtAFrameThatMayNotBeThere)
{
    auto const initial = open_quic_initial(seal("\x01" + crypto(0, "kept") + "\x08" + crypto(4, "lost")));
    ASSERT_TRUE(initial);
    ASSERT_EQ(initial->pieces.size(), 1U);
    EXPECT_EQ(initial->pieces[0].bytes, "kept");
}

TEST(ParseHelloMessage, TakesTheMessageWithoutRecords)
{
    auto const hello = parse_hello_message(sample_hello());
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->server_name, "example.com");
    EXPECT_EQ(hello->record_count, 0U);
    auto const whole = sample_hello();
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(parse_hello_message(whole.substr(0, size)).error(), errc::truncated) << size;
    EXPECT_EQ(parse_hello_message(whole + 'x').error(), errc::malformed);
    EXPECT_EQ(parse_hello_message("\x02").error(), errc::not_a_handshake);
    EXPECT_EQ(parse_hello_message(from_hex("01ffffff")).error(), errc::too_large);
}

TEST_F(QuicHellosTest, TellsTheNameOnceHoweverOftenThePacketComes)
{
    EXPECT_EQ(name_in(add(from_hex(packet_v1_hex))), "example.com");
    EXPECT_FALSE(add(from_hex(packet_v1_hex)));
    EXPECT_EQ(name_in(add(from_hex(packet_v1_hex), "room 2")), "example.com");
    EXPECT_FALSE(hellos.is_waiting());
    now += QuicHellos::remembered;
    EXPECT_TRUE(hellos.expire(now).empty());
    EXPECT_EQ(name_in(add(from_hex(packet_v1_hex))), "example.com");
}

TEST_F(QuicHellosTest, PutsMixedPiecesOfSeveralPacketsTogether)
{
    auto const hello = large_hello("clips.example");
    auto const piece
        = [&](std::size_t from, std::size_t to) { return crypto(from, std::string_view{hello}.substr(from, to - from)); };
    EXPECT_FALSE(add(seal(piece(600, 1100) + "\x01" + piece(20, 300), 0)));
    EXPECT_TRUE(hellos.is_waiting());
    EXPECT_EQ(name_in(add(seal(piece(1000, hello.size()) + piece(0, 30) + piece(290, 600), 1))), "clips.example");
}

TEST_F(QuicHellosTest, TellsWhatDidNotComeWholeWhenItsTimeIsUp)
{
    EXPECT_FALSE(add(seal(crypto(0, large_hello("clips.example").substr(0, 900)))));
    EXPECT_TRUE(hellos.expire(now).empty());
    now += QuicHellos::patience;
    auto const attempts = hellos.expire(now);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].from, "room 1");
    EXPECT_TRUE(attempts[0].is_quic);
    EXPECT_FALSE(attempts[0].hello);
    EXPECT_TRUE(hellos.expire(now).empty());
}

TEST_F(QuicHellosTest, TellsWhatIsNotQuicOncePerFlow)
{
    EXPECT_FALSE(add("a game"));
    EXPECT_FALSE(add("another datagram of it"));
    now += QuicHellos::patience;
    auto const attempts = hellos.expire(now);
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_FALSE(attempts[0].is_quic);
}

TEST_F(QuicHellosTest, TellsAMalformedOrEndlessHelloWithoutItsName)
{
    auto const malformed = add(seal(crypto(0, from_hex("01000001ff"))));
    ASSERT_TRUE(malformed);
    EXPECT_TRUE(malformed->is_quic);
    EXPECT_FALSE(malformed->hello);
    std::optional<QuicHellos::Attempt> endless;
    for (std::uint32_t packet = 0; packet < 20 && !endless; ++packet)
        endless = add(seal(crypto(0, from_hex("0100ffff") + std::string(1100, 'x')), packet), "room 2");
    ASSERT_TRUE(endless);
    EXPECT_FALSE(endless->hello);
}

TEST_F(QuicHellosTest, ForgetsTheOldestOfTooMany)
{
    for (std::size_t count = 0; count < 2 * QuicHellos::most_connections; ++count)
        add("x", std::to_string(count));
    now += QuicHellos::patience;
    EXPECT_EQ(hellos.expire(now).size(), QuicHellos::most_connections);
}

} // namespace
} // namespace gatehouse::tls
