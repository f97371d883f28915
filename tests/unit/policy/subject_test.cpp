#include "policy/subject.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(Subject, NamesDeviceKindsAndConfidences)
{
    EXPECT_EQ(to_text(DeviceKind::unknown), "unknown");
    EXPECT_EQ(to_text(DeviceKind::school), "school");
    EXPECT_EQ(to_text(DeviceKind::personal), "personal");
    EXPECT_EQ(to_text(Confidence::none), "none");
    EXPECT_EQ(to_text(Confidence::claimed), "claimed");
    EXPECT_EQ(to_text(Confidence::address), "address");
    EXPECT_EQ(to_text(Confidence::session), "session");
    EXPECT_EQ(to_text(Confidence::password), "password");
}

TEST(Subject, StartsAsNobodyKnown)
{
    Subject const subject;
    EXPECT_EQ(subject.confidence, Confidence::none);
    EXPECT_FALSE(subject.trusts_ca);
}

} // namespace
} // namespace gatehouse::policy
