#include "proxy/log/traffic_report.hpp"

#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using namespace std::chrono_literals;

class TrafficReports : public testing::Test {
protected:
    static AccessRecord row(
        std::string_view host, policy::Verdict verdict, std::string_view category = "", std::string_view role = "pupil")
    {
        auto record = sample_record();
        record.host = host;
        record.verdict = verdict;
        record.category = category;
        record.role = role;
        record.group = "year-9";
        record.bytes_to_client = 100;
        return record;
    }

    TrafficReport report(
        std::vector<AccessRecord> const& rows, std::chrono::sys_seconds from = hour_of_sample() - std::chrono::days{7})
    {
        {
            AccessLog log{sample_options(folder_)};
            for (auto const& each : rows)
                log.ring_for_worker(0).append(each);
            log.start();
            log.stop();
        }
        return report_traffic(folder_.path(), {from, hour_of_sample() + 48h, 2s}).value();
    }

    static std::chrono::sys_seconds hour_of_sample() { return std::chrono::floor<std::chrono::hours>(sample_time()); }

    TemporaryFolder folder_;
};

constexpr auto allow = policy::Verdict::allow;
constexpr auto block = policy::Verdict::block;

TEST_F(TrafficReports, LeaveOutTestSitesOfTheFilter)
{
    auto const found = report({row("adult.self-check.invalid", block, "adult"), row("www.example.org", allow)});
    EXPECT_EQ(found.all.requests, 1U);
    EXPECT_TRUE(found.categories.empty());
    EXPECT_EQ(report({row("adult.self-check.invalid", block, "adult")}).all.requests, 1U) << "the same folder";
}

TEST_F(TrafficReports, CountBySiteCategoryRoleAndGroup)
{
    auto const found = report({row("www.bbc.co.uk", allow, "news"), row("news.bbc.co.uk", allow, "news"),
        row("www.instagram.com", block, "social-media"), row("i.instagram.com", block, "social-media", "staff"),
        row("192.0.2.1", allow)});
    EXPECT_EQ(found.all.requests, 5U);
    EXPECT_EQ(found.all.blocked, 2U);
    EXPECT_EQ(found.all.bytes, 500U);
    ASSERT_EQ(found.sites.size(), 3U);
    EXPECT_EQ(found.sites[0].name, "bbc.co.uk") << "by registered domain; of two as many, by name";
    EXPECT_EQ(found.sites[2].name, "192.0.2.1");
    ASSERT_EQ(found.blocked_sites.size(), 1U);
    EXPECT_EQ(found.blocked_sites[0].name, "instagram.com");
    EXPECT_EQ(found.blocked_sites[0].traffic.blocked, 2U);
    ASSERT_EQ(found.categories.size(), 2U) << "a row without a category is in none";
    EXPECT_EQ(found.categories[1].name, "social-media");
    EXPECT_EQ(found.categories[1].traffic.blocked, 2U);
    ASSERT_EQ(found.roles.size(), 2U);
    EXPECT_EQ(found.roles[0].name, "pupil");
    EXPECT_EQ(found.roles[0].traffic.requests, 4U);
    ASSERT_EQ(found.groups.size(), 1U);
    EXPECT_EQ(found.groups[0].traffic.requests, 5U);
    EXPECT_TRUE(found.complete);
}

TEST_F(TrafficReports, NameNoSealedSite)
{
    auto sealed = row("secret.example", block);
    sealed.stage = "sealed";
    auto const found = report({row("www.bbc.co.uk", allow), sealed});
    EXPECT_EQ(found.all.blocked, 1U) << "it counts";
    ASSERT_EQ(found.sites.size(), 1U);
    EXPECT_EQ(found.sites[0].name, "bbc.co.uk");
    EXPECT_TRUE(found.blocked_sites.empty());
}

TEST_F(TrafficReports, CountByHourOverTheDays)
{
    auto later = row("a.example", block);
    later.at += 1h;
    auto next_day = row("a.example", allow);
    next_day.at += 24h;
    auto const found = report({row("a.example", allow), row("a.example", allow), later, next_day});
    auto const first = hour_of_sample();
    ASSERT_EQ(found.hours.size(), 3U);
    EXPECT_EQ(found.hours.at(first).requests, 2U);
    EXPECT_EQ(found.hours.at(first + 1h).blocked, 1U);
    EXPECT_EQ(found.hours.at(first + 24h).requests, 1U);
    EXPECT_EQ(found.days, 2U);
}

TEST_F(TrafficReports, LeaveOutWhatIsOutsideTheRange)
{
    auto later = row("b.example", allow);
    later.at += 1h;
    EXPECT_EQ(report({row("a.example", allow), later}, hour_of_sample() + 1h).all.requests, 1U)
        << "the hour before does not count";
    EXPECT_EQ(report({}, hour_of_sample() + 2h).all.requests, 0U);
    EXPECT_EQ(report({}, hour_of_sample()).all.requests, 2U);
}

TEST_F(TrafficReports, NameNoMoreThanTheMost)
{
    std::vector<AccessRecord> rows;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < most_names + 5; ++i)
        names.push_back("site" + std::to_string(i) + ".example");
    for (auto const& name : names)
        rows.push_back(row(name, allow));
    EXPECT_EQ(report(rows).sites.size(), most_names);
}

} // namespace
} // namespace gatehouse::log
