#include "policy/address.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(IpAddress, ParsesAndPrintsTheCanonicalForm)
{
    struct {
        std::string_view text, canonical;
    } const ok[]{
        {"1.2.3.4", "1.2.3.4"},
        {"255.255.255.255", "255.255.255.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
        {"fe80:0:0:0:0:0:0:0", "fe80::"},
        {"::ffff:1.2.3.4", "1.2.3.4"},
        {"::ffff:102:304", "1.2.3.4"},
        {"::1.2.3.4", "::102:304"},
    };
    for (auto const& row : ok) {
        auto const address = IpAddress::parse(row.text);
        ASSERT_TRUE(address) << row.text;
        EXPECT_EQ(address->to_text(), row.canonical);
    }
}

TEST(IpAddress, RefusesEveryOtherText)
{
    for (std::string_view const bad : {"", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "0x1.2.3.4", "1.2.3.4 ", " 1.2.3.4",
             "::1%eth0", "[::1]", "1::2::3", "12345::", "localhost", "1.2.3.4\n", "1:2:3:4:5:6:7:8:9"})
        EXPECT_FALSE(IpAddress::parse(bad)) << bad;
    EXPECT_FALSE(IpAddress::parse(std::string_view{"1.2.3.4\0", 8}));
    EXPECT_FALSE(IpAddress::parse(std::string(500, '1')));
}

TEST(IpAddress, TreatsMappedAndPlainIpv4AsOneAddress)
{
    EXPECT_EQ(*IpAddress::parse("::ffff:10.0.0.1"), IpAddress::from_v4(0x0a000001));
    EXPECT_TRUE(IpAddress::from_v4(1).is_v4());
    EXPECT_EQ(IpAddress::from_v4(0xc0a80102).v4(), 0xc0a80102U);
    EXPECT_FALSE(IpAddress::parse("::1")->is_v4());
}

TEST(Network, ContainsExactlyItsRange)
{
    struct {
        std::string_view network, inside, outside;
    } const rows[]{
        {"10.0.0.0/8", "10.255.0.1", "11.0.0.1"},
        {"127.0.1.10", "127.0.1.10", "127.0.1.11"},
        {"192.168.4.0/22", "192.168.7.255", "192.168.8.0"},
        {"0.0.0.0/0", "8.8.8.8", "2001:db8::1"},
        {"fd00::/8", "fdff::1", "fe00::1"},
        {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
        {"::/0", "1.2.3.4", ""},
    };
    for (auto const& row : rows) {
        auto const network = Network::parse(row.network);
        ASSERT_TRUE(network) << row.network;
        EXPECT_TRUE(network->contains(*IpAddress::parse(row.inside))) << row.network;
        if (!row.outside.empty()) {
            EXPECT_FALSE(network->contains(*IpAddress::parse(row.outside))) << row.network;
        }
        EXPECT_EQ(network->to_text(), row.network);
    }
}

TEST(Network, RefusesHostBitsAndNonsense)
{
    for (std::string_view const bad : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "fd00::1/8",
             "fd00::/129", "/8", "", "10.0.0.0/8/8", "10.0.0/8"})
        EXPECT_FALSE(Network::parse(bad)) << bad;
}

TEST(SpecialPurpose, CoversWhatNoPupilMayReach)
{
    for (std::string_view const special :
        {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.168.1.1",
            "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1",
            "2001:db8::1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::", "::127.0.0.1", "2001::1", "fec0::1",
            "::ffff:0:127.0.0.1", "::ffff:0:8.8.8.8", "::8.8.8.8", "100:1::1", "4000::1", "e000::1", "0064:ff9c::1"})
        EXPECT_TRUE(is_special_purpose(*IpAddress::parse(special))) << special;
    for (std::string_view const open : {"8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "198.20.0.1", "2606:4700::1111",
             "2a00:1450::1", "64:ff9b::8.8.8.8", "2002:808:808::", "192.167.255.255"})
        EXPECT_FALSE(is_special_purpose(*IpAddress::parse(open))) << open;
}

} // namespace
} // namespace gatehouse::policy
