#include "proxy/tls/client_hello.hpp"

#include "tests/unit/tls/tls_support.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace gatehouse::tls {
namespace {

using namespace test;
using namespace std::string_literals;

void expect_error(std::string const& bytes, errc expected, std::string const& what)
{
    auto const hello = parse_client_hello(bytes);
    ASSERT_FALSE(hello) << what;
    EXPECT_EQ(hello.error(), expected) << what << ": " << hello.error().message();
}

std::string with_extensions(std::string const& extensions)
{
    HelloParts parts;
    parts.extensions = extensions;
    return parts.bytes();
}

TEST(ParseClientHello, ReadsWhatOpensslSendsForTls13)
{
    auto const hello = parse_client_hello(openssl_hello("www.Example.org", TLS1_3_VERSION, "\x02h2\x08http/1.1"));
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->legacy_version, 0x0303);
    EXPECT_EQ(hello->max_version, 0x0304);
    EXPECT_TRUE(hello->has_server_name);
    EXPECT_EQ(hello->server_name, "www.Example.org");
    EXPECT_EQ(hello->alpn, (std::vector<std::string>{"h2", "http/1.1"}));
    EXPECT_FALSE(hello->offers_ech);
    EXPECT_EQ(hello->record_count, 1U);
    EXPECT_EQ(hello->ja4.substr(0, 4), "t13d");
}

TEST(ParseClientHello, ReadsWhatOpensslSendsForTls12)
{
    auto const hello = parse_client_hello(openssl_hello("", TLS1_2_VERSION));
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->max_version, 0x0303);
    EXPECT_FALSE(hello->has_server_name);
    EXPECT_TRUE(hello->alpn.empty());
    EXPECT_EQ(hello->ja4.substr(0, 4), "t12i");
}

TEST(ParseClientHello, AsksForMoreAtEveryTruncation)
{
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto const whole = openssl_hello("www.example.org", version, "\x02h2");
        for (auto const& bytes : {whole, split_records(whole, 7), split_records(whole, 1)})
            for (std::size_t size = 0; size < bytes.size(); ++size)
                expect_error(bytes.substr(0, size), errc::truncated, std::to_string(size));
    }
}

TEST(ParseClientHello, SurvivesEveryFlippedByte)
{
    auto const whole = openssl_hello("www.example.org", TLS1_3_VERSION, "\x02h2");
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (int const flip : {1, 2, 4, 8, 16, 32, 64, 128, 255}) {
            auto bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ flip);
            auto const hello = parse_client_hello(bytes);
            ASSERT_TRUE(!hello || hello->ja4.size() == 36U);
        }
}

TEST(ParseClientHello, ReadsTheSameHelloOverAnyNumberOfRecords)
{
    auto const whole = openssl_hello("www.example.org", TLS1_3_VERSION);
    auto const one = parse_client_hello(whole);
    ASSERT_TRUE(one);
    for (std::size_t const size : {1U, 2U, 3U, 4U, 5U, 50U, 100U, 16384U}) {
        auto const hello = parse_client_hello(split_records(whole, size));
        ASSERT_TRUE(hello) << size;
        EXPECT_EQ(hello->server_name, one->server_name);
        EXPECT_EQ(hello->ja4, one->ja4);
        EXPECT_EQ(hello->record_count, (whole.size() - 5 + size - 1) / size);
    }
}

TEST(ParseClientHello, LeavesOutGrease)
{
    HelloParts parts;
    parts.ciphers = with_length16("\x0a\x0a\x13\x01"s);
    parts.extensions = extension(0x1a1a, "") + server_name("example.org") + extension(16, with_length16("\x02\x2a\x2a\x02h2"s))
        + extension(43, u8(6) + "\x3a\x3a\x03\x04\x03\x03") + extension(0xfafa, "\0"s);
    auto const hello = parse_client_hello(parts.bytes());
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->max_version, 0x0304);
    EXPECT_EQ(hello->alpn, std::vector<std::string>{"h2"});
    EXPECT_EQ(hello->ja4.substr(0, 8), "t13d0103");
}

TEST(ParseClientHello, TakesPostQuantumAndLargeExtensions)
{
    auto const key_share = extension(51, std::string(1216 + 32 + 10, 'k')); // X25519MLKEM768 beside X25519
    auto const padding = extension(21, std::string(16 * 1024, '\0'));
    auto const single = with_extensions(server_name("example.org") + key_share);
    auto const hello = parse_client_hello(single);
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->server_name, "example.org");

    HelloParts parts;
    parts.extensions = key_share + padding + server_name("example.org");
    auto const body = parts.body();
    auto const large = parse_client_hello(split_records("12345" + u8(1) + u24(body.size()) + body, 16384));
    ASSERT_TRUE(large);
    EXPECT_EQ(large->server_name, "example.org");
    EXPECT_EQ(large->record_count, 2U);
}

TEST(ParseClientHello, SeesEncryptedClientHello)
{
    auto const hello = parse_client_hello(with_extensions(server_name("cover.example") + extension(0xfe0d, "\0rest"s)));
    ASSERT_TRUE(hello);
    EXPECT_TRUE(hello->offers_ech);
    EXPECT_EQ(hello->server_name, "cover.example");
}

TEST(ParseClientHello, KeepsNamesAsSent)
{
    for (auto const* const name : {"WWW.Example.ORG.", "127.0.0.1", "with space", "\xc3\xa9.example", "a\r\nb"}) {
        auto const hello = parse_client_hello(with_extensions(server_name(name)));
        ASSERT_TRUE(hello) << name;
        EXPECT_EQ(hello->server_name, name);
    }
}

TEST(ParseClientHello, ReadsAHelloWithoutExtensions)
{
    HelloParts parts;
    auto body = parts.body();
    body.resize(body.size() - 2); // without the length of the extensions
    auto const hello = parse_client_hello(as_record(body));
    ASSERT_TRUE(hello);
    EXPECT_EQ(hello->ja4.substr(0, 8), "t12i0200");
}

TEST(ParseClientHello, TellsWhatIsNoHandshake)
{
    for (auto const& bytes : {"GET / HTTP/1.1\r\n"s, "SSH-2.0-x"s, "\x15\x03\x01\x00\x02\x01\x00"s, "\x16\x02\x00\x00\x05"s,
             "\x80\x2e\x01\x03\x01"s, "\x05"s})
        expect_error(bytes, errc::not_a_handshake, bytes);
}

TEST(ParseClientHello, RefusesContradictions)
{
    auto const name = server_name("example.org");
    auto const good_list = u8(0) + with_length16("example.org");
    struct Row {
        char const* what;
        std::string bytes;
    };
    HelloParts parts;
    auto const with = [&](auto change) {
        auto changed = parts;
        change(changed);
        return changed.bytes();
    };
    std::vector<Row> const rows{
        {"empty record", "\x16\x03\x01\x00\x00"s},
        {"record above 2^14", "\x16\x03\x01\x40\x01"s},
        {"ServerHello", "\x16\x03\x01\x00\x04\x02\x00\x00\x00"s},
        {"second message in the record", "\x16\x03\x03" + with_length16(u8(1) + u24(0) + "more")},
        {"alert between records", split_records(parts.bytes(), 20).substr(0, 25) + "\x15\x03\x01\x00\x02\x01\x00"s},
        {"empty body", as_record("")},
        {"version 4", with([](auto& p) { p.version = "\x04\x00"s; })},
        {"session id of 33 bytes", with([](auto& p) { p.session_id = u8(33) + std::string(33, 's'); })},
        {"session id beyond the end", with([](auto& p) { p.session_id = u8(255); })},
        {"no ciphers", with([](auto& p) { p.ciphers = u16(0); })},
        {"odd ciphers", with([](auto& p) { p.ciphers = with_length16("abc"); })},
        {"ciphers beyond the end", with([](auto& p) { p.ciphers = u16(0xffff) + "ab"; })},
        {"no compression", with([](auto& p) { p.compression = u8(0); })},
        {"bytes behind the extensions", as_record(parts.body() + "x")},
        {"extensions too short", as_record(parts.body().substr(0, parts.body().size() - 2) + u16(3) + "ab")},
        {"extension beyond the end", with_extensions(u16(51) + u16(9) + "short")},
        {"server_name twice", with_extensions(name + name)},
        {"unknown extension twice", with_extensions(extension(999, "") + extension(999, ""))},
        {"empty server_name", with_extensions(extension(0, ""))},
        {"empty list of names", with_extensions(extension(0, u16(0)))},
        {"empty name", with_extensions(server_name(""))},
        {"name with NUL", with_extensions(server_name("bank.example\0.evil.example"s))},
        {"two names", with_extensions(extension(0, with_length16(good_list + good_list)))},
        {"name of another type", with_extensions(extension(0, with_length16(u8(1) + with_length16("x"))))},
        {"list shorter than said", with_extensions(extension(0, u16(99) + good_list))},
        {"name longer than its list", with_extensions(extension(0, with_length16(u8(0) + u16(0xffff) + "x")))},
        {"bytes behind the list of names", with_extensions(extension(0, with_length16(good_list) + "x"))},
        {"empty ALPN", with_extensions(extension(16, u16(0)))},
        {"ALPN with an empty name", with_extensions(extension(16, with_length16(u8(0))))},
        {"ALPN beyond its list", with_extensions(extension(16, with_length16(u8(9) + "h2")))},
        {"odd supported_versions", with_extensions(extension(43, u8(3) + "abc"))},
        {"empty supported_versions", with_extensions(extension(43, u8(0)))},
        {"empty signature_algorithms", with_extensions(extension(13, u16(0)))},
    };
    for (auto const& row : rows)
        expect_error(row.bytes, errc::malformed, row.what);
}

TEST(ParseClientHello, StopsAt64KiB)
{
    expect_error("\x16\x03\x01\x40\x00\x01\xff\xff\xff"s, errc::too_large, "message of 16 MiB");
    // One byte a record, so that the headers fill the limit long before the message is whole.
    auto const slow = split_records("12345" + u8(1) + u24(60000) + std::string(60000, 'x'), 1);
    for (std::size_t const size : {max_hello_size - 100, max_hello_size, max_hello_size + 1, slow.size()}) {
        auto const hello = parse_client_hello(slow.substr(0, size));
        ASSERT_FALSE(hello);
        EXPECT_EQ(hello.error(), size < max_hello_size ? errc::truncated : errc::too_large) << size;
    }
}

} // namespace
} // namespace gatehouse::tls
