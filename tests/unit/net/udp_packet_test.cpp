#include "proxy/net/udp_packet.hpp"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

using namespace std::string_literals;

std::string const datagram = "\x30\x39\x01\xbb\x00\x0d\x00\x00hello"s; // from port 12345 to 443, 5 bytes
std::string const v4 = "\x45\x00\x00\x21\x00\x01\x40\x00\x40\x11\x00\x00\xc0\x00\x02\x0a\xc6\x33\x64\x0a"s;
std::string const v6_addresses = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x0a\x20\x01\x0d\xb8\0\x99\0\0\0\0\0\0\0\0\0\x0a"s;

std::string v6(char next)
{
    return "\x60\0\0\0\0\x0d"s + next + "\x40" + v6_addresses;
}

TEST(ReadUdp, ReadsBothFamilies)
{
    auto const four = v4 + datagram;
    auto const packet = read_udp(four);
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->source.to_text(), "192.0.2.10");
    EXPECT_EQ(packet->destination.to_text(), "198.51.100.10");
    EXPECT_EQ(packet->source_port, 12345);
    EXPECT_EQ(packet->destination_port, 443);
    EXPECT_EQ(packet->payload, "hello");
    auto const six = v6('\x11') + datagram;
    auto const other = read_udp(six);
    ASSERT_TRUE(other);
    EXPECT_EQ(other->source.to_text(), "2001:db8::a");
    EXPECT_EQ(other->destination.to_text(), "2001:db8:99::a");
    EXPECT_EQ(other->payload, "hello");
}

TEST(ReadUdp, PassesOverOptionsAndEndsWhereTheDatagramEnds)
{
    auto options = v4 + "\x01\x01\x01\x00"s + datagram;
    options[0] = '\x46';
    EXPECT_TRUE(read_udp(options));
    auto const extension = "\x11\x00\x01\x04\0\0\0\0"s;
    auto const hop_by_hop = v6('\0') + extension + datagram;
    EXPECT_TRUE(read_udp(hop_by_hop));
    auto const padded = v4 + datagram + "trailer";
    EXPECT_EQ(read_udp(padded)->payload, "hello");
}

TEST(ReadUdp, TakesNothingElse)
{
    auto const four = v4 + datagram;
    for (std::size_t size = 0; size < v4.size() + 8; ++size)
        EXPECT_FALSE(read_udp(std::string_view{four}.substr(0, size))) << size;
    auto const six = v6('\x11') + datagram;
    for (std::size_t size = 0; size < 48; ++size)
        EXPECT_FALSE(read_udp(std::string_view{six}.substr(0, size))) << size;
    auto tcp = four;
    tcp[9] = '\x06';
    EXPECT_FALSE(read_udp(tcp));
    auto second_piece = four;
    second_piece[7] = '\x01';
    EXPECT_FALSE(read_udp(second_piece));
    auto short_length = four;
    short_length[25] = '\x07';
    EXPECT_FALSE(read_udp(short_length));
    auto const fragment = v6('\x2c') + std::string(8, '\0') + datagram;
    EXPECT_FALSE(read_udp(fragment));
    std::string endless = v6('\0');
    for (int i = 0; i < 9; ++i)
        endless += "\0\0\x01\x04\0\0\0\0"s;
    EXPECT_FALSE(read_udp(endless + datagram));
}

} // namespace
} // namespace gatehouse::net
