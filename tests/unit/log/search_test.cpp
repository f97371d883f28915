#include "proxy/log/search.hpp"

#include "proxy/log/csv.hpp"
#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace gatehouse::log {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

/// Three days with the same five rows, status 200 to 204, one minute apart.
class Search : public testing::Test {
protected:
    Search()
    {
        AccessLog log{sample_options(folder_)};
        for (int day = 2; day >= 0; --day)
            for (auto record : rows()) {
                record.at -= std::chrono::days{day};
                log.ring_for_worker(0).append(record);
            }
        log.start();
        log.stop();
    }

    static std::vector<AccessRecord> rows()
    {
        std::vector<AccessRecord> rows(5, sample_record());
        rows[1] = blocked_record();
        rows[2].host = "example.org";
        rows[2].user = "";
        rows[2].path = "/50%_off/Sale";
        rows[3].host = "notexample.org";
        rows[3].client = address("2001:db8::7");
        rows[3].user_agent = "curl/7.88";
        rows[4].host = "192.0.2.10";
        rows[4].network = "guest";
        rows[4].device = "";
        unsigned status = 200;
        for (auto& row : rows) {
            row.at += (status - 200) * 1min;
            row.status = status++;
        }
        return rows;
    }

    /// The statuses found on the newest day.
    std::vector<unsigned> found(std::function<void(SearchQuery&)> change)
    {
        SearchQuery query;
        query.from = sample_time() - 1h;
        change(query);
        auto const page = search(folder_.path(), query);
        EXPECT_TRUE(page);
        std::vector<unsigned> statuses;
        for (auto const& row : page->rows)
            statuses.push_back(row.status);
        return statuses;
    }

    TemporaryFolder folder_;
};

TEST_F(Search, FindsByEachField)
{
    EXPECT_THAT(found([](auto&) {}), ElementsAre(204, 203, 202, 201, 200));
    EXPECT_THAT(found([](auto& q) { q.person = "j.smith"; }), ElementsAre(204, 203, 200));
    EXPECT_THAT(found([](auto& q) { q.person = "J.Smith "; }), ElementsAre(204, 203, 200)) << "as people write a name";
    EXPECT_THAT(found([](auto& q) { q.person = "nobody"; }), ElementsAre());
    EXPECT_THAT(found([](auto& q) { q.device = "laptop-7"; }), ElementsAre(203, 202, 201, 200));
    EXPECT_THAT(found([](auto& q) { q.network = "guest"; }), ElementsAre(204));
    EXPECT_THAT(found([](auto& q) { q.client = "10.1.2.3"; }), ElementsAre(204, 202, 201, 200));
    EXPECT_THAT(found([](auto& q) { q.client = "2001:0DB8:0::7"; }), ElementsAre(203));
    EXPECT_THAT(found([](auto& q) { q.client = "10.1.2"; }), ElementsAre());
    EXPECT_THAT(found([](auto& q) { q.category = "social-media"; }), ElementsAre(201));
    EXPECT_THAT(found([](auto& q) { q.service = "instagram"; }), ElementsAre(201));
    EXPECT_THAT(found([](auto& q) { q.rule = "staff-web"; }), ElementsAre(204, 203, 202, 200));
    EXPECT_THAT(found([](auto& q) { q.verdict = policy::Verdict::block; }), ElementsAre(201));
    EXPECT_THAT(found([](auto& q) { q.verdict = policy::Verdict::allow; }), ElementsAre(204, 203, 202, 200));
    EXPECT_THAT(found([](auto& q) { q.decision = "d-2"; }), ElementsAre(201));
}

TEST_F(Search, MatchesHostsByWholeLabels)
{
    EXPECT_THAT(found([](auto& q) { q.host = "example.org"; }), ElementsAre(202, 200));
    EXPECT_THAT(found([](auto& q) { q.host = "*.Example.ORG."; }), ElementsAre(202, 200));
    EXPECT_THAT(found([](auto& q) { q.host = "www.example.org"; }), ElementsAre(200));
    EXPECT_THAT(found([](auto& q) { q.host = "org"; }), ElementsAre(203, 202, 200));
    EXPECT_THAT(found([](auto& q) { q.host = "ample.org"; }), ElementsAre());
    EXPECT_THAT(found([](auto& q) { q.host = "192.0.2.10"; }), ElementsAre(204));
    EXPECT_THAT(found([](auto& q) { q.host = "."; }), ElementsAre());
}

TEST_F(Search, FindsTextAnywhereWithoutWildcards)
{
    EXPECT_THAT(found([](auto& q) { q.text = "50%_OFF"; }), ElementsAre(202));
    EXPECT_THAT(found([](auto& q) { q.text = "%"; }), ElementsAre(202));
    EXPECT_THAT(found([](auto& q) { q.text = "_off/sale"; }), ElementsAre(202));
    EXPECT_THAT(found([](auto& q) { q.text = "instagram"; }), ElementsAre(201));
    EXPECT_THAT(found([](auto& q) { q.text = "curl"; }), ElementsAre(203));
}

TEST_F(Search, JoinsFieldsByAnd)
{
    EXPECT_THAT(found([](auto& q) {
        q.person = "j.smith";
        q.host = "org";
        q.verdict = policy::Verdict::allow;
        q.rule = "staff-web";
        q.network = "staff-wifi";
        q.client = "10.1.2.3";
        q.device = "laptop-7";
        q.text = "mozilla";
    }),
        ElementsAre(200));
    EXPECT_THAT(found([](auto& q) {
        q.category = "social-media";
        q.service = "instagram";
        q.verdict = policy::Verdict::block;
        q.host = "instagram.com";
    }),
        ElementsAre(201));
    EXPECT_THAT(found([](auto& q) {
        q.person = "j.smith";
        q.category = "social-media";
    }),
        ElementsAre());
}

TEST_F(Search, LimitsByTimeToTheMicrosecond)
{
    EXPECT_THAT(found([](auto& q) {
        q.from = sample_time() + 1min;
        q.to = sample_time() + 3min;
    }),
        ElementsAre(202, 201));
    EXPECT_THAT(found([](auto& q) { q.from = sample_time() + 4min + 1us; }), ElementsAre());
    EXPECT_EQ(found([](auto& q) { q.from.reset(); }).size(), 15U);
}

TEST_F(Search, PagesThroughAllDaysWithoutGapOrRepeat)
{
    for (std::size_t limit = 1; limit <= 16; ++limit) {
        SearchQuery query;
        query.limit = limit;
        std::set<std::string> keys;
        std::vector<std::chrono::system_clock::time_point> times;
        do {
            auto const page = search(folder_.path(), query);
            ASSERT_TRUE(page);
            ASSERT_LE(page->rows.size(), limit);
            for (auto const& row : page->rows) {
                EXPECT_TRUE(keys.insert(row.key).second);
                times.push_back(row.at);
            }
            query.cursor = page->next;
        } while (!query.cursor.empty());
        EXPECT_EQ(keys.size(), 15U) << limit;
        EXPECT_TRUE(std::is_sorted(times.rbegin(), times.rend()));
    }
}

TEST_F(Search, EndsAPageEarlyWhenItsTimeIsUpAndGoesOnFromThere)
{
    SearchQuery query;
    query.budget = 0ms;
    std::size_t pages = 0, rows = 0;
    do {
        auto const page = search(folder_.path(), query);
        ASSERT_TRUE(page);
        EXPECT_EQ(page->complete, page->next.empty());
        rows += page->rows.size();
        ++pages;
        query.cursor = page->next;
    } while (!query.cursor.empty());
    EXPECT_EQ(pages, 3U) << "at least one day a page";
    EXPECT_EQ(rows, 15U);
}

TEST_F(Search, GivesBackEveryFieldOfARow)
{
    SearchQuery query;
    query.verdict = policy::Verdict::block;
    query.limit = 1;
    auto const page = search(folder_.path(), query);
    auto const row = read_row(folder_.path(), page->rows.at(0).key);
    ASSERT_TRUE(row && *row);
    auto const expected = rows()[1];
    auto const seen = (*row)->view();
    EXPECT_EQ(seen.at, expected.at);
    EXPECT_EQ(seen.elapsed, expected.elapsed);
    EXPECT_EQ(seen.decision_id, expected.decision_id);
    EXPECT_EQ(seen.client, expected.client);
    EXPECT_EQ(seen.upstream, expected.upstream);
    EXPECT_EQ(seen.user, expected.user);
    EXPECT_EQ(seen.role, expected.role);
    EXPECT_EQ(seen.group, expected.group);
    EXPECT_EQ(seen.device_kind, expected.device_kind);
    EXPECT_EQ(seen.confidence, expected.confidence);
    EXPECT_EQ(seen.method, expected.method);
    EXPECT_EQ(seen.host, expected.host);
    EXPECT_EQ(seen.port, expected.port);
    EXPECT_EQ(seen.path, expected.path);
    EXPECT_EQ(seen.code, expected.code);
    EXPECT_EQ(seen.verdict, expected.verdict);
    EXPECT_EQ(seen.tls, expected.tls);
    EXPECT_EQ(seen.stage, expected.stage);
    EXPECT_EQ(seen.list, expected.list);
    EXPECT_EQ(seen.list_file, expected.list_file);
    EXPECT_EQ(seen.list_line, expected.list_line);
    EXPECT_EQ(seen.period, expected.period);
    EXPECT_EQ((*row)->url(), "www.instagram.com:443");
}

TEST_F(Search, RefusesCursorsAndKeysThatAreNone)
{
    for (auto const* text : {"x", "2026-11-24", "2026-11-24.", "2026-11-24.-1", "2026-11-24.1x", "2026-13-24.1"}) {
        SearchQuery query;
        query.cursor = text;
        EXPECT_FALSE(search(folder_.path(), query)) << text;
        EXPECT_FALSE(read_row(folder_.path(), text)) << text;
    }
    EXPECT_FALSE(*read_row(folder_.path(), "2020-01-01.1"));
    EXPECT_FALSE(*read_row(folder_.path(), "2026-11-24.1"));
    EXPECT_FALSE(search(folder_.path() / "none", {}));
}

TEST_F(Search, TakesSqlForText)
{
    for (auto const* text : {"' OR 1=1 --", "\"; DROP TABLE access; --", "%' OR '1'='1", "\\"}) {
        EXPECT_THAT(found([&](auto& q) { q.person = text; }), ElementsAre()) << text;
        EXPECT_THAT(found([&](auto& q) { q.host = text; }), ElementsAre()) << text;
        EXPECT_THAT(found([&](auto& q) { q.text = text; }), ElementsAre()) << text;
        EXPECT_THAT(found([&](auto& q) { q.rule = text; }), ElementsAre()) << text;
        EXPECT_THAT(found([&](auto& q) { q.decision = text; }), ElementsAre()) << text;
    }
    EXPECT_EQ(found([](auto&) {}).size(), 5U);
}

} // namespace
} // namespace gatehouse::log
