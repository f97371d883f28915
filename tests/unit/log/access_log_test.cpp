#include "proxy/log/access_log.hpp"

#include "proxy/log/search.hpp"
#include "sample.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace gatehouse::log {
namespace {

TEST(AccessLog, WritesEveryRowToAllThreeSinks)
{
    TemporaryFolder const folder;
    AccessLog log{sample_options(folder)};
    log.start();
    log.ring_for_worker(0).append(sample_record());
    log.ring_for_worker(0).append(blocked_record());
    log.flush();
    EXPECT_EQ(lines_of(contents(folder.path() / "access.log")).size(), 2U);
    auto const rows = lines_of(contents(folder.path() / "access.json"));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(boost::json::parse(rows[1]).at("rule").at("id"), "blocked-social-media");
    auto const page = search(folder.path(), {});
    ASSERT_TRUE(page);
    ASSERT_EQ(page->rows.size(), 2U);
    EXPECT_EQ(log.counters().rows, 2U);
    EXPECT_FALSE(log.counters().failing);
}

TEST(AccessLog, JoinsTheRingsInTheOrderOfTime)
{
    TemporaryFolder const folder;
    auto options = sample_options(folder);
    options.workers = 3;
    AccessLog log{std::move(options)};
    for (int i = 0; i < 30; ++i) {
        auto record = sample_record();
        record.at += std::chrono::milliseconds{i};
        record.status = static_cast<unsigned>(200 + i);
        log.ring_for_worker(static_cast<unsigned>(29 - i) % 3).append(record);
    }
    log.start();
    log.stop();
    auto const lines = lines_of(contents(folder.path() / "access.log"));
    ASSERT_EQ(lines.size(), 30U);
    EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end()));
    auto const page = search(folder.path(), {});
    ASSERT_EQ(page->rows.size(), 30U);
    for (unsigned i = 0; i < 30; ++i)
        EXPECT_EQ(page->rows[i].status, 229 - i);
}

TEST(AccessLog, KeepsHostileRowsApartInEverySink)
{
    TemporaryFolder const folder;
    AccessLog log{sample_options(folder)};
    auto record = sample_record();
    record.user = record.path = record.host = record.user_agent = hostile_text;
    log.ring_for_worker(0).append(record);
    log.ring_for_worker(0).append(sample_record());
    log.start();
    log.stop();
    EXPECT_EQ(lines_of(contents(folder.path() / "access.log")).size(), 2U);
    EXPECT_EQ(lines_of(contents(folder.path() / "access.json")).size(), 2U);
    SearchQuery query;
    query.person = hostile_text;
    auto const page = search(folder.path(), query);
    ASSERT_EQ(page->rows.size(), 1U);
    EXPECT_EQ(page->rows[0].path, hostile_text);
    EXPECT_EQ(page->rows[0].host, hostile_text);
}

TEST(AccessLog, SplitsFilesAtMidnightUtc)
{
    TemporaryFolder const folder;
    AccessLog log{sample_options(folder)};
    using namespace std::chrono;
    for (auto at : {sys_days{2026y / November / 24} + 24h - 1ms, sys_days{2026y / November / 25} + 0ms}) {
        auto record = sample_record();
        record.at = at;
        log.ring_for_worker(0).append(record);
    }
    log.start();
    log.stop();
    EXPECT_EQ(lines_of(contents(folder.path() / "access-2026-11-24.log")).size(), 1U);
    EXPECT_EQ(lines_of(contents(folder.path() / "access.log")).size(), 1U);
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "access-2026-11-24.db"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "access-2026-11-25.db"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "access-2026-11-25.db-wal")) << "a closed day is one file";
    EXPECT_EQ(search(folder.path(), {})->rows.size(), 2U);
}

TEST(AccessLog, DeletesDaysBeyondRetention)
{
    TemporaryFolder const folder;
    for (auto const* name : {"access-2026-11-13.db", "access-2026-11-14.db", "access-2026-11-13.log"})
        std::ofstream{folder.path() / name} << "x";
    auto options = sample_options(folder);
    options.days = 10;
    AccessLog log{std::move(options)};
    log.start();
    log.flush();
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "access-2026-11-13.db"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "access-2026-11-13.log"));
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "access-2026-11-14.db"));
    EXPECT_EQ(log.counters().days_deleted, 1U);
}

TEST(AccessLog, DeletesByTheDayThatIsBelievedAndNotByThatOfARow)
{
    TemporaryFolder const folder;
    for (auto const* name : {"access-2026-11-22.db", "access-2026-11-23.db", "access-2026-11-24.db"})
        std::ofstream{folder.path() / name} << "x";
    std::atomic<int> days{0}; // after the 24th
    auto options = sample_options(folder);
    options.days = 2;
    options.now = [&days] { return sample_time() + std::chrono::days{days}; };
    AccessLog log{std::move(options)};
    log.start();
    auto const append = [&log](int later) {
        auto record = sample_record();
        record.at += std::chrono::days{later};
        log.ring_for_worker(0).append(record);
        log.flush();
    };
    append(1); // the day has begun, and is believed a little later
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "access-2026-11-22.db"));
    days = 1;
    log.flush();
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "access-2026-11-22.db")) << "also while no row is written";
    append(1500); // a clock that is ahead, and is not believed
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "access-2026-11-23.db"));
    days = 2;
    append(2);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "access-2026-11-23.db")) << "it delays nothing";
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "access-2026-11-24.db"));
    log.stop();
}

TEST(AccessLog, OpensTextFilesByNameAgainWhenAsked)
{
    TemporaryFolder const folder;
    AccessLog log{sample_options(folder)};
    log.start();
    log.ring_for_worker(0).append(sample_record());
    log.flush();
    std::filesystem::rename(folder.path() / "access.log", folder.path() / "kept");
    log.reopen();
    log.ring_for_worker(0).append(sample_record());
    log.flush();
    EXPECT_EQ(lines_of(contents(folder.path() / "kept")).size(), 1U);
    EXPECT_EQ(lines_of(contents(folder.path() / "access.log")).size(), 1U);
}

TEST(AccessLog, CountsEveryRowThatAStalledWriterMakesItDrop)
{
    TemporaryFolder const folder;
    auto options = sample_options(folder);
    options.ring_size = 64 * 1024;
    AccessLog log{std::move(options)};
    std::uint64_t refused = 0;
    for (int i = 0; i < 1000; ++i)
        refused += !log.ring_for_worker(0).append(sample_record());
    EXPECT_GT(refused, 0U);
    EXPECT_EQ(log.counters().dropped, refused);
    log.start();
    log.flush();
    EXPECT_EQ(log.counters().rows, 1000 - refused);
    EXPECT_EQ(lines_of(contents(folder.path() / "access.log")).size(), 1000 - refused);
    EXPECT_TRUE(log.ring_for_worker(0).append(sample_record())) << "it goes on once there is room";
}

TEST(AccessLog, WritesWhatWorkersAppendWhileItRuns)
{
    constexpr unsigned workers = 2, rows_each = 5000;
    TemporaryFolder const folder;
    auto options = sample_options(folder);
    options.workers = workers;
    options.ring_size = 8 << 20;
    AccessLog log{std::move(options)};
    log.start();
    std::vector<std::thread> threads;
    for (unsigned worker = 0; worker < workers; ++worker)
        threads.emplace_back([&log, worker] {
            for (unsigned i = 0; i < rows_each; ++i)
                log.ring_for_worker(worker).append(sample_record());
        });
    for (auto& thread : threads)
        thread.join();
    log.flush();
    EXPECT_EQ(log.counters().rows, workers * rows_each);
    EXPECT_EQ(lines_of(contents(folder.path() / "access.log")).size(), workers * rows_each);
    SearchQuery query;
    query.limit = 10000;
    EXPECT_EQ(search(folder.path(), query)->rows.size(), workers * rows_each);
}

} // namespace
} // namespace gatehouse::log
