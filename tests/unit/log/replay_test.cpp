#include "proxy/log/replay.hpp"

#include "policy/parse.hpp"
#include "proxy/log/access_log.hpp"
#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using namespace std::chrono_literals;

/// Everything is open but the hosts named, for pupils only if it says so.
policy::Policy policy_that_blocks(std::string const& hosts, std::string const& who = "everyone")
{
    policy::PolicySources sources;
    sources.timetable = {"timetable.toml", ""};
    sources.lists = {"lists.toml", ""};
    sources.content = {"content.toml", ""};
    sources.policy
        = {"policy.toml",
            R"(
school = "Test School"
unknown_role = "pupil"
[[role]]
id = "pupil"
title = "Pupil"
default = "allow"
default_reason = "Open."
[[role]]
id = "staff"
title = "Staff"
default = "allow"
default_reason = "Open."
[[rule]]
id = "closed"
who = [")" + who + R"("]
what = [)" + hosts
                + R"(]
action = "block"
reason = "Closed."
)"};
    auto parsed = policy::parse_policy(sources);
    for (auto const& problem : parsed.problems)
        EXPECT_NE(problem.severity, policy::Problem::Severity::error) << problem.message;
    return std::move(parsed.policy);
}

StoredRecord row(std::string host, std::string role = "pupil", std::string user = "ann")
{
    StoredRecord row;
    row.at = sample_time();
    row.method = "GET";
    row.scheme = "http";
    row.host = std::move(host);
    row.port = 80;
    row.path = "/";
    row.role = std::move(role);
    row.user = std::move(user);
    row.group = "year-9";
    return row;
}

policy::Moment moment_of(std::chrono::sys_seconds instant)
{
    return {*policy::LocalTime::parse("2026-11-24T10:40"), instant};
}

ReplayReport judged(policy::Policy const& before, policy::Policy const& after, std::vector<StoredRecord> const& rows)
{
    Replay replay(before, after, moment_of);
    for (auto const& each : rows)
        replay.judge(each);
    return replay.report(20);
}

TEST(Replay, CountsWhatWouldBeClosedAndOpenedByWhomAndWhere)
{
    auto const before = policy_that_blocks(R"("host:old.example")");
    auto const after = policy_that_blocks(R"("host:new.example")", "pupil");
    auto const report = judged(before, after,
        {row("new.example"), row("www.new.example"), row("new.example", "pupil", "bob"), row("new.example", "staff", "mr.x"),
            row("old.example", "staff", "mr.x"), row("other.example")});
    EXPECT_EQ(report.rows, 6U);
    EXPECT_EQ(report.changed.closed, 3U);
    EXPECT_EQ(report.changed.opened, 1U);
    EXPECT_EQ(report.people_closed, 2U);
    EXPECT_EQ(report.people_opened, 1U);
    ASSERT_EQ(report.sites.size(), 3U);
    EXPECT_EQ(report.sites[0].name, "new.example");
    EXPECT_EQ(report.sites[0].changed.closed, 2U);
    ASSERT_EQ(report.roles.size(), 2U);
    EXPECT_EQ(report.roles[0].name, "pupil");
    EXPECT_EQ(report.groups.front().changed.all(), 4U);
}

TEST(Replay, SaysNothingChangesWhereNothingDoes)
{
    auto const same = policy_that_blocks(R"("host:old.example")");
    auto const report = judged(same, same, {row("old.example"), row("new.example")});
    EXPECT_EQ(report.rows, 2U);
    EXPECT_EQ(report.changed.all(), 0U);
    EXPECT_TRUE(report.sites.empty());
}

TEST(Replay, CountsTunnelsByNameAndPassesOverWhatIsNoRequest)
{
    auto const before = policy_that_blocks(R"("host:old.example")");
    auto const after = policy_that_blocks(R"("host:new.example")");
    auto tunnel = row("new.example");
    tunnel.method = "CONNECT";
    tunnel.scheme = "";
    tunnel.port = 443;
    tunnel.path = "";
    auto quic = tunnel;
    quic.method = "QUIC";
    auto unreadable = row("");
    auto const report = judged(before, after, {tunnel, quic, unreadable});
    EXPECT_EQ(report.rows, 1U);
    EXPECT_EQ(report.changed.closed, 1U);
}

/// Pupils in the lab, where the school's CA is installed: every connection is looked into but those to the hosts named. One page is closed.
policy::Policy policy_that_lets_be(std::string const& hosts)
{
    policy::PolicySources sources;
    sources.timetable = {"timetable.toml", ""};
    sources.lists = {"lists.toml", ""};
    sources.content = {"content.toml", ""};
    sources.policy = {"policy.toml",
        R"(
school = "Test School"
unknown_role = "pupil"
[[role]]
id = "pupil"
title = "Pupil"
default = "allow"
default_reason = "Open."
inspect = true
[[network]]
id = "lab"
title = "Lab"
ranges = ["10.0.0.0/8"]
role = "pupil"
trusts_ca = true
[[rule]]
id = "closed"
who = ["everyone"]
what = ["url:mixed.example/games"]
action = "block"
reason = "Closed."
[[inspection]]
id = "left-alone"
who = ["everyone"]
what = [)" + hosts
            + R"(]
action = "do-not-inspect"
reason = "Private."
)"};
    auto parsed = policy::parse_policy(sources);
    for (auto const& problem : parsed.problems)
        EXPECT_NE(problem.severity, policy::Problem::Severity::error) << problem.message;
    return std::move(parsed.policy);
}

StoredRecord in_lab(std::string host, std::string path)
{
    auto made = row(std::move(host));
    made.network = "lab";
    made.port = 443;
    made.verdict = policy::Verdict::allow;
    made.scheme = path.empty() ? "" : "https";
    made.method = path.empty() ? "CONNECT" : "GET";
    made.path = std::move(path);
    return made;
}

TEST(Replay, JudgesWhatIsLookedIntoNoLongerByItsNameAlone)
{
    auto const before = policy_that_lets_be(R"("host:bank.example")");
    auto const after = policy_that_lets_be(R"("host:bank.example", "host:mixed.example")");
    auto const report = judged(before, after, {in_lab("mixed.example", "/games/1"), in_lab("mixed.example", "/learn")});
    EXPECT_EQ(report.rows, 2U);
    EXPECT_EQ(report.changed.opened, 1U) << "nobody sees any more that it is the closed page";
    EXPECT_EQ(report.changed.closed, 0U);
    EXPECT_EQ(report.let_be, 2U);
    EXPECT_EQ(report.by_name, 0U);
}

TEST(Replay, SaysOfWhatNobodyLookedIntoThatOnlyTheNameIsKnown)
{
    auto const before = policy_that_lets_be(R"("host:mixed.example")");
    auto const after = policy_that_lets_be(R"("host:bank.example")");
    auto inspected = in_lab("other.example", "");
    inspected.tls = policy::TlsAction::bump;
    auto elsewhere = in_lab("mixed.example", "");
    elsewhere.network = "staff-room"; // without the CA
    auto const report = judged(before, after, {in_lab("mixed.example", ""), elsewhere, inspected, in_lab("other.example", "/")});
    EXPECT_EQ(report.rows, 3U) << "a request inside stands for the connection that was looked into";
    EXPECT_EQ(report.by_name, 2U);
    EXPECT_EQ(report.looked_into, 1U) << "what it would close there is not known";
    EXPECT_EQ(report.let_be, 0U);
    EXPECT_EQ(report.changed.all(), 0U);
}

/// A connection to the lab's origin that was looked into, open for the ten seconds before it ended.
StoredRecord looked_into(std::string host, std::chrono::seconds ended)
{
    auto made = in_lab(std::move(host), "");
    made.tls = policy::TlsAction::bump;
    made.at += ended;
    made.elapsed = 10s;
    return made;
}

StoredRecord inside(std::string host, std::string path, std::chrono::seconds at)
{
    auto made = in_lab(std::move(host), std::move(path));
    made.at += at;
    return made;
}

/// As policy_that_lets_be, with that host closed in place of the page.
policy::Policy policy_that_closes(std::string host)
{
    auto made = policy_that_lets_be(R"("host:bank.example")");
    auto& what = made.rules.front().what;
    what = {{policy::Selector::Kind::host, std::move(host)}};
    made.prepare();
    return made;
}

TEST(Replay, CountsTheRequestsInsideAConnectionAndNotItBesideThem)
{
    auto const before = policy_that_closes("nothing.example"), after = policy_that_closes("site.example");
    auto const report = judged(before, after,
        {looked_into("site.example", 20s), inside("site.example", "/2", 19s), inside("site.example", "/1", 12s),
            inside("site.example", "/of-an-earlier-one", 1s)});
    EXPECT_EQ(report.rows, 3U);
    EXPECT_EQ(report.changed.closed, 3U);
    ASSERT_EQ(report.sites.size(), 1U);
    EXPECT_EQ(report.sites[0].changed.closed, 3U);
}

TEST(Replay, CountsAConnectionByItselfWhereNoRequestInItIsInTheLog)
{
    auto const before = policy_that_closes("nothing.example"), after = policy_that_closes("site.example");
    auto const of_another = [](StoredRecord row) {
        row.client = address("10.0.0.2");
        return row;
    };
    auto const report = judged(before, after,
        {looked_into("site.example", 40s), looked_into("site.example", 20s), of_another(inside("site.example", "/", 19s)),
            inside("other.example", "/", 18s), inside("site.example", "/too-early", 5s)});
    EXPECT_EQ(report.rows, 5U);
    EXPECT_EQ(report.changed.closed, 4U) << "two connections, and the requests of two others";
}

TEST(Replay, CountsAConnectionThatIsItselfWhatChanges)
{
    auto const before = policy_that_lets_be(R"("host:bank.example")"), after = policy_that_closes("mixed.example");
    std::vector<StoredRecord> const closed{looked_into("mixed.example", 20s), inside("mixed.example", "/games/1", 15s)};
    EXPECT_EQ(judged(before, after, closed).changed.closed, 1U) << "the page was closed before, the connection was not";
    std::vector<StoredRecord> const open{looked_into("mixed.example", 20s), inside("mixed.example", "/learn", 15s)};
    EXPECT_EQ(judged(before, after, open).changed.closed, 1U);
    EXPECT_EQ(judged(before, before, open).rows, 1U);
}

TEST(Replay, CountsAddressesWherePeopleAreNotKnown)
{
    auto const before = policy_that_blocks(R"("host:old.example")");
    auto const after = policy_that_blocks(R"("host:new.example")");
    auto first = row("new.example", "pupil", "");
    first.client = address("10.0.0.1");
    auto second = first;
    second.client = address("10.0.0.2");
    EXPECT_EQ(judged(before, after, {first, first, second}).people_closed, 2U);
}

TEST(Replay, ReadsTheDayFilesWithinItsRange)
{
    TemporaryFolder const folder;
    {
        AccessLog log{sample_options(folder)};
        for (int day = 0; day < 3; ++day)
            for (int i = 0; i < 100; ++i) {
                auto record = sample_record();
                record.at -= std::chrono::days{day};
                log.ring_for_worker(0).append(record);
            }
        log.start();
        log.stop();
    }
    auto const host = std::string{sample_record().host};
    auto const before = policy_that_blocks(R"("host:nothing.example")");
    auto const after = policy_that_blocks("\"host:" + host + "\"");
    ReplayRange range;
    range.from = sample_time() - 25h;
    range.to = sample_time() + 1h;
    auto const report = replay(folder.path(), range, before, after, moment_of);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->rows, 200U);
    EXPECT_EQ(report->changed.closed, 200U);
    EXPECT_TRUE(report->complete);
    range.budget = 0ms;
    EXPECT_FALSE(replay(folder.path() / "none", range, before, after, moment_of));
}

} // namespace
} // namespace gatehouse::log
