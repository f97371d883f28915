#include "proxy/detect/first_bytes.hpp"

#include <gtest/gtest.h>
#include <random>
#include <string>

namespace gatehouse::detect {
namespace {

using namespace std::string_literals;

std::string random_bytes(std::size_t size, unsigned seed = 1)
{
    std::mt19937 generator{seed};
    std::string bytes;
    while (bytes.size() < size)
        bytes += static_cast<char>(generator() & 0xff);
    return bytes;
}

std::string openvpn(char opcode, std::size_t size)
{
    return {static_cast<char>(size >> 8), static_cast<char>(size), opcode};
}

struct Row {
    char const* what;
    Protocol protocol;
    std::string bytes;
};

std::vector<Row> openings()
{
    return {
        {"TLS 1.0 record", Protocol::tls, "\x16\x03\x01\x02\x00\x01"s},
        {"TLS 1.2 record", Protocol::tls, "\x16\x03\x03"s},
        {"GET", Protocol::http, "GET / HTTP/1.1\r\n"s},
        {"HTTP/2 preface", Protocol::http, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"s},
        {"POST", Protocol::http, "POST /x HTTP/1.1\r\n"s},
        {"CONNECT inside a tunnel", Protocol::http_proxy, "CONNECT example.org:443 HTTP/1.1\r\n"s},
        {"absolute URL inside a tunnel", Protocol::http_proxy, "GET http://example.org/ HTTP/1.1\r\n"s},
        {"absolute https URL", Protocol::http_proxy, "GET HTTPS://example.org/ HTTP/1.1\r\n"s},
        {"SSH", Protocol::ssh, "SSH-2.0-OpenSSH_9.2p1\r\n"s},
        {"OpenVPN hard reset v2", Protocol::openvpn_tcp, openvpn(0x38, 14) + random_bytes(13)},
        {"OpenVPN with tls-auth", Protocol::openvpn_tcp, openvpn(0x38, 42) + random_bytes(41)},
        {"OpenVPN hard reset v3", Protocol::openvpn_tcp, openvpn(0x50, 1055) + random_bytes(1054)},
        {"SOCKS4", Protocol::socks4, "\x04\x01\x01\xbb\x5d\xb8\xd8\x22user\0"s},
        {"SOCKS4a", Protocol::socks4, "\x04\x01\x01\xbb\0\0\0\x01user\0example.org\0"s},
        {"SOCKS5", Protocol::socks5, "\x05\x01\x00"s},
        {"SOCKS5 with password", Protocol::socks5, "\x05\x02\x00\x02"s},
        {"BitTorrent", Protocol::bittorrent,
            "\x13"
            "BitTorrent protocol"s
                + std::string(8, '\0')},
        {"RDP", Protocol::rdp, "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"s},
        {"VNC", Protocol::vnc, "RFB 003.008\n"s},
        {"SMTP", Protocol::smtp_ftp, "ehlo example.org\r\n"s},
        {"FTP", Protocol::smtp_ftp, "USER anonymous\r\n"s},
        {"STUN", Protocol::stun, "\x00\x01\x00\x08\x21\x12\xa4\x42"s + random_bytes(20)},
        {"WireGuard initiation", Protocol::wireguard, "\x01\0\0\0"s + random_bytes(144)},
        {"random bytes", Protocol::random, "\xf3"s + random_bytes(200)},
    };
}

TEST(Recognise, NamesEveryOpening)
{
    for (auto const& row : openings()) {
        EXPECT_EQ(recognise(row.bytes, false), row.protocol) << row.what;
        EXPECT_EQ(recognise(row.bytes, true), row.protocol) << row.what;
    }
}

TEST(Recognise, WaitsRatherThanSpeaksTooEarly)
{
    for (auto const& row : openings())
        for (std::size_t size = 0; size < row.bytes.size(); ++size) {
            auto const early = recognise(row.bytes.substr(0, size), false);
            EXPECT_TRUE(early == Protocol::need_more || early == row.protocol) << row.what << " after " << size;
        }
}

TEST(Recognise, AlwaysAnswersAtTheEnd)
{
    EXPECT_EQ(recognise("", true), Protocol::unknown);
    EXPECT_EQ(recognise("", false), Protocol::need_more);
    for (auto const& row : openings())
        for (std::size_t size = 0; size < row.bytes.size(); ++size)
            EXPECT_NE(recognise(row.bytes.substr(0, size), true), Protocol::need_more) << row.what << " after " << size;
}

TEST(Recognise, IsNotTakenInByLookAlikes)
{
    std::vector<Row> const rows{
        {"TLS of another major version", Protocol::unknown, "\x16\x02\x01\x02\x00\x01"s},
        {"TLS alert", Protocol::unknown, "\x15\x03\x01\x00\x02\x02\x28"s},
        {"a word like a method", Protocol::unknown, "GETTING THERE\r\n"s},
        {"small letters", Protocol::unknown, "get / HTTP/1.1\r\n"s},
        {"SSH in a sentence", Protocol::unknown, "I like SSH-2.0\r\n"s},
        {"OpenVPN's length without its size", Protocol::unknown, openvpn(0x38, 14) + random_bytes(30)},
        {"OpenVPN's size with another opcode", Protocol::unknown, openvpn(0x20, 14) + random_bytes(13)},
        {"SOCKS5 greeting that goes on", Protocol::unknown, "\x05\x01\x00\x05\x01\x00"s},
        {"SOCKS5 with methods nobody has", Protocol::unknown, "\x05\x01\x44"s},
        {"SOCKS4 to port 0", Protocol::unknown, "\x04\x01\x00\x00\x5d\xb8\xd8\x22user\0"s},
        {"RDP of another length", Protocol::unknown,
            "\x03\x00\x00\x13\x0f\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"s},
        {"STUN without its cookie", Protocol::unknown, "\x00\x01\x00\x08\x21\x12\xa4\x43"s + std::string(20, '\0')},
        {"WireGuard's start, other size", Protocol::unknown, "\x01\0\0\0"s + std::string(150, '\0')},
        {"a text of the user's", Protocol::unknown,
            "hello there, this is some chat protocol with quite a long first line of text"s},
        {"zeros", Protocol::unknown, std::string(200, '\0')},
        {"random bytes, too few", Protocol::unknown, random_bytes(20)},
        {"binary with text in it", Protocol::unknown, "\xff\xff"s + random_bytes(60) + "Content-Type: application/x-protobuf"},
    };
    for (auto const& row : rows)
        EXPECT_EQ(recognise(row.bytes, true), row.protocol) << row.what;
}

TEST(Recognise, NeverWaitsBeyondWhatItLooksAt)
{
    for (int first = 0; first < 256; ++first)
        EXPECT_NE(recognise(static_cast<char>(first) + random_bytes(inspected_size), false), Protocol::need_more) << first;
}

TEST(Recognise, CallsRandomBytesRandomNearlyAlways)
{
    int random = 0;
    for (unsigned seed = 0; seed < 200; ++seed)
        random += recognise("\xf3"s + random_bytes(300, seed), false) == Protocol::random ? 1 : 0;
    EXPECT_GE(random, 198);
}

TEST(ProtocolText, IsThereForEveryProtocol)
{
    EXPECT_EQ(to_text(Protocol::openvpn_tcp), "openvpn-tcp");
    EXPECT_EQ(to_text(Protocol::http_proxy), "http-proxy");
    EXPECT_EQ(to_text(Protocol::unknown), "unknown");
}

} // namespace
} // namespace gatehouse::detect
