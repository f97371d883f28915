#include "proxy/tls/ja4.hpp"

#include <gtest/gtest.h>

namespace gatehouse::tls {
namespace {

/// The worked example of JA4's own description.
Ja4Fields example()
{
    return {0x0304, true,
        {0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035},
        {0x001b, 0x0000, 0x0033, 0x0010, 0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b, 0xff01, 0x000b, 0x000a,
            0x0015},
        {0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601}, "h2"};
}

TEST(Ja4, AgreesWithTheWorkedExample)
{
    EXPECT_EQ(ja4_of(example()), "t13d1516h2_8daaf6152771_e5627efa2ab1");
}

TEST(Ja4, DoesNotChangeWhenExtensionsAreShuffled)
{
    auto fields = example();
    std::swap(fields.extensions.front(), fields.extensions.back());
    std::swap(fields.ciphers.front(), fields.ciphers.back());
    EXPECT_EQ(ja4_of(fields), ja4_of(example()));
}

TEST(Ja4, SaysSoWhenAPartIsAbsent)
{
    EXPECT_EQ(ja4_of({}), "t00i000000_000000000000_000000000000");
    auto fields = example();
    fields.signature_algorithms.clear();
    EXPECT_NE(ja4_of(fields), ja4_of(example()));
}

TEST(Ja4, WritesOddProtocolNamesInHexadecimal)
{
    auto fields = example();
    fields.first_alpn = "\xab";
    EXPECT_EQ(ja4_of(fields).substr(8, 2), "ab");
    fields.first_alpn = "\x30\xab";
    EXPECT_EQ(ja4_of(fields).substr(8, 2), "3b");
    fields.first_alpn = "x";
    EXPECT_EQ(ja4_of(fields).substr(8, 2), "xx");
}

TEST(Ja4, CountsNoFurtherThan99)
{
    auto fields = example();
    fields.ciphers.resize(300, 0x1301);
    EXPECT_EQ(ja4_of(fields).substr(4, 2), "99");
    EXPECT_EQ(ja4_of(fields).size(), 36U);
}

TEST(Grease, IsTheSixteenReservedValues)
{
    int count = 0;
    for (unsigned value = 0; value <= 0xffff; ++value)
        count += is_grease(static_cast<std::uint16_t>(value)) ? 1 : 0;
    EXPECT_EQ(count, 16);
    EXPECT_TRUE(is_grease(0x0a0a));
    EXPECT_TRUE(is_grease(0xfafa));
    EXPECT_FALSE(is_grease(0x0a1a));
}

} // namespace
} // namespace gatehouse::tls
