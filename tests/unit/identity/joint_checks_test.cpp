#include "proxy/identity/joint_checks.hpp"

#include <gtest/gtest.h>

namespace gatehouse::identity {
namespace {

policy::IpAddress const here = policy::IpAddress::from_v4(0x0a000001U);
SignInResult const amy_proved{SignInStatus::proved, {"amy", "pupil", {"year-9"}}};

class Joint : public testing::Test {
protected:
    /// What the others hear is gathered.
    bool begin(CredentialKey const& wanted)
    {
        return checks.begin(wanted, [this](SignInResult const& result) { heard.push_back(result); });
    }

    JointChecks checks;
    CredentialKey const key = checks.key_of(here, {"amy", "secret"});
    std::vector<SignInResult> heard;
};

TEST_F(Joint, ChecksMakeOneOfThoseThatAreWantedAtTheSameTime)
{
    ASSERT_TRUE(begin(key));
    LeadingCheck leading(checks, key);
    for (int i = 0; i < 30; ++i)
        EXPECT_FALSE(begin(key));
    EXPECT_TRUE(heard.empty());
    leading.answer(amy_proved);
    ASSERT_EQ(heard.size(), 30U);
    EXPECT_EQ(heard[7].status, SignInStatus::proved);
    EXPECT_EQ(heard[7].person, amy_proved.person);
}

TEST_F(Joint, ChecksKeepApartWhatDiffersInAnything)
{
    ASSERT_TRUE(begin(key));
    EXPECT_TRUE(begin(checks.key_of(here, {"amy", "wrong"})));
    EXPECT_TRUE(begin(checks.key_of(here, {"bob", "secret"})));
    EXPECT_TRUE(begin(checks.key_of(policy::IpAddress::from_v4(0x0a000002U), {"amy", "secret"})));
}

TEST_F(Joint, ChecksKeepNoAnswer)
{
    ASSERT_TRUE(begin(key));
    LeadingCheck(checks, key).answer(amy_proved);
    EXPECT_TRUE(begin(key)) << "an account may have been disabled since";
    EXPECT_TRUE(heard.empty());
}

TEST_F(Joint, ChecksLetNobodyWaitForOneThatEndedWithoutAnAnswer)
{
    ASSERT_TRUE(begin(key));
    {
        LeadingCheck const leading(checks, key);
        EXPECT_FALSE(begin(key));
    }
    ASSERT_EQ(heard.size(), 1U);
    EXPECT_EQ(heard[0].status, SignInStatus::unavailable) << "nobody is let in on a guess";
    EXPECT_TRUE(begin(key));
}

} // namespace
} // namespace gatehouse::identity
