#include "proxy/store/api_tokens.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/log_purposes.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/retention.hpp"
#include "proxy/store/supervisions.hpp"
#include "proxy/store/throttle.hpp"
#include "tests/unit/store/school.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct Retained : School {
    ClassKept kept(std::string_view id)
    {
        for (auto const& each : *what_is_kept(*ledger, tuesday))
            if (each.of->id == id)
                return each;
        ADD_FAILURE() << id;
        return {};
    }
    Purged purge(Instant before)
    {
        PurgeBefore all;
        for (auto const& each : record_classes())
            if (each.ends == Ends::by_time)
                all.emplace(each.id, before);
        auto const purged = purge_records(*ledger, all, tuesday + hours{100});
        EXPECT_TRUE(purged) << purged.error().message();
        return purged ? *purged : Purged{};
    }
};

TEST_F(Retained, RecordsGoOnceTheyAreClosedAndOld)
{
    auto const decided = recommended();
    ASSERT_DONE(refuse_request(*ledger, step(decided, head, tuesday), "No."));
    auto const open = ask("ben.year9", "https://other.example/").id;
    NewReport report;
    report.text = "A picture.";
    auto const done = submit_report(*ledger, report, tuesday);
    ASSERT_TRUE(done);
    ASSERT_DONE(note_reports_told(*ledger, ConsoleRole::officer, {done->id}));
    ASSERT_DONE(note_on_report(*ledger, done->id, "Looked at it.", as(officer), tuesday));
    ASSERT_DONE(handle_report(*ledger, done->id, "Blocked.", as(officer), tuesday));
    ASSERT_DONE(submit_report(*ledger, report, tuesday));
    detect::Incident incident;
    incident.at = tuesday;
    ASSERT_DONE(add_incidents(*ledger, std::array{incident}));

    EXPECT_EQ(purge(tuesday).all(), 0) << "not older than that";
    EXPECT_NE(newest_action(), "retention.purge") << "nothing went, nothing is said";
    auto const gone = purge(tuesday + hours{1});
    EXPECT_EQ(gone.of("requests"), 1);
    EXPECT_EQ(gone.of("reports"), 1);
    EXPECT_EQ(gone.of("incidents"), 1);
    EXPECT_EQ(newest_action(), "retention.purge");
    EXPECT_EQ(kept("requests").rows, 1);
    EXPECT_EQ(kept("requests").open, 1);
    EXPECT_EQ(kept("reports").open, 1);
    EXPECT_EQ(kept("incidents").rows, 0);
    EXPECT_FALSE(kept("incidents").oldest);
    EXPECT_EQ(kept("reports").oldest, tuesday);
    EXPECT_TRUE(find_request(*ledger, open));
    EXPECT_FAILS(find_request(*ledger, decided), errc::not_found);
    EXPECT_EQ(purge(tuesday + hours{1}).all(), 0) << "once";
    expect_intact();
}

TEST_F(Retained, AMergedRequestStaysAsLongAsTheOneItFollows)
{
    auto const one = ask().id;
    ask("ben.year9"); // the same site: it follows the first
    EXPECT_EQ(purge(tuesday + hours{1}).of("requests"), 0);
    ASSERT_DONE(close_request(*ledger, step(one, officer), "It was never blocked."));
    EXPECT_EQ(purge(tuesday + hours{1}).of("requests"), 2);
    expect_intact();
}

TEST_F(Retained, ARequestStaysAsLongAsItsGrant)
{
    auto const approved = recommended();
    ASSERT_DONE(approve_request(*ledger, step(approved, head, tuesday), "Yes."));
    EXPECT_EQ(purge(tuesday + hours{1}).of("requests"), 0) << "its grant is open";
    ASSERT_TRUE(end_overrides(*ledger, tuesday + default_override));
    EXPECT_EQ(purge(tuesday + hours{1}).of("requests"), 1);
    expect_intact();
}

TEST_F(Retained, AClassWithoutATimeStays)
{
    auto const decided = recommended();
    ASSERT_DONE(refuse_request(*ledger, step(decided, head, tuesday), "No."));
    auto const purged = purge_records(*ledger, {}, tuesday + hours{10000});
    ASSERT_TRUE(purged);
    EXPECT_EQ(purged->all(), 0);
}

TEST_F(Retained, AGrantGoesAfterWhatItBelongsTo)
{
    auto const approved = recommended();
    ASSERT_DONE(approve_request(*ledger, step(approved, head, tuesday), "Yes."));
    auto const over = tuesday + default_override;
    ASSERT_TRUE(end_overrides(*ledger, over));
    ASSERT_TRUE(purge_records(*ledger, {{"grants", over + hours{1}}}, over + hours{2}));
    EXPECT_EQ(kept("grants").rows, 1) << "its request is kept";
    EXPECT_EQ(purge(over + hours{1}).of("grants"), 1);
    EXPECT_EQ(kept("grants").rows, 0);
    expect_intact();
}

TEST_F(Retained, SupervisedUseGoesWithTheTimesAtWhichSomebodySatBeside)
{
    auto const end = tuesday + hours{24};
    auto const proposed = propose_restriction(*ledger, {"amy.year9", "A VPN.", "", "12", tuesday, end}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, {proposed->id, proposed->version, as(head), tuesday}));
    ASSERT_DONE(start_supervision(*ledger, proposed->id, "lab-1", tuesday + hours{1}, as(officer), tuesday));
    EXPECT_EQ(kept("supervised_use").open, 1);
    EXPECT_EQ(purge(end).of("supervised_use"), 0) << "not before its end is so old";
    auto const gone = purge(end + hours{1});
    EXPECT_EQ(gone.of("supervised_use"), 1);
    EXPECT_EQ(gone.text(), "1 supervised_use");
    EXPECT_EQ(
        *ledger->database().first("SELECT count(*) FROM supervisions", [](Statement const& row) { return row.integer(0); }), 0);
    expect_intact();
}

/// What was ended early is counted from that day, and nobody sits beside the person any more.
TEST_F(Retained, SupervisedUseThatEndedEarlyGoesByItsRealEnd)
{
    auto const planned = tuesday + hours{1000};
    auto const proposed = propose_restriction(*ledger, {"amy.year9", "A VPN.", "", "12", tuesday, planned}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, {proposed->id, proposed->version, as(head), tuesday}));
    ASSERT_DONE(start_supervision(*ledger, proposed->id, "lab-1", tuesday + hours{10}, as(officer), tuesday));
    auto const asked = propose_restriction_end(*ledger, {proposed->id, 2, as(dsl), tuesday + hours{2}}, "They have learnt it.");
    ASSERT_TRUE(asked) << asked.error().message();
    EXPECT_FALSE(asked->ended_at) << "it goes on until somebody confirms";
    auto const ended = confirm_restriction_end(*ledger, {proposed->id, asked->version, as(head), tuesday + hours{3}});
    ASSERT_TRUE(ended) << ended.error().message();
    EXPECT_EQ(ended->end(), tuesday + hours{3});
    EXPECT_EQ(ended->until, planned);
    EXPECT_TRUE(live_supervisions(*ledger, tuesday + hours{4})->empty());
    EXPECT_EQ(list_supervisions(*ledger, proposed->id)->front().end(), tuesday + hours{3});

    auto const other = propose_restriction(*ledger, {"ben.year9", "A VPN.", "", "12", tuesday, planned}, as(officer), tuesday);
    ASSERT_TRUE(other);
    auto const refused = refuse_restriction(*ledger, {other->id, other->version, as(head), tuesday + hours{5}}, "No.");
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->end(), tuesday + hours{5});

    EXPECT_EQ(purge(tuesday + hours{3}).of("supervised_use"), 0);
    EXPECT_EQ(purge(tuesday + hours{4}).of("supervised_use"), 1);
    EXPECT_EQ(purge(tuesday + hours{6}).of("supervised_use"), 1);
    expect_intact();
}

TEST_F(Retained, NobodySitsBesideLongerThanTheSupervisedUse)
{
    auto const end = tuesday + hours{2};
    auto const proposed = propose_restriction(*ledger, {"amy.year9", "A VPN.", "", "12", tuesday, end}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, {proposed->id, proposed->version, as(head), tuesday}));
    auto const begun = start_supervision(*ledger, proposed->id, "lab-1", tuesday + hours{10}, as(officer), tuesday);
    ASSERT_TRUE(begun);
    EXPECT_EQ(begun->until, end);
}

TEST_F(Retained, PermissionsPurposesKeysAndAddressesGo)
{
    auto const asked = propose_permission(*ledger, {"user:amy.year9", "service:youtube", "", "Films."}, as(officer), tuesday);
    ASSERT_TRUE(asked);
    auto const keyed = give_key(*ledger, {asked->id, asked->version, as(head), tuesday}, tuesday + hours{48}, "");
    ASSERT_TRUE(keyed) << keyed.error().message();
    auto const opened
        = give_key(*ledger, {asked->id, keyed->version, as(officer), tuesday}, tuesday + hours{24}, "A teacher is there.");
    ASSERT_TRUE(opened) << opened.error().message();
    auto const marketing = add("m.ads", "Mia Adams", ConsoleRole::marketing);
    ASSERT_DONE(begin_log_purpose(*ledger, "Who reads our news.", tuesday + hours{2}, as(marketing), tuesday));
    ASSERT_DONE(create_api_token(*ledger, {"reports", false, tuesday + hours{3}}, as(officer), tuesday));
    ASSERT_DONE(ledger->database().execute("INSERT INTO known_addresses VALUES ('amy.year9', '10.0.0.1', ?)", tuesday));

    EXPECT_EQ(kept("permissions").open, 1);
    EXPECT_EQ(kept("purposes").open, 1);
    EXPECT_EQ(kept("keys").open, 1);
    EXPECT_EQ(purge(tuesday).all(), 0) << "all of it is live";
    auto const first = purge(tuesday + hours{4});
    EXPECT_EQ(first.of("permissions"), 0);
    EXPECT_EQ(first.of("purposes"), 1);
    EXPECT_EQ(first.of("keys"), 1);
    EXPECT_EQ(first.of("addresses"), 1);
    EXPECT_EQ(purge(tuesday + hours{49}).of("permissions"), 0) << "its grant was not ended yet";
    ASSERT_TRUE(end_overrides(*ledger, tuesday + hours{50}));
    auto const second = purge(tuesday + hours{51});
    EXPECT_EQ(second.of("permissions"), 1);
    EXPECT_EQ(second.of("grants"), 1);
    expect_intact();
}

/// Who adds a table with a person in it has to say how long its rows are kept.
TEST_F(Retained, EveryTableOfTheSchemaBelongsToOneClassOrHoldsNobody)
{
    std::map<std::string, int> classes;
    for (auto const& each : record_classes())
        for (auto const table : each.tables)
            ++classes[std::string{table}];
    for (auto const table : tables_without_people())
        ++classes[std::string{table}];
    auto const tables
        = ledger->database().collect("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
            [](Statement const& row) { return row.text(0); });
    ASSERT_TRUE(tables);
    for (auto const& table : *tables)
        EXPECT_EQ(classes[table], 1) << table << " has to stand in one class of retention.cpp";
    for (auto const& [table, count] : classes)
        EXPECT_EQ(std::count(tables->begin(), tables->end(), table), 1) << table << " is no table";
}

TEST_F(Retained, ATableThatHoldsNobodyHasNoColumnForAPerson)
{
    std::set<std::string> const personal{"account", "actor", "user", "login", "person", "about_person", "display_name", "address",
        "device", "made_by", "added_by", "removed_by", "approved_by", "ended_by", "closed_by", "handled_by", "taken_up_by", "who",
        "who_column", "claimed_name", "proposer", "confirmer", "officer", "head", "key", "query", "purpose", "reason", "text"};
    for (auto const table : tables_without_people()) {
        auto const columns = ledger->database().collect(
            "SELECT name FROM pragma_table_info(?)", [](Statement const& row) { return row.text(0); }, table);
        ASSERT_TRUE(columns);
        for (auto const& column : *columns)
            EXPECT_FALSE(personal.contains(column)) << table << '.' << column;
    }
}

/// What the settings can say and what goes by time is one list.
TEST_F(Retained, ClassesThatEndByTimeAllGo)
{
    PurgeBefore all;
    for (auto const& each : record_classes())
        if (each.ends == Ends::by_time)
            all.emplace(each.id, tuesday);
    EXPECT_EQ(all.size(), 10U);
    EXPECT_EQ(what_is_kept(*ledger, tuesday)->size(), record_classes().size());
}

} // namespace
} // namespace gatehouse::store::test
