#include "proxy/log/day_upgrade.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/search.hpp"
#include "sample.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <thread>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;

/// Version 1, as it was.
constexpr char tables[]
    = "CREATE TABLE word(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);"
      "CREATE TABLE host(id INTEGER PRIMARY KEY, reversed TEXT NOT NULL UNIQUE, name TEXT NOT NULL);"
      "CREATE TABLE access(id INTEGER PRIMARY KEY, shift INTEGER, elapsed INTEGER, client INTEGER, upstream INTEGER, "
      "device_kind INTEGER, confidence INTEGER, port INTEGER, status INTEGER, sent INTEGER, received INTEGER, code INTEGER, "
      "verdict INTEGER, tls INTEGER, signals INTEGER, list_line INTEGER, decision TEXT, person INTEGER, role INTEGER, "
      "in_group INTEGER, network INTEGER, device INTEGER, method INTEGER, scheme INTEGER, host INTEGER, path TEXT, sni INTEGER, "
      "content_type INTEGER, user_agent INTEGER, stage INTEGER, rule INTEGER, clause INTEGER, category INTEGER, "
      "service INTEGER, list INTEGER, list_file INTEGER, period INTEGER, refusal INTEGER);"
      "CREATE INDEX access_host ON access(host) WHERE host IS NOT NULL;"
      "PRAGMA user_version = 1;"
      "INSERT INTO word VALUES (1, 'j.smith'), (2, '10.1.2.3'), (3, 'GET'), (4, 'social-media');"
      "INSERT INTO host VALUES (1, 'org.example.www.', 'www.example.org');";

/// Row i is i seconds after midnight; every tenth is blocked.
constexpr char one_row[]
    = "INSERT INTO access(id, shift, client, verdict, status, decision, person, method, host, path, category) "
      "VALUES ({0}000000 + 7, -7, 2, {1}, 200, 'd-{0}', 1, 3, 1, '/{0}', {2});";

class DayUpgrade : public testing::Test {
protected:
    static constexpr int rows = 10000;

    void make_version_1(Day day) const
    {
        auto const database
            = open_database(day_file_path(folder_.path(), day).string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        std::string sql = std::string{"BEGIN;"} + tables;
        for (int i = 0; i < rows; ++i)
            sql += fmt::format(one_row, i, i % 10 == 0 ? 1 : 0, i % 10 == 0 ? "4" : "NULL");
        ASSERT_FALSE(execute(database->get(), (sql + "COMMIT").c_str()));
    }
    std::size_t found(SearchQuery query) const
    {
        query.limit = 10000;
        auto const page = search(folder_.path(), query);
        EXPECT_EQ(page->unreadable_days, 0U);
        return page->rows.size();
    }
    void expect_everything_is_there(Day day) const
    {
        SearchQuery query;
        query.to = day + days{1};
        EXPECT_EQ(found(query), std::size_t{rows});
        query.category = "social-media";
        EXPECT_EQ(found(query), std::size_t{rows / 10});
        query = {};
        query.decision = "d-120";
        auto const page = search(folder_.path(), query);
        ASSERT_EQ(page->rows.size(), 1U);
        auto const& row = page->rows.front();
        EXPECT_EQ(row.at, day + std::chrono::seconds{120});
        EXPECT_EQ(row.host, "www.example.org");
        EXPECT_EQ(row.path, "/120");
        EXPECT_EQ(row.user, "j.smith");
        EXPECT_EQ(row.client, address("10.1.2.3"));
    }

    TemporaryFolder folder_;
    Day const today_ = day_of(sample_time());
};

TEST_F(DayUpgrade, ConvertsTheDayThatIsWrittenNow)
{
    make_version_1(today_);
    AccessLog log{sample_options(folder_)};
    log.start();
    auto record = sample_record();
    record.at = today_ + std::chrono::hours{23};
    log.ring_for_worker(0).append(record);
    log.stop();
    EXPECT_EQ(log.counters().files_replaced, 0U);
    SearchQuery query;
    query.from = record.at;
    EXPECT_EQ(found(query), 1U);
    query = {};
    query.person = "j.smith";
    query.to = record.at;
    EXPECT_EQ(found(query), std::size_t{rows});
}

TEST_F(DayUpgrade, ConvertsEarlierDaysInTheBackground)
{
    make_version_1(today_ - days{3});
    auto const logger = std::make_shared<spdlog::logger>("silent");
    auto options = sample_options(folder_);
    options.logger = logger;
    AccessLog log{std::move(options)};
    log.start();
    SearchQuery query;
    while (search(folder_.path(), query)->unreadable_days != 0)
        std::this_thread::yield();
    log.stop();
    expect_everything_is_there(today_ - days{3});
}

TEST_F(DayUpgrade, LeavesTheFileAsItWasWhenInterruptedAndGoesOnNextTime)
{
    make_version_1(today_);
    auto const path = day_file_path(folder_.path(), today_);
    for (int steps = 0; steps < 3; ++steps) {
        bool converted = false;
        int left = steps;
        EXPECT_TRUE(upgrade_day_file(
            path, [&] { return left-- > 0; }, converted));
        EXPECT_FALSE(converted);
        auto const database = open_database(path.string(), SQLITE_OPEN_READONLY);
        EXPECT_EQ(*query_integer(database->get(), "PRAGMA user_version"), 1);
        EXPECT_EQ(*query_integer(database->get(), "SELECT count(*) FROM access"), rows);
    }
    bool converted = false;
    EXPECT_FALSE(upgrade_day_file(
        path, [] { return true; }, converted));
    EXPECT_TRUE(converted);
    EXPECT_FALSE(upgrade_day_file(
        path, [] { return true; }, converted))
        << "nothing is left to do";
    expect_everything_is_there(today_);
}

} // namespace
} // namespace gatehouse::log
