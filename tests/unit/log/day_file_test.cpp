#include "proxy/log/day_file.hpp"

#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using namespace std::chrono;

void touch(std::filesystem::path const& path)
{
    std::ofstream{path} << "x";
}

TEST(DayFile, ListsSearchableDaysNewestFirst)
{
    TemporaryFolder const folder;
    for (auto const* name : {"access-2026-11-23.db", "access-2026-11-24.db", "access-2026-11-24.db-wal", "access.log",
             "access-2026-11-22.log", "access-2026-13-01.db", "access-2026-11-21.db.damaged", "other.db"})
        touch(folder.path() / name);
    auto const days = list_days(folder.path());
    ASSERT_TRUE(days);
    EXPECT_THAT(*days, testing::ElementsAre(Day{2026y / November / 24}, Day{2026y / November / 23}));
}

TEST(DayFile, DeletesWholeDaysAndNothingElse)
{
    TemporaryFolder const folder;
    for (auto const* name : {"access-2026-08-01.db", "access-2026-08-01.db.damaged", "access-2026-08-01.log",
             "access-2026-08-01.json.1", "access-2026-08-02.db", "access.log", "access.json", "access-notes.txt"})
        touch(folder.path() / name);
    EXPECT_EQ(delete_days_before(folder.path(), Day{2026y / August / 2}), 1U);
    std::vector<std::string> left;
    for (auto const& entry : std::filesystem::directory_iterator{folder.path()})
        left.push_back(entry.path().filename().string());
    EXPECT_THAT(left, testing::UnorderedElementsAre("access-2026-08-02.db", "access.log", "access.json", "access-notes.txt"));
}

TEST(Utc, RefusesDaysThatAreNone)
{
    for (auto const* text : {"", "2026-11-31", "2026-1-01", "2026/11/24", "2026-11-24x", "-026-11-24", "20x6-11-24"})
        EXPECT_FALSE(parse_day(text)) << text;
    EXPECT_EQ(parse_day("2026-11-24"), day_of(sample_time()));
}

} // namespace
} // namespace gatehouse::log
