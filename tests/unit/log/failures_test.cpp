// Whatever happens to the disk, rows are written or counted, and writing resumes by itself.

#include "proxy/log/access_log.hpp"
#include "proxy/log/day_file.hpp"
#include "proxy/log/day_schema.hpp"
#include "proxy/log/logging.hpp"
#include "proxy/log/search.hpp"
#include "proxy/log/sqlite.hpp"
#include "sample.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;

/// Makes writes beyond `bytes` of any file fail (EFBIG), as a full disk would; lifts it at the end.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        auto limit = before_;
        limit.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(FullDisk const&) = delete;
    FullDisk& operator=(FullDisk const&) = delete;

private:
    rlimit before_{};
};

class Failures : public testing::Test {
protected:
    void append(int rows)
    {
        for (int i = 0; i < rows; ++i)
            log_.ring_for_worker(0).append(sample_record());
        log_.flush();
    }
    std::size_t stored_rows() const
    {
        SearchQuery query;
        query.limit = 10000;
        return search(folder_.path(), query)->rows.size();
    }
    fs::path day_file() const { return folder_.path() / "access-2026-11-24.db"; }
    void overwrite(std::size_t size) const
    {
        std::ofstream{day_file(), std::ios::binary | std::ios::trunc} << std::string(size, 'g');
    }

    TemporaryFolder folder_;
    std::ostringstream lines_;
    std::shared_ptr<spdlog::logger> logger_
        = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines_));
    AccessLog log_{[this] {
        auto options = sample_options(folder_);
        options.logger = logger_;
        return options;
    }()};
};

TEST_F(Failures, FullDiskLosesCountedRowsAndResumes)
{
    log_.start();
    append(10);
    {
        FullDisk const full{3000};
        for (int i = 0; i < 5; ++i)
            append(100);
        EXPECT_TRUE(log_.counters().failing);
    }
    auto const during = log_.counters();
    EXPECT_EQ(during.rows, 510U);
    EXPECT_GT(during.squid_lost, 0U);
    EXPECT_GT(during.ecs_lost, 0U);
    EXPECT_GT(during.store_lost, 0U);
    append(10);
    auto const after = log_.counters();
    EXPECT_FALSE(after.failing);
    auto const squid = lines_of(contents(folder_.path() / "access.log"));
    EXPECT_EQ(squid.size(), 520 - after.squid_lost);
    for (auto const& line : squid)
        EXPECT_EQ(line, squid.front()) << "no half line is left";
    auto const ecs = lines_of(contents(folder_.path() / "access.json"));
    EXPECT_EQ(ecs.size(), 520 - after.ecs_lost);
    EXPECT_EQ(stored_rows(), 520 - after.store_lost);
}

TEST_F(Failures, AlarmsOnceAndSaysWhenItIsOver)
{
    log_.start();
    {
        FullDisk const full{0};
        for (int i = 0; i < 20; ++i)
            append(1);
    }
    append(1);
    log_.stop();
    auto const lines = lines_of(lines_.str());
    auto const count = [&](char const* part) {
        return std::count_if(lines.begin(), lines.end(), [&](auto& line) { return line.find(part) != line.npos; });
    };
    EXPECT_EQ(count("log.sink_failed sink=access.log"), 1);
    EXPECT_EQ(count("log.sink_failed sink=day file"), 1);
    EXPECT_EQ(count("log.sink_recovered sink=access.log"), 1);
}

TEST_F(Failures, FolderMissingAtFirstThenMade)
{
    log_.start();
    log_.flush();
    fs::remove_all(folder_.path());
    append(3);
    EXPECT_EQ(log_.counters().squid_lost, 3U);
    EXPECT_EQ(log_.counters().store_lost, 3U);
    fs::create_directory(folder_.path());
    append(2);
    EXPECT_EQ(stored_rows(), 2U);
    EXPECT_EQ(lines_of(contents(folder_.path() / "access.log")).size(), 2U);
}

TEST_F(Failures, DayFileDeletedWhileRunning)
{
    log_.start();
    append(5);
    fs::remove(day_file());
    append(2);
    EXPECT_EQ(stored_rows(), 2U);
    EXPECT_EQ(log_.counters().files_replaced, 1U);
    EXPECT_EQ(log_.counters().store_lost, 0U);
}

TEST_F(Failures, DayFileOverwrittenWithGarbageWhileRunning)
{
    log_.start();
    append(5);
    auto const size = fs::file_size(day_file());
    std::uint64_t replaced = 0;
    for (auto const garbage : {size, std::uintmax_t{100}, 3 * size, std::uintmax_t{0}}) {
        overwrite(garbage);
        append(2);
        EXPECT_EQ(stored_rows(), 2U) << garbage;
        EXPECT_EQ(log_.counters().files_replaced, ++replaced) << garbage;
    }
    EXPECT_EQ(log_.counters().store_lost, 0U);
    EXPECT_TRUE(fs::exists(day_file().string() + ".damaged")) << "kept for a look";
}

TEST_F(Failures, DayFileReplacedByAnotherFileWhileRunning)
{
    log_.start();
    append(5);
    auto const other = folder_.path() / "other";
    std::ofstream{other} << std::string(100000, 'g');
    fs::rename(other, day_file());
    append(2);
    EXPECT_EQ(stored_rows(), 2U);
}

TEST_F(Failures, DayFileOfGarbageAtStart)
{
    overwrite(5000);
    log_.start();
    append(2);
    EXPECT_EQ(stored_rows(), 2U);
    EXPECT_EQ(log_.counters().files_replaced, 1U);
}

TEST_F(Failures, PagesDamagedInsideAValidFile)
{
    log_.start();
    append(2000);
    log_.stop();
    {
        std::fstream file{day_file(), std::ios::binary | std::ios::in | std::ios::out};
        file.seekp(4096);
        file << std::string(fs::file_size(day_file()) - 4096, 'g');
    }
    AccessLog again{sample_options(folder_)};
    again.start();
    again.ring_for_worker(0).append(sample_record());
    again.flush();
    EXPECT_EQ(stored_rows(), 1U);
    EXPECT_EQ(again.counters().files_replaced, 1U);
}

TEST_F(Failures, SearchPassesOverDamagedDays)
{
    log_.start();
    append(2);
    log_.stop();
    std::ofstream{folder_.path() / "access-2026-11-23.db"} << std::string(5000, 'g');
    auto const page = search(folder_.path(), {});
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 2U);
    EXPECT_EQ(page->unreadable_days, 1U);
}

TEST_F(Failures, SearchInventsNoRowsWhereACellIsDamaged)
{
    log_.start();
    append(2);
    log_.stop();
    auto const whole = contents(day_file());
    unsigned damaged = 0;
    for (int column = 0; column < cells_per_block; ++column) {
        std::ofstream{day_file(), std::ios::binary | std::ios::trunc} << whole;
        {
            auto const database = open_database(day_file().string(), SQLITE_OPEN_READWRITE);
            auto const sql = fmt::format("UPDATE cell SET bytes = x'63' WHERE id % {} = {}", cells_per_block, column);
            ASSERT_FALSE(execute(database->get(), sql.c_str()));
        }
        auto const page = search(folder_.path(), {});
        ASSERT_TRUE(page);
        EXPECT_EQ(page->rows.size(), page->unreadable_days == 0 ? 2U : 0U) << column;
        damaged += page->unreadable_days;
    }
    EXPECT_GT(damaged, 0U);
}

} // namespace
} // namespace gatehouse::log
