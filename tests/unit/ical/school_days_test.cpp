#include "proxy/ical/school_days.hpp"

#include <gtest/gtest.h>

namespace gatehouse::ical {
namespace {

TEST(SortOut, TellsTermsAndClosuresByTheirNames)
{
    std::vector<CalendarDays> const days{{"AUTUMN Term", {2026, 9, 2}, {2026, 12, 18}},
        {"Half term", {2026, 10, 26}, {2026, 10, 30}}, {"INSET day", {2027, 1, 4}, {2027, 1, 4}},
        {"Sports day", {2027, 6, 11}, {2027, 6, 11}}};
    auto const all = sort_out(days, {});
    EXPECT_TRUE(all.terms.empty());
    EXPECT_EQ(all.closures, days);
    auto const some = sort_out(days, {{"autumn term", "spring term"}, {"half TERM", "inset"}});
    ASSERT_EQ(some.terms.size(), 1u);
    EXPECT_EQ(some.terms.front().name, "AUTUMN Term");
    EXPECT_EQ(some.closures.size(), 2u);
    ASSERT_EQ(some.left_out.size(), 1u);
    EXPECT_EQ(some.left_out.front().name, "Sports day");
}

TEST(UsualSpan, BeginsWithTheSchoolYearThatRuns)
{
    EXPECT_EQ(usual_span({2026, 8, 31}).from, (policy::Date{2025, 9, 1}));
    EXPECT_EQ(usual_span({2026, 9, 1}).from, (policy::Date{2026, 9, 1}));
    EXPECT_EQ(usual_span({2026, 9, 1}).to, (policy::Date{2030, 8, 31}));
}

} // namespace
} // namespace gatehouse::ical
