#include "policy/target.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(Target, ParsesUrls)
{
    struct {
        std::string_view url, canonical, path;
        Scheme scheme;
        std::uint16_t port;
    } const rows[]{
        {"http://example.org", "http://example.org/", "/", Scheme::http, 80},
        {"HTTP://Example.ORG:80/a?b=c", "http://example.org/a?b=c", "/a?b=c", Scheme::http, 80},
        {"https://example.org./x", "https://example.org/x", "/x", Scheme::https, 443},
        {"https://example.org:8443/x", "https://example.org:8443/x", "/x", Scheme::https, 8443},
        {"http://[::1]:8080/", "http://[::1]:8080/", "/", Scheme::http, 8080},
        {"http://[::ffff:1.2.3.4]/", "http://1.2.3.4/", "/", Scheme::http, 80},
        {"http://0x7f.1:65535/", "http://127.0.0.1:65535/", "/", Scheme::http, 65535},
        {"http://example.org/@user", "http://example.org/@user", "/@user", Scheme::http, 80},
    };
    for (auto const& row : rows) {
        auto const target = Target::parse_url(row.url);
        ASSERT_TRUE(target) << row.url;
        EXPECT_EQ(target->to_text(), row.canonical);
        EXPECT_EQ(target->path, row.path);
        EXPECT_EQ(target->scheme, row.scheme);
        EXPECT_EQ(target->port, row.port);
    }
}

TEST(Target, RefusesAmbiguousUrls)
{
    struct {
        std::string_view url;
        errc error;
    } const rows[]{
        {"", errc::bad_url},
        {"example.org", errc::bad_url},
        {"/path", errc::bad_url},
        {"http:/example.org/", errc::bad_url},
        {"http:example.org", errc::bad_url},
        {"ftp://example.org/", errc::unsupported_scheme},
        {"javascript://example.org/", errc::unsupported_scheme},
        {"http://user@example.org/", errc::userinfo_in_url},
        {"http://facebook.com:80@example.org/", errc::userinfo_in_url},
        {"http://example.org/#top", errc::bad_url},
        {"http://example.org/a b", errc::bad_url},
        {"http://example.org/a\tb", errc::bad_url},
        {"http://example.org/\x7f", errc::bad_url},
        {"http://example.org/ä", errc::bad_url},
        {"http://example.org\\@other.org/", errc::bad_url},
        {"http://example.org?a", errc::bad_url},
        {"http://example.org:/", errc::bad_port},
        {"http://example.org:0/", errc::bad_port},
        {"http://example.org:65536/", errc::bad_port},
        {"http://example.org:+80/", errc::bad_port},
        {"http://example.org:80:80/", errc::bad_port},
        {"http://:80/", errc::empty_host},
        {"http:///path", errc::empty_host},
        {"http://[::1/", errc::bad_address},
        {"http://[::1]x:80/", errc::bad_address},
        {"http://exa%6dple.org/", errc::bad_host_character},
    };
    for (auto const& row : rows) {
        auto const target = Target::parse_url(row.url);
        ASSERT_FALSE(target) << row.url;
        EXPECT_EQ(target.error(), row.error) << row.url << ": " << target.error().message();
    }
}

TEST(Target, ParsesAuthorities)
{
    struct {
        std::string_view authority, canonical;
    } const rows[]{
        {"example.org:443", "example.org:443"},
        {"EXAMPLE.org.:8443", "example.org:8443"},
        {"[2001:DB8::1]:443", "[2001:db8::1]:443"},
        {"2130706433:443", "127.0.0.1:443"},
    };
    for (auto const& row : rows) {
        auto const target = Target::parse_authority(row.authority);
        ASSERT_TRUE(target) << row.authority;
        EXPECT_EQ(target->to_text(), row.canonical);
        EXPECT_EQ(target->scheme, Scheme::tunnel);
        EXPECT_TRUE(target->path.empty());
    }
}

TEST(Target, RefusesOtherAuthorities)
{
    for (std::string_view const bad : {"", "example.org", "example.org:", "example.org:0", "example.org:70000", ":443",
             "user@example.org:443", "example.org:443/", "example.org:443?x", "http://example.org:443", "2001:db8::1:443",
             "[::1]", "[::1%25lo]:443", "example.org:443 ", "example.org:4 43", "exa\nmple.org:443", "ä.org:443"})
        EXPECT_FALSE(Target::parse_authority(bad)) << bad;
}

TEST(Target, SeenWithoutInspectionHasNoPath)
{
    auto const target = Target::parse_url("https://example.org:8443/secret?x")->seen_without_inspection();
    EXPECT_EQ(target.scheme, Scheme::tunnel);
    EXPECT_EQ(target.to_text(), "example.org:8443");
    EXPECT_TRUE(target.path.empty());
}

} // namespace
} // namespace gatehouse::policy
