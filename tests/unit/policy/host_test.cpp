#include "policy/host.hpp"

#include <gtest/gtest.h>

#include <array>
#include <span>

namespace gatehouse::policy {
namespace {

struct Spelling {
    std::string_view text, canonical;
    Host::Kind kind;
};

void expect_all(std::span<Spelling const> rows)
{
    for (auto const& row : rows) {
        auto const host = Host::parse(row.text);
        ASSERT_TRUE(host) << row.text << ": " << host.error().message();
        EXPECT_EQ(host->text(), row.canonical) << row.text;
        EXPECT_EQ(host->kind(), row.kind) << row.text;
    }
}

TEST(Host, HasOneFormForEverySpellingOfAnAddress)
{
    constexpr auto v4 = Host::Kind::ipv4;
    constexpr auto v6 = Host::Kind::ipv6;
    expect_all(std::array<Spelling, 29>{{
        {"93.184.216.34", "93.184.216.34", v4},
        {"93.184.216.34.", "93.184.216.34", v4}, // trailing dot
        {"1572395042", "93.184.216.34", v4},     // decimal
        {"0x5db8d822", "93.184.216.34", v4},     // hexadecimal
        {"0X5DB8D822", "93.184.216.34", v4},
        {"013556154042", "93.184.216.34", v4}, // octal
        {"0135.0270.0330.042", "93.184.216.34", v4},
        {"0x5d.0xb8.0xd8.0x22", "93.184.216.34", v4},
        {"93.0xb8.0330.34", "93.184.216.34", v4}, // mixed
        {"93.184.55330", "93.184.216.34", v4},    // short
        {"93.12113954", "93.184.216.34", v4},
        {"127.1", "127.0.0.1", v4},
        {"0", "0.0.0.0", v4},
        {"0x", "0.0.0.0", v4},
        {"00000000000000000000177.1", "127.0.0.1", v4},
        {"127.0.0.0x1", "127.0.0.1", v4},
        {"１２７.0.0.1", "127.0.0.1", v4}, // full-width digits
        {"127。0。0。1", "127.0.0.1", v4}, // ideographic full stop
        {"１２７．０．０．１", "127.0.0.1", v4},
        {"０ｘ７ｆ.1", "127.0.0.1", v4},
        {"①②⑦.0.0.1", "127.0.0.1", v4},
        {"[::1]", "::1", v6},
        {"[0:0:0:0:0:0:0:1]", "::1", v6},
        {"[2001:DB8::0001]", "2001:db8::1", v6},
        {"[::ffff:93.184.216.34]", "93.184.216.34", v4}, // mapped
        {"[::FFFF:5DB8:D822]", "93.184.216.34", v4},
        {"[0:0:0:0:0:ffff:5db8:d822]", "93.184.216.34", v4},
        {"[::93.184.216.34]", "::5db8:d822", v6},
        {"[fe80::]", "fe80::", v6},
    }});
}

TEST(Host, HasOneFormForEverySpellingOfAName)
{
    constexpr auto name = Host::Kind::name;
    expect_all(std::array<Spelling, 22>{{
        {"example.org", "example.org", name}, {"EXAMPLE.Org", "example.org", name}, {"example.org.", "example.org", name},
        {"_dmarc.example.org", "_dmarc.example.org", name},
        {"r3---sn-4g5e.googlevideo.com", "r3---sn-4g5e.googlevideo.com", name}, {"-odd-.example.org", "-odd-.example.org", name},
        {"localhost", "localhost", name}, {"1.2.3.4.example", "1.2.3.4.example", name}, {"1e100.net", "1e100.net", name},
        {"0x7g", "0x7g", name}, {"bücher.example", "xn--bcher-kva.example", name},
        {"BÜCHER.example", "xn--bcher-kva.example", name},
        {"bu\xcc\x88"
         "cher.example",
            "xn--bcher-kva.example", name}, // decomposed umlaut
        {"xn--bcher-kva.example", "xn--bcher-kva.example", name}, {"XN--BCHER-KVA.example", "xn--bcher-kva.example", name},
        {"straße.example", "xn--strae-oqa.example", name}, // non-transitional: not "strasse"
        {"faß.de", "xn--fa-hia.de", name}, {"пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f", name},
        {"例え.テスト", "xn--r8jz45g.xn--zckzah", name}, {"ｆａｃｅｂｏｏｋ.com", "facebook.com", name}, // full-width letters
        {"facebook。com", "facebook.com", name},
        {"face\xc2\xad"
         "book.com",
            "facebook.com", name}, // soft hyphen is ignored
    }});
}

TEST(Host, RefusesWhatNoBrowserConnectsTo)
{
    struct {
        std::string_view text;
        errc error;
    } const rows[]{
        {"", errc::empty_host},
        {".", errc::empty_host},
        {"..", errc::empty_label},
        {".example.org", errc::empty_label},
        {"example..org", errc::empty_label},
        {"example.org..", errc::empty_label},
        {"exa mple.org", errc::bad_host_character},
        {"example.org:80", errc::bad_host_character},
        {"%65xample.org", errc::bad_host_character},
        {"example%2eorg", errc::bad_host_character},
        {"127.0.0.1%00.example.org", errc::bad_host_character},
        {"user@example.org", errc::bad_host_character},
        {"example.org/", errc::bad_host_character},
        {"example\\.org", errc::bad_host_character},
        {"::1", errc::bad_host_character},
        {"1.2.3.4.5", errc::bad_address},
        {"256.1.1.1", errc::bad_address},
        {"1.2.3.256", errc::bad_address},
        {"1.256.1", errc::bad_address},
        {"4294967296", errc::bad_address},
        {"0x100000000", errc::bad_address},
        {"99999999999999999999999999", errc::bad_address},
        {"08.1.1.1", errc::bad_address},
        {"1.2.3.0x1g.4", errc::bad_address},
        {"example.1", errc::bad_address},
        {"example.0x1", errc::bad_address},
        {"[::1", errc::bad_address},
        {"[]", errc::bad_address},
        {"[1.2.3.4]", errc::bad_address},
        {"[::1%eth0]", errc::bad_address},
        {"[::1%25eth0]", errc::bad_address},
        {"[fe80::1%1]", errc::bad_address},
        {"[v1.x:y]", errc::bad_address},
        {"[::1]x", errc::bad_address},
        {"\xff\xfe.example", errc::bad_idn},
        {"\xe2\x80\xae"
         "gro.elpmaxe",
            errc::bad_idn},
    };
    for (auto const& row : rows) {
        auto const host = Host::parse(row.text);
        ASSERT_FALSE(host) << row.text << " became " << host->text();
        EXPECT_EQ(host.error(), row.error) << row.text << ": " << host.error().message();
    }
    EXPECT_FALSE(Host::parse(std::string_view{"a\0b.org", 7}));
    EXPECT_FALSE(Host::parse(std::string_view{"\xc3\xa4\0b.org", 8}));
}

TEST(Host, KeepsTheLimitsOfTheNameSystem)
{
    std::string const label(63, 'a');
    EXPECT_TRUE(Host::parse(label + ".org"));
    EXPECT_EQ(Host::parse(label + "a.org").error(), errc::label_too_long);
    std::string const longest = label + '.' + label + '.' + label + '.' + std::string(61, 'b');
    ASSERT_EQ(longest.size(), Host::max_size);
    EXPECT_TRUE(Host::parse(longest));
    EXPECT_TRUE(Host::parse(longest + '.'));
    EXPECT_EQ(Host::parse(longest + 'b').error(), errc::host_too_long);
    EXPECT_FALSE(Host::parse(std::string(100'000, 'a')));
    std::string umlauts;
    for (int i = 0; i < 50'000; ++i)
        umlauts += "ä";
    EXPECT_FALSE(Host::parse(umlauts));
}

TEST(Host, IsWithinCountsWholeLabels)
{
    auto const host = *Host::parse("a.b.example.org");
    EXPECT_TRUE(host.is_within("a.b.example.org"));
    EXPECT_TRUE(host.is_within("example.org"));
    EXPECT_TRUE(host.is_within("org"));
    EXPECT_FALSE(host.is_within("xample.org"));
    EXPECT_FALSE(host.is_within("z.a.b.example.org"));
    EXPECT_FALSE(host.is_within(""));
    EXPECT_FALSE(Host::parse("notfacebook.com")->is_within("facebook.com"));
    EXPECT_FALSE(Host::parse("10.1.2.3")->is_within("2.3"));
    EXPECT_TRUE(Host::parse("10.1.2.3")->is_within("10.1.2.3"));
}

TEST(Host, ParsingItsOwnTextGivesItselfAgain)
{
    for (std::string_view const text : {"example.org", "[2001:db8::1]", "0x7f.1", "bücher.example"}) {
        auto const host = *Host::parse(text);
        EXPECT_EQ(*Host::parse(host.authority_text()), host);
    }
    EXPECT_EQ(Host::parse("[::1]")->authority_text(), "[::1]");
    EXPECT_EQ(Host::parse("127.1")->authority_text(), "127.0.0.1");
}

} // namespace
} // namespace gatehouse::policy
