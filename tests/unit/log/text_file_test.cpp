#include "proxy/log/text_file.hpp"

#include "sample.hpp"

#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Day const today = day_of(sample_time());

TEST(TextFile, RotatesWhenALaterDayBegins)
{
    TemporaryFolder const folder;
    TextFile file{folder.path(), "access", "log"};
    EXPECT_FALSE(file.write("one\n", today));
    EXPECT_FALSE(file.write("two\n", today + std::chrono::days{1}));
    EXPECT_FALSE(file.write("late\n", today));
    EXPECT_EQ(contents(folder.path() / "access-2026-11-24.log"), "one\n");
    EXPECT_EQ(contents(folder.path() / "access.log"), "two\nlate\n");
}

TEST(TextFile, GoesOnRotatingAfterAClockThatWasAhead)
{
    TemporaryFolder const folder;
    TextFile file{folder.path(), "access", "log"};
    EXPECT_FALSE(file.write("ahead\n", today + std::chrono::days{1500}));
    EXPECT_FALSE(file.write("one\n", today));
    EXPECT_FALSE(file.write("two\n", today + std::chrono::days{1}));
    EXPECT_EQ(contents(folder.path() / "access-2026-11-24.log"), "one\n");
    EXPECT_EQ(contents(folder.path() / "access.log"), "two\n");
}

TEST(TextFile, NeverOverwritesARotatedFile)
{
    TemporaryFolder const folder;
    std::ofstream{folder.path() / "access-2026-11-24.log"} << "kept\n";
    TextFile file{folder.path(), "access", "log"};
    EXPECT_FALSE(file.write("one\n", today));
    EXPECT_FALSE(file.write("two\n", today + std::chrono::days{1}));
    EXPECT_EQ(contents(folder.path() / "access-2026-11-24.log"), "kept\n");
    EXPECT_EQ(contents(folder.path() / "access-2026-11-24.log.1"), "one\n");
}

TEST(TextFile, PutsAsideWhatAnEarlierRunLeftOfAnEarlierDay)
{
    TemporaryFolder const folder;
    auto const path = folder.path() / "access.log";
    std::ofstream{path} << "old\n";
    fs::last_write_time(path, std::chrono::file_clock::from_sys(sample_time()));
    TextFile file{folder.path(), "access", "log"};
    EXPECT_FALSE(file.write("new\n", today + std::chrono::days{3}));
    EXPECT_EQ(contents(folder.path() / "access-2026-11-24.log"), "old\n");
    EXPECT_EQ(contents(path), "new\n");
}

TEST(TextFile, FollowsItsNameWhenRenamedOrDeleted)
{
    TemporaryFolder const folder;
    auto const path = folder.path() / "access.log";
    TextFile file{folder.path(), "access", "log"};
    EXPECT_FALSE(file.write("one\n", today));
    fs::rename(path, folder.path() / "moved");
    EXPECT_FALSE(file.write("two\n", today));
    EXPECT_EQ(contents(path), "two\n");
    EXPECT_EQ(contents(folder.path() / "moved"), "one\n");
    fs::remove(path);
    EXPECT_FALSE(file.write("three\n", today));
    EXPECT_EQ(contents(path), "three\n");
}

TEST(TextFile, ReportsAFolderThatIsMissing)
{
    TemporaryFolder const folder;
    TextFile file{folder.path() / "none", "access", "log"};
    EXPECT_TRUE(file.write("one\n", today));
    fs::create_directory(folder.path() / "none");
    EXPECT_FALSE(file.write("two\n", today));
}

} // namespace
} // namespace gatehouse::log
