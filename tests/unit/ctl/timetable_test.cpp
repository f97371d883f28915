#include "tests/unit/ctl/ctl_support.hpp"

#include <fstream>
#include <iterator>

namespace gatehouse::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

class TimetableImportTest : public School {
protected:
    TimetableImportTest()
    {
        options_.calendar = dir_ / "dates.ics";
        options_.from = "2026-09-01";
        options_.to = "2029-08-31";
    }
    void publish(std::string const& events)
    {
        std::ofstream{options_.calendar} << "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n" << events << "END:VCALENDAR\r\n";
    }
    static std::string day(std::string const& first, std::string const& behind, std::string const& name)
    {
        return "BEGIN:VEVENT\r\nUID:" + first + "\r\nDTSTART;VALUE=DATE:" + first + "\r\nDTEND;VALUE=DATE:" + behind
            + "\r\nSUMMARY:" + name + "\r\nEND:VEVENT\r\n";
    }
    std::string timetable() const
    {
        std::ifstream file{config_ / "timetable.toml"};
        return {std::istreambuf_iterator<char>{file}, {}};
    }
    Said import(Output output = Output::text)
    {
        return call([this](auto const& common, Streams streams) { return timetable_import(common, options_, streams); }, output);
    }
    boost::json::object explain_pupil(std::string const& at)
    {
        return call_json([&](auto const& common, Streams streams) {
            ExplainOptions question;
            question.url = "https://www.example.org/";
            question.role = "pupil";
            question.at = at;
            return explain(common, question, streams);
        }).json();
    }

    TimetableImportOptions options_;
};

TEST_F(TimetableImportTest, ClosesTheSchoolOnTheDaysOfTheCalendar)
{
    EXPECT_EQ(explain_pupil("2026-11-27T10:00").at("period").as_string(), "lesson-2");
    publish(day("20261127", "20261128", "INSET \"day\"") + day("20280901", "20281220", "Autumn term 2028"));
    options_.terms = {"TERM 20"};
    auto const said = import();
    EXPECT_EQ(said.status, success) << said.error;
    EXPECT_THAT(said.out, HasSubstr("closed    2026-11-27             INSET \"day\""));
    EXPECT_THAT(said.out, HasSubstr("term      2028-09-01 2028-12-19  Autumn term 2028"));
    EXPECT_EQ(explain_pupil("2026-11-27T10:00").at("period").as_string(), "outside");
    EXPECT_EQ(explain_pupil("2028-10-04T10:00").at("period").as_string(), "lesson-2");
}

TEST_F(TimetableImportTest, ReplacesWhatItWroteBeforeAndNothingElse)
{
    auto const before = timetable();
    publish(day("20261127", "20261128", "INSET day"));
    EXPECT_EQ(import().status, success);
    publish(day("20261130", "20261201", "Training day"));
    EXPECT_EQ(import().status, success);
    auto const after = timetable();
    EXPECT_THAT(after, testing::StartsWith(before));
    EXPECT_THAT(after, HasSubstr("Training day"));
    EXPECT_THAT(after, Not(HasSubstr("2026-11-27")));
    EXPECT_EQ(import().status, success);
    EXPECT_EQ(timetable(), after);
}

TEST_F(TimetableImportTest, TakesOnlyTheNamesAskedFor)
{
    publish(day("20261127", "20261128", "INSET day") + day("20261130", "20261201", "Open evening"));
    options_.only = {"inset"};
    auto const json = import(Output::json).json();
    EXPECT_TRUE(json.at("written").as_bool());
    EXPECT_EQ(json.at("closures").as_array().size(), 1U);
    EXPECT_EQ(json.at("left_out").as_array().front().as_object().at("name").as_string(), "Open evening");
    EXPECT_THAT(timetable(), Not(HasSubstr("Open evening")));
}

TEST_F(TimetableImportTest, WritesNothingInADryRun)
{
    auto const before = timetable();
    publish(day("20261127", "20261128", "INSET day"));
    options_.dry_run = true;
    auto const said = import();
    EXPECT_EQ(said.status, success);
    EXPECT_THAT(said.out, HasSubstr("Nothing was written"));
    EXPECT_EQ(timetable(), before);
}

TEST_F(TimetableImportTest, LeavesATimetableAloneThatWouldNotRun)
{
    append("timetable.toml", "\n[[period]]\nname = \"broken\"\n");
    auto const before = timetable();
    publish(day("20261127", "20261128", "INSET day"));
    auto const said = import();
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("nothing was written"));
    EXPECT_EQ(timetable(), before);
}

TEST_F(TimetableImportTest, SaysWhatIsMissing)
{
    EXPECT_THAT(import().error, HasSubstr("dates.ics: cannot be read"));
    publish(day("20191225", "20191226", "Christmas Day"));
    EXPECT_THAT(import().error, HasSubstr("no whole day between 2026-09-01 and 2029-08-31"));
    options_.from = "1 September";
    EXPECT_THAT(import().error, HasSubstr("write it like 2026-09-01"));
}

} // namespace
} // namespace gatehouse::ctl
