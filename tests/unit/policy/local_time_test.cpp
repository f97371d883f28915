#include "policy/local_time.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(Date, ParsesAndPrints)
{
    for (std::string_view const text : {"2026-11-24", "2028-02-29", "1970-01-01", "2027-12-31"})
        EXPECT_EQ(Date::parse(text)->to_text(), text);
}

TEST(Date, RefusesDaysThatDoNotExist)
{
    for (std::string_view const bad : {"", "2026-11-31", "2027-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-11-24",
             "2026/11/24", "2026-11-24 ", "2026-11-2x", "-026-11-24"})
        EXPECT_FALSE(Date::parse(bad)) << bad;
}

TEST(Date, KnowsItsWeekdayAndSuccessor)
{
    EXPECT_EQ(Date::parse("2026-11-23")->weekday(), 0U); // Monday
    EXPECT_EQ(Date::parse("2026-11-24")->weekday(), 1U);
    EXPECT_EQ(Date::parse("2027-03-28")->weekday(), 6U); // Sunday, clocks go forward
    EXPECT_EQ(Date::parse("2026-12-31")->next().to_text(), "2027-01-01");
    EXPECT_EQ(Date::parse("2028-02-28")->next().to_text(), "2028-02-29");
    EXPECT_EQ(Date::parse("2028-02-29")->next_year().to_text(), "2029-02-28");
    EXPECT_EQ(Date::parse("2026-12-31")->next_year().to_text(), "2027-12-31");
}

TEST(LocalTime, ParsesAndPrints)
{
    for (std::string_view const text : {"2026-11-24T10:40", "2026-11-24T00:00", "2026-11-24T23:59"})
        EXPECT_EQ(LocalTime::parse(text)->to_text(), text);
    EXPECT_EQ(LocalTime::parse("2026-11-24T10:40")->minute, 640);
}

TEST(LocalTime, RefusesMinutesThatDoNotExist)
{
    for (std::string_view const bad : {"", "2026-11-24", "2026-11-24T24:00", "2026-11-24T10:60", "2026-11-24 10:40",
             "2026-11-24T1:40", "2026-11-24T10:40Z", "2026-11-24T10:40:00", "2026-02-30T10:40"})
        EXPECT_FALSE(LocalTime::parse(bad)) << bad;
}

TEST(LocalTime, IsOrderedByTime)
{
    EXPECT_LT(*LocalTime::parse("2026-11-24T23:59"), *LocalTime::parse("2026-11-25T00:00"));
    EXPECT_LT(*LocalTime::parse("2026-11-24T09:59"), *LocalTime::parse("2026-11-24T10:00"));
}

} // namespace
} // namespace gatehouse::policy
