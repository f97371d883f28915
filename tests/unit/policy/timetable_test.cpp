#include "policy/timetable.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

std::uint16_t minute(std::string_view text)
{
    return parse_minute(text).value();
}

LocalTime at(std::string_view text)
{
    return LocalTime::parse(text).value();
}

Period period(std::string name, PeriodKind kind, std::string_view start, std::string_view end)
{
    Period made;
    made.name = std::move(name);
    made.kind = kind;
    made.start = minute(start);
    made.end = minute(end);
    return made;
}

Timetable school_day()
{
    Timetable timetable;
    timetable.terms.push_back({"Autumn", *Date::parse("2026-09-01"), *Date::parse("2026-12-18")});
    timetable.terms.push_back({"Spring", *Date::parse("2027-01-04"), *Date::parse("2027-03-31")});
    timetable.closures.push_back({"Half term", *Date::parse("2026-10-26"), *Date::parse("2026-10-30")});
    timetable.closures.push_back({"INSET day", *Date::parse("2026-11-27"), *Date::parse("2026-11-27")});
    timetable.periods = {
        period("lesson-1", PeriodKind::lesson, "09:00", "09:50"),
        period("lesson-2", PeriodKind::lesson, "09:50", "10:40"),
        period("break", PeriodKind::break_time, "10:40", "11:00"),
        period("lesson-3", PeriodKind::lesson, "11:00", "12:40"),
        period("lunch", PeriodKind::lunch, "12:40", "13:30"),
    };
    auto early = period("early-lunch", PeriodKind::lunch, "11:50", "12:20");
    early.groups = {"year-7", "year-8"};
    timetable.periods.push_back(early);
    auto club = period("club", PeriodKind::outside, "15:00", "16:00");
    club.weekdays = 1U << 6;
    timetable.periods.push_back(club);
    return timetable;
}

struct Row {
    std::string_view time, group, period;
    PeriodKind kind;
    std::string_view until;
};

void expect_rows(Timetable const& timetable, std::initializer_list<Row> rows)
{
    for (auto const& row : rows) {
        std::vector<std::string> const groups(row.group.empty() ? 0 : 1, std::string(row.group));
        auto const now = timetable.at(at(row.time), groups);
        EXPECT_EQ(now.period ? now.period->name : "", row.period) << row.time << ' ' << row.group;
        EXPECT_EQ(now.kind, row.kind) << row.time << ' ' << row.group;
        EXPECT_EQ(now.until.to_text(), row.until) << row.time << ' ' << row.group;
    }
}

TEST(Timetable, AMinuteBelongsToThePeriodThatStartsAtIt)
{
    expect_rows(school_day(),
        {
            {"2026-11-24T00:00", "", "", PeriodKind::outside, "2026-11-24T09:00"},
            {"2026-11-24T08:59", "", "", PeriodKind::outside, "2026-11-24T09:00"},
            {"2026-11-24T09:00", "", "lesson-1", PeriodKind::lesson, "2026-11-24T09:50"},
            {"2026-11-24T09:49", "", "lesson-1", PeriodKind::lesson, "2026-11-24T09:50"},
            {"2026-11-24T09:50", "", "lesson-2", PeriodKind::lesson, "2026-11-24T10:40"},
            {"2026-11-24T10:39", "", "lesson-2", PeriodKind::lesson, "2026-11-24T10:40"},
            {"2026-11-24T10:40", "", "break", PeriodKind::break_time, "2026-11-24T11:00"},
            {"2026-11-24T10:59", "", "break", PeriodKind::break_time, "2026-11-24T11:00"},
            {"2026-11-24T11:00", "", "lesson-3", PeriodKind::lesson, "2026-11-24T12:40"},
            {"2026-11-24T13:30", "", "", PeriodKind::outside, "2026-11-25T00:00"},
            {"2026-11-24T23:59", "", "", PeriodKind::outside, "2026-11-25T00:00"},
        });
}

TEST(Timetable, APeriodOfTheGroupStandsInsteadOfTheGeneralOne)
{
    expect_rows(school_day(),
        {
            {"2026-11-24T11:49", "year-7", "lesson-3", PeriodKind::lesson, "2026-11-24T11:50"},
            {"2026-11-24T11:50", "year-7", "early-lunch", PeriodKind::lunch, "2026-11-24T12:20"},
            {"2026-11-24T12:20", "year-7", "lesson-3", PeriodKind::lesson, "2026-11-24T12:40"},
            {"2026-11-24T11:50", "year-9", "lesson-3", PeriodKind::lesson, "2026-11-24T12:40"},
            {"2026-11-24T11:50", "", "lesson-3", PeriodKind::lesson, "2026-11-24T12:40"},
        });
}

TEST(Timetable, NothingHappensOutsideTermOrOnClosures)
{
    auto const timetable = school_day();
    expect_rows(timetable,
        {
            {"2026-10-27T10:00", "", "", PeriodKind::outside, "2026-10-28T00:00"},
            {"2026-11-27T10:00", "", "", PeriodKind::outside, "2026-11-28T00:00"},
            {"2026-12-21T10:00", "", "", PeriodKind::outside, "2026-12-22T00:00"},
            {"2026-12-31T10:00", "", "", PeriodKind::outside, "2027-01-01T00:00"},
            {"2026-11-28T10:00", "", "", PeriodKind::outside, "2026-11-29T00:00"}, // Saturday
        });
    EXPECT_EQ(timetable.at(at("2026-10-27T10:00"), {}).closed_for, "Half term");
    EXPECT_EQ(timetable.at(at("2026-11-27T10:00"), {}).closed_for, "INSET day");
    EXPECT_EQ(timetable.at(at("2026-12-21T10:00"), {}).closed_for, "not in term");
    EXPECT_EQ(timetable.at(at("2026-11-28T10:00"), {}).closed_for, "");
    EXPECT_EQ(timetable.at(at("2026-09-01T10:00"), {}).period->name, "lesson-2"); // first and last day are in term
    EXPECT_EQ(timetable.at(at("2026-12-18T10:00"), {}).period->name, "lesson-2");
}

TEST(Timetable, KeepsWallClockOnBothDaylightSavingSundays)
{
    // 2026-10-25 repeats 01:00 to 02:00, 2027-03-28 leaves it out. Periods follow the clock on the wall, so both days look like any Sunday.
    auto timetable = school_day();
    timetable.closures.clear();
    auto night = period("night-study", PeriodKind::lesson, "00:30", "03:00");
    night.weekdays = 1U << 6;
    timetable.periods.push_back(night);
    expect_rows(timetable,
        {
            {"2026-10-25T00:29", "", "", PeriodKind::outside, "2026-10-25T00:30"},
            {"2026-10-25T01:30", "", "night-study", PeriodKind::lesson, "2026-10-25T03:00"},
            {"2026-10-25T15:30", "", "club", PeriodKind::outside, "2026-10-25T16:00"},
            {"2027-03-28T00:59", "", "night-study", PeriodKind::lesson, "2027-03-28T03:00"},
            {"2027-03-28T01:30", "", "night-study", PeriodKind::lesson,
                "2027-03-28T03:00"}, // a minute that no clock shows has an answer too
            {"2027-03-28T02:00", "", "night-study", PeriodKind::lesson, "2027-03-28T03:00"},
            {"2027-03-28T15:00", "", "club", PeriodKind::outside, "2027-03-28T16:00"},
        });
}

TEST(Timetable, WithoutTermsEveryDayIsInTerm)
{
    auto timetable = school_day();
    timetable.terms.clear();
    EXPECT_EQ(timetable.at(at("2030-01-02T10:00"), {}).period->name, "lesson-2");
    EXPECT_EQ(Timetable{}.at(at("2030-01-02T10:00"), {}).kind, PeriodKind::outside);
}

TEST(Timetable, UntilIsTheFirstMinuteWithAnotherAnswer)
{
    auto const timetable = school_day();
    std::vector<std::string> const groups{"year-8"};
    for (std::uint16_t m = 0; m < 1440; ++m) {
        LocalTime const time{*Date::parse("2026-11-24"), m};
        auto const now = timetable.at(time, groups);
        ASSERT_GT(now.until, time);
        auto const end = now.until.date == time.date ? now.until.minute : 1440;
        for (auto later = m; later < end; ++later)
            ASSERT_EQ(timetable.at({time.date, later}, groups).period, now.period) << m << ' ' << later;
        if (end != 1440) {
            ASSERT_NE(timetable.at(now.until, groups).period, now.period);
        }
    }
}

TEST(PeriodKind, EveryNameReadsBackAsItself)
{
    for (auto const kind : {PeriodKind::lesson, PeriodKind::break_time, PeriodKind::lunch, PeriodKind::outside})
        EXPECT_EQ(parse_period_kind(to_text(kind)), kind);
    EXPECT_EQ(to_text(PeriodKind::break_time), "break");
    EXPECT_EQ(parse_period_kind("playtime"), std::nullopt);
}

} // namespace
} // namespace gatehouse::policy
