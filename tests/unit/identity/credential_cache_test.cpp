#include "proxy/identity/credential_cache.hpp"

#include <gtest/gtest.h>

namespace gatehouse::identity {
namespace {

using Steady = std::chrono::steady_clock::time_point;

policy::IpAddress address(std::uint32_t last)
{
    return policy::IpAddress::from_v4(0x0a000000U + last);
}
Proved const amy{"amy", "pupil", {"year-9"}};

TEST(CredentialCache, AnswersForTheSamePersonPasswordAndAddressOnly)
{
    CredentialCache cache;
    Steady const now{};
    cache.keep(address(1), {"amy", "secret"}, amy, now);
    EXPECT_EQ(cache.find(address(1), {"amy", "secret"}, now), amy);
    EXPECT_FALSE(cache.find(address(2), {"amy", "secret"}, now));
    EXPECT_FALSE(cache.find(address(1), {"amy", "wrong"}, now));
    EXPECT_FALSE(cache.find(address(1), {"bob", "secret"}, now));
    EXPECT_FALSE(cache.find(address(1), {"amys", "ecret"}, now));
    EXPECT_FALSE(cache.find(address(1), {"", "amysecret"}, now));
}

TEST(CredentialCache, LetsTheNextPersonAtAnAddressInheritNothing)
{
    CredentialCache cache;
    Steady const now{};
    Proved const teacher{"t.hill", "staff", {}};
    cache.keep(address(1), {"t.hill", "x"}, teacher, now);
    cache.keep(address(1), {"amy", "y"}, amy, now);
    EXPECT_EQ(cache.find(address(1), {"amy", "y"}, now), amy);
    EXPECT_EQ(cache.find(address(1), {"t.hill", "x"}, now), teacher);
}

TEST(CredentialCache, ForgetsAfterFiveMinutes)
{
    CredentialCache cache;
    Steady const now{};
    cache.keep(address(1), {"amy", "secret"}, amy, now);
    EXPECT_TRUE(cache.find(address(1), {"amy", "secret"}, now + CredentialCache::max_age - std::chrono::seconds{1}));
    EXPECT_FALSE(cache.find(address(1), {"amy", "secret"}, now + CredentialCache::max_age));
    EXPECT_EQ(cache.size(), 0u);
}

TEST(CredentialCache, StaysWithinItsBound)
{
    CredentialCache cache;
    Steady const now{};
    for (std::uint32_t i = 0; i < 2 * CredentialCache::max_entries; ++i)
        cache.keep(address(i), {"amy", "secret"}, amy, now);
    EXPECT_LE(cache.size(), CredentialCache::max_entries);
    cache.clear();
    EXPECT_FALSE(cache.find(address(0), {"amy", "secret"}, now));
}

TEST(CredentialCache, DrawsItsOwnKey)
{
    CredentialCache one, other;
    one.keep(address(1), {"amy", "secret"}, amy, Steady{});
    EXPECT_FALSE(other.find(address(1), {"amy", "secret"}, Steady{}));
}

} // namespace
} // namespace gatehouse::identity
