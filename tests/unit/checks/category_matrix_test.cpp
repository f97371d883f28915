#include "tests/unit/checks/school.hpp"

#include "proxy/checks/category_matrix.hpp"

#include <array>

namespace gatehouse::checks::test {
namespace {

constexpr std::array<std::string_view, 4> asked{"adult", "games", "gambling", "no-such-category"};
constexpr unsigned half_hours = 7 * 48;

TEST(CategoryMatrix, AsksTheDecisionThroughAWeek)
{
    auto const policy = school();
    auto const matrix = enforce_categories(policy, asked, tuesday, moment_of);
    EXPECT_EQ(matrix.roles, (std::vector<std::string>{"pupil", "staff"}));
    ASSERT_EQ(matrix.rows.size(), 3U) << "a category that the policy does not have cannot be asked about";
    auto const* const adult = matrix.row("adult");
    ASSERT_NE(adult, nullptr);
    EXPECT_EQ(adult->by_role[0].asked, half_hours);
    EXPECT_TRUE(adult->by_role[0].always());
    EXPECT_TRUE(adult->by_role[1].never());
    auto const& games = matrix.row("games")->by_role[0];
    EXPECT_EQ(games.blocked, 5U * 6U) << "three hours of five school days";
    EXPECT_FALSE(games.always());
    EXPECT_EQ(games.percent(), 9U);
    EXPECT_TRUE(matrix.row("gambling")->by_role[0].never());
    EXPECT_EQ(matrix.row("no-such-category"), nullptr);
}

TEST(CategoryMatrix, SeesAGrantThatOpensACategoryForEverybody)
{
    auto policy = school();
    policy::Override grant;
    grant.id = "override-1";
    grant.from = tuesday;
    grant.until = tuesday + std::chrono::hours{12};
    grant.who = {std::get<policy::Selector>(policy::parse_selector(policy, "who", "everyone"))};
    grant.what = {std::get<policy::Selector>(policy::parse_selector(policy, "what", "category:adult"))};
    policy.overrides.push_back(grant);
    auto const matrix = enforce_categories(policy, asked, tuesday, moment_of);
    EXPECT_EQ(matrix.row("adult")->by_role[0].blocked, half_hours - 24U);
}

} // namespace
} // namespace gatehouse::checks::test
