#include "proxy/store/incidents.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

struct WhatWaits : School {
    policy::Moment now{{policy::Date{2026, 11, 24}, {}}, tuesday};

    Waiting of(AccountId reader)
    {
        auto const waiting = what_waits(*ledger, reader, now);
        EXPECT_TRUE(waiting) << waiting.error().message();
        return waiting ? *waiting : Waiting{};
    }
    void report(ReportAbout about, std::string person)
    {
        NewReport report;
        report.about = about;
        report.about_person = std::move(person);
        report.text = "I am worried.";
        ASSERT_TRUE(submit_report(*ledger, report, tuesday));
    }
    void see(std::string user, detect::Grade grade = detect::Grade::attempt, std::string host = "vpn.example")
    {
        detect::Incident incident;
        incident.at = tuesday;
        incident.kind = detect::IncidentKind::vpn_host;
        incident.grade = grade;
        incident.user = std::move(user);
        incident.host = std::move(host);
        ASSERT_DONE(add_incidents(*ledger, {&incident, 1}));
    }
    void list(std::string host, policy::Date review_by)
    {
        std::vector<RefusedLine> refused;
        NewChanges const changes{SchoolList::block, {std::move(host)}, "Games.", review_by};
        auto const proposed = propose_additions(*ledger, changes, refused, as(officer), tuesday);
        ASSERT_TRUE(proposed);
        ASSERT_DONE(apply_publication(*ledger, proposed->id, tuesday));
    }
};

TEST_F(WhatWaits, IsNothingAtFirst)
{
    for (auto const reader : {officer, head, dsl, chief, ict}) {
        auto const waiting = of(reader);
        EXPECT_EQ(waiting.requests + waiting.decisions + waiting.reports + waiting.incidents + waiting.keys + waiting.cases
                + waiting.drafted + waiting.entries,
            0u);
    }
}

TEST_F(WhatWaits, IsForTheRoleThatDoesIt)
{
    report(ReportAbout::pupil, "amy.year9");
    report(ReportAbout::staff, "t.green");
    EXPECT_EQ(of(dsl).reports, 1u);
    EXPECT_EQ(of(head).reports, 1u);
    EXPECT_EQ(of(ict).reports, 0u);
    EXPECT_EQ(of(dsl).urgent_reports, 0u);
}

TEST_F(WhatWaits, GoesFromTheOfficerToTheHeadteacher)
{
    ask("bob", "https://maths.example/");
    recommended();
    EXPECT_EQ(of(officer).requests, 1u);
    EXPECT_EQ(of(head).requests, 0u);
    EXPECT_EQ(of(head).decisions, 1u);
    EXPECT_EQ(of(officer).decisions, 0u);
    EXPECT_EQ(of(chief).decisions, 0u);
}

TEST_F(WhatWaits, CountsAttemptsUntilTheReaderHasLooked)
{
    see("amy.year9");
    see("bob", detect::Grade::signal);
    EXPECT_EQ(of(officer).incidents, 1u);
    EXPECT_EQ(of(dsl).incidents, 1u);
    EXPECT_EQ(of(head).incidents, 0u);
    ASSERT_DONE(mark_incidents_seen(*ledger, officer));
    EXPECT_EQ(of(officer).incidents, 0u);
    EXPECT_EQ(of(officer2).incidents, 1u) << "each looks for themselves";
    see("bob", detect::Grade::confirmed, "other.example");
    see("O.Smith", detect::Grade::attempt, "third.example");
    EXPECT_EQ(of(officer).incidents, 1u) << "not their own";
    EXPECT_EQ(of(officer2).incidents, 3u);
}

TEST_F(WhatWaits, CountsEntriesWhoseReviewIsOver)
{
    list("a.example", {2026, 11, 25});
    list("b.example", {2027, 4, 1});
    EXPECT_EQ(of(officer).entries, 0u);
    now.local.date = {2026, 11, 25};
    EXPECT_EQ(of(officer).entries, 0u) << "today is not over";
    now.local.date = {2026, 11, 26};
    EXPECT_EQ(of(officer).entries, 1u);
    EXPECT_EQ(of(ict).entries, 0u);
}

TEST_F(WhatWaits, CountsWhatIsNotLive)
{
    std::vector<RefusedLine> refused;
    ASSERT_TRUE(draft_additions(
        *ledger, {SchoolList::block, {"a.example", "b.example"}, "Games.", {2027, 4, 1}}, refused, as(officer), tuesday));
    EXPECT_EQ(of(officer).drafted, 2u);
    EXPECT_EQ(of(head).drafted, 0u);
}

} // namespace gatehouse::store::test
