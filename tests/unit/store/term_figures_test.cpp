#include "proxy/store/check_runs.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/term_figures.hpp"
#include "tests/unit/store/school.hpp"

#include <array>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct TermFigure : School {
    TermFigures figures(Instant from = tuesday - hours{1}, Instant to = tuesday + hours{48})
    {
        auto const found = term_figures(*ledger, from, to);
        EXPECT_TRUE(found) << found.error().message();
        return found ? *found : TermFigures{};
    }
};

TEST_F(TermFigure, CountWhatPeopleAskedForByTopic)
{
    auto const opened = recommended();
    ASSERT_DONE(approve_request(*ledger, step(opened, head, tuesday + hours{3}), "Yes."));
    auto const refused = ask("ben.year9", "https://other.example/").id;
    auto advice = terms();
    advice.host = "other.example";
    advice.path = "";
    ASSERT_DONE(recommend_request(*ledger, step(refused, officer), advice));
    ASSERT_DONE(refuse_request(*ledger, step(refused, head, tuesday + hours{1}), "No."));
    ask("cat.year9", "https://third.example/");
    auto const taken_back = ask("dan.year9", "https://fourth.example/");
    ASSERT_DONE(withdraw_request(*ledger, taken_back.reference, taken_back.status_token, tuesday + hours{20}));
    auto const found = figures();
    ASSERT_EQ(found.topics.size(), 1u);
    auto const& topic = found.topics.front();
    EXPECT_EQ(topic.category, "none");
    EXPECT_EQ(topic.asked, 4);
    EXPECT_EQ(topic.opened, 1);
    EXPECT_EQ(topic.refused, 1);
    EXPECT_EQ(topic.waiting, 1);
    EXPECT_EQ(topic.hours_to_decide, std::optional<std::int64_t>{2}) << "three hours and one; whoever took it back got no answer";
    EXPECT_TRUE(figures(tuesday + hours{1}, tuesday + hours{2}).topics.empty()) << "asked before";
}

TEST_F(TermFigure, SayNothingOfTheTimeToAnAnswerWhereNobodyGaveOne)
{
    ask("cat.year9", "https://third.example/");
    auto const found = figures();
    ASSERT_EQ(found.topics.size(), 1u);
    EXPECT_EQ(found.topics.front().waiting, 1);
    EXPECT_EQ(found.topics.front().hours_to_decide, std::nullopt) << "not within the hour";
}

TEST_F(TermFigure, TellReadingFromDownloading)
{
    for (auto const* action : {"access-log.read", "log.read", "report.read", "incidents.read", "subject.read",
             "access-log.export", "subject.export", "subject.read.denied"})
        ASSERT_DONE(record_event(*ledger, as(dsl), action, "user:amy.year9", "A worry.", tuesday));
    EXPECT_EQ(figures().records_read, 5);
    EXPECT_EQ(figures().downloads, 2);
}

TEST_F(TermFigure, CountReportsIncidentsAndDecisions)
{
    NewReport report;
    report.text = "A picture.";
    ASSERT_DONE(submit_report(*ledger, report, tuesday));
    detect::Incident incident;
    incident.at = tuesday;
    incident.kind = detect::IncidentKind::vpn_host;
    incident.host = "vpn.example";
    std::array const incidents{incident, incident};
    ASSERT_DONE(add_incidents(*ledger, incidents));
    auto const proposed
        = propose_restriction(*ledger, {"amy.year9", "A VPN.", "", "12", tuesday, tuesday + hours{24}}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, {proposed->id, proposed->version, as(head), tuesday}));
    auto const found = figures();
    ASSERT_EQ(found.reports.size(), 1u);
    EXPECT_EQ(found.reports.front().name, "site");
    EXPECT_EQ(found.reports_open, 1);
    ASSERT_EQ(found.incidents.size(), 1u);
    EXPECT_EQ(found.incidents.front().name, detect::to_text(detect::IncidentKind::vpn_host));
    EXPECT_EQ(found.incidents.front().count, 2) << "repetitions of one row";
    EXPECT_EQ(found.supervised, 1);
    EXPECT_EQ(found.supervised_refused, 0);
    EXPECT_EQ(found.supervised_in_force, 1);
    EXPECT_EQ(found.supervised_ended_early, 0);
    auto const asked = propose_restriction_end(*ledger, {proposed->id, 2, as(dsl), tuesday + hours{1}}, "They have learnt it.");
    ASSERT_TRUE(asked);
    ASSERT_DONE(confirm_restriction_end(*ledger, {proposed->id, asked->version, as(head), tuesday + hours{2}}));
    EXPECT_EQ(figures().supervised_ended_early, 1);
    EXPECT_EQ(figures().supervised_in_force, 1);
    EXPECT_EQ(figures(tuesday + hours{3}, tuesday + hours{20}).supervised_in_force, 0) << "it was over by then";
    EXPECT_EQ(figures(tuesday + hours{1}).supervised, 0);
}

TEST_F(TermFigure, KeepsRunsOfTheChecks)
{
    CheckRun run;
    run.at = tuesday;
    run.good = 3;
    run.gaps = 1;
    run.text = "[]";
    EXPECT_FAILS(keep_check_run(*ledger, run, as(pupil)), errc::not_permitted);
    auto const kept = keep_check_run(*ledger, run, as(ict));
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->by, "i.white");
    EXPECT_EQ(newest_action(), "checks.run");
    run.at = tuesday + hours{1};
    ASSERT_DONE(keep_check_run(*ledger, run, as(head)));
    auto const all = list_check_runs(*ledger);
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ(all->front().at, run.at) << "newest first";
    EXPECT_EQ(find_check_run(*ledger, kept->id)->gaps, 1);
    run.text.assign(longest_run + 1, 'x');
    EXPECT_FAILS(keep_check_run(*ledger, run, as(head)), errc::invalid_value);
    expect_intact();
}

} // namespace
} // namespace gatehouse::store::test
