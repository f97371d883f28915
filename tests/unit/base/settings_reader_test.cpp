#include "proxy/settings_reader.hpp"

#include "proxy/settings.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;

TEST(ParseDuration, UnderstandsItsUnits)
{
    EXPECT_EQ(parse_duration("10"), 10s);
    EXPECT_EQ(parse_duration("10s"), 10s);
    EXPECT_EQ(parse_duration("250ms"), 250ms);
    EXPECT_EQ(parse_duration("2m"), 2min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("7d"), 168h);
}

TEST(ParseDuration, RefusesWhatIsNone)
{
    for (auto const* const bad : {"", "s", "-1s", "10 s", "10sec", "1.5s", "99999999999999999999s", "400000h", "10S"})
        EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
}

TEST(ParseSize, UnderstandsItsUnits)
{
    EXPECT_EQ(parse_size("512"), 512U);
    EXPECT_EQ(parse_size("512B"), 512U);
    EXPECT_EQ(parse_size("64KiB"), 65536U);
    EXPECT_EQ(parse_size("8MiB"), 8U << 20);
    EXPECT_EQ(parse_size("1GiB"), 1U << 30);
}

TEST(ParseSize, RefusesWhatIsNone)
{
    for (auto const* const bad : {"", "KiB", "64kb", "64KB", "-1", "64 KiB", "99999999999GiB", "18446744073709551616"})
        EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

TEST(ParseEndpoint, ReadsBothAddressFamilies)
{
    auto const v4 = parse_endpoint("127.0.0.1:3128");
    ASSERT_TRUE(v4);
    EXPECT_EQ(v4->address.to_text(), "127.0.0.1");
    EXPECT_EQ(v4->port, 3128);
    auto const v6 = parse_endpoint("[::1]:0");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->address.to_text(), "::1");
    EXPECT_EQ(v6->port, 0);
}

TEST(ParseEndpoint, RefusesWhatIsNone)
{
    for (auto const* const bad : {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[127.0.0.1]:80",
             "localhost:80", "127.0.0.1:80 ", "127.0.0.1:-1"})
        EXPECT_FALSE(parse_endpoint(bad)) << bad;
}

} // namespace
} // namespace gatehouse
