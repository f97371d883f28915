#include "proxy/ical/calendar.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::ical {
namespace {

using policy::Date;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Date from{2026, 9, 1};
constexpr Date to{2028, 8, 31};

std::string calendar_of(std::string const& events)
{
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + events + "END:VCALENDAR\r\n";
}

std::string event(std::string const& lines)
{
    return "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" + lines + "END:VEVENT\r\n";
}

std::vector<std::string> days_of(Calendar const& calendar)
{
    std::vector<std::string> out;
    for (auto const& days : calendar.days)
        out.push_back(fmt::format("{} {} {}", days.first.to_text(), days.last.to_text(), days.name));
    return out;
}

Calendar read(std::string const& lines)
{
    return read_calendar(calendar_of(event(lines)), from, to);
}

TEST(ReadCalendar, TakesWholeDaysWithoutTheDayBehindThem)
{
    auto const calendar = read_calendar(
        calendar_of(event("DTSTART;VALUE=DATE:20270503\r\nDTEND;VALUE=DATE:20270504\r\nSUMMARY:Early May bank holiday\r\n")
            + event("DTSTART;VALUE=DATE:20261026\r\nDTEND;VALUE=DATE:20261031\r\nSUMMARY:Half term\r\n")
            + event("DTSTART;VALUE=DATE:20270104\r\nSUMMARY:INSET day\r\n")
            + event("DTSTART;VALUE=DATE:20270215\r\nDURATION:P5D\r\nSUMMARY:Spring half term\r\n")),
        from, to);
    EXPECT_EQ(calendar.error, "");
    EXPECT_THAT(days_of(calendar),
        ElementsAre("2026-10-26 2026-10-30 Half term", "2027-01-04 2027-01-04 INSET day",
            "2027-02-15 2027-02-19 Spring half term", "2027-05-03 2027-05-03 Early May bank holiday"));
    EXPECT_TRUE(calendar.skipped.empty());
}

TEST(ReadCalendar, TakesMidnightToMidnightAsDaysInAnyZoneAndSeason)
{
    auto const calendar
        = read("DTSTART;TZID=Europe/London:20270326T000000\r\nDTEND;TZID=Europe/London:20270330T000000\r\nSUMMARY:Easter\r\n");
    EXPECT_THAT(days_of(calendar), ElementsAre("2027-03-26 2027-03-29 Easter")); // the clocks go forward on the 28th
}

TEST(ReadCalendar, SkipsHoursAndSaysSo)
{
    auto const calendar = read("DTSTART:20270326T090000Z\r\nDTEND:20270326T150000Z\r\nSUMMARY:Sports day\r\n");
    EXPECT_TRUE(calendar.days.empty());
    ASSERT_EQ(calendar.skipped.size(), 1U);
    EXPECT_EQ(calendar.skipped.front().name, "Sports day");
    EXPECT_THAT(calendar.skipped.front().why, HasSubstr("09:00"));
}

TEST(ReadCalendar, SkipsWhatWasCancelled)
{
    auto const calendar = read("DTSTART;VALUE=DATE:20270326\r\nSTATUS:CANCELLED\r\nSUMMARY:INSET day\r\n");
    EXPECT_TRUE(calendar.days.empty());
    EXPECT_EQ(calendar.skipped.size(), 1U);
}

TEST(ReadCalendar, RepeatsAsTheRuleSaysWithoutTheDatesTakenOut)
{
    auto const calendar = read("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20271225\r\n"
                               "RDATE;VALUE=DATE:20270101\r\nSUMMARY:Closed\r\n");
    EXPECT_THAT(days_of(calendar), ElementsAre("2026-12-25 2026-12-25 Closed", "2027-01-01 2027-01-01 Closed"));
}

TEST(ReadCalendar, LeavesOutOtherYears)
{
    auto const calendar = read("DTSTART;VALUE=DATE:20191225\r\nSUMMARY:Christmas Day\r\n");
    EXPECT_EQ(calendar.error, "");
    EXPECT_TRUE(calendar.days.empty());
}

TEST(ReadCalendar, BoundsRepetitions)
{
    auto const seconds = read("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:x\r\n");
    EXPECT_TRUE(seconds.days.empty());
    EXPECT_EQ(seconds.skipped.size(), 1U);
    std::string events;
    for (int i = 0; i < 4; ++i)
        events += event(fmt::format("DTSTART;VALUE=DATE:20260901\r\nRRULE:FREQ=DAILY\r\nSUMMARY:{}\r\n", i));
    auto const days = read_calendar(calendar_of(events), from, to);
    EXPECT_THAT(days.error, HasSubstr("more than 2000"));
    EXPECT_EQ(days.days.size(), max_calendar_days);
}

TEST(ReadCalendar, MakesNamesOneShortLine)
{
    auto const calendar
        = read("DTSTART;VALUE=DATE:20270104\r\nSUMMARY:Two\\nlines \\, and more" + std::string(300, 'x') + "\r\n");
    ASSERT_EQ(calendar.days.size(), 1U);
    EXPECT_THAT(calendar.days.front().name, testing::StartsWith("Two lines , and morexxx"));
    EXPECT_EQ(calendar.days.front().name.size(), 100U);
}

TEST(ReadCalendar, RefusesWhatIsNoCalendar)
{
    for (std::string const text : {"", "hello", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "<html></html>"})
        EXPECT_THAT(read_calendar(text, from, to).error, HasSubstr("no iCalendar file")) << text;
    EXPECT_THAT(read_calendar(std::string(max_calendar_size + 1, ' '), from, to).error, HasSubstr("larger than 4 MiB"));
}

/// Every day since 1970, but for so many.
std::string daily_without(int days)
{
    std::string lines = "DTSTART;VALUE=DATE:19700101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Every day\r\n";
    for (int i = 0; i < days; ++i)
        lines += "EXDATE;VALUE=DATE:20270101\r\n";
    return event(lines);
}

TEST(ReadCalendar, GivesUpOnRepetitionsThatTakeTooLong)
{
    EXPECT_EQ(read_calendar(calendar_of(daily_without(22)), from, to).error, "");
    EXPECT_THAT(read_calendar(calendar_of(daily_without(40)), from, to).error, HasSubstr("more often than can be read"));
    EXPECT_THAT(read_calendar(calendar_of(daily_without(22) + daily_without(1)), from, to).error,
        HasSubstr("more often than can be read"))
        << "all events of a file together";
    auto const never = event("DTSTART;VALUE=DATE:20260901\r\nRRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30\r\nSUMMARY:Never\r\n");
    EXPECT_EQ(read_calendar(calendar_of(never), from, to).error, "");
    EXPECT_THAT(read_calendar(calendar_of(daily_without(22) + never), from, to).error, HasSubstr("more often than can be read"))
        << "what never comes takes the longest";
}

TEST(ReadCalendar, TakesNoRuleOfExceptions)
{
    auto const calendar = read("DTSTART;VALUE=DATE:20270104\r\nRRULE:FREQ=DAILY\r\nEXRULE:FREQ=DAILY\r\nSUMMARY:x\r\n");
    EXPECT_TRUE(calendar.days.empty());
    ASSERT_EQ(calendar.skipped.size(), 1u);
    EXPECT_THAT(calendar.skipped.front().why, HasSubstr("rule"));
}

} // namespace
} // namespace gatehouse::ical
