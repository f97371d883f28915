#include "policy/suggest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace gatehouse::policy {
namespace {

TEST(EditDistance, CountsSlipsOfTheFinger)
{
    EXPECT_EQ(edit_distance("", ""), 0U);
    EXPECT_EQ(edit_distance("abc", ""), 3U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("instagram", "instagram"), 0U);
    EXPECT_EQ(edit_distance("instagam", "instagram"), 1U);
    EXPECT_EQ(edit_distance("instagarm", "instagram"), 1U); // swapped neighbours
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Suggest, NamesTheNearestOrNothing)
{
    constexpr std::array<std::string_view, 3> names{"twitter", "facebook", "instagram"};
    EXPECT_EQ(suggest("twiter", names), "did you mean \"twitter\"?");
    EXPECT_EQ(suggest("facebok", names), "did you mean \"facebook\"?");
    EXPECT_EQ(suggest("minecraft", names), "");
    EXPECT_EQ(suggest("twiter", {}), "");
    EXPECT_EQ(suggest(std::string(100'000, 'x'), names), "");
}

} // namespace
} // namespace gatehouse::policy
