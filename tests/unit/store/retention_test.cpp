#include "proxy/store/incidents.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/retention.hpp"
#include "tests/unit/store/school.hpp"

#include <array>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct Retained : School {
    ClassKept kept(std::string_view id)
    {
        for (auto const& each : *what_is_kept(*ledger))
            if (each.id == id)
                return each;
        ADD_FAILURE() << id;
        return {};
    }
    Purged purge(Instant before)
    {
        auto const purged = purge_records(*ledger, {before, before, before}, tuesday + hours{100});
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
    ASSERT_DONE(note_on_report(*ledger, done->id, "Looked at it.", as(officer), tuesday));
    ASSERT_DONE(handle_report(*ledger, done->id, "Blocked.", as(officer), tuesday));
    ASSERT_DONE(submit_report(*ledger, report, tuesday));
    detect::Incident incident;
    incident.at = tuesday;
    ASSERT_DONE(add_incidents(*ledger, std::array{incident}));

    EXPECT_EQ(purge(tuesday).all(), 0) << "not older than that";
    EXPECT_NE(newest_action(), "retention.purge") << "nothing went, nothing is said";
    auto const gone = purge(tuesday + hours{1});
    EXPECT_EQ(gone.requests, 1);
    EXPECT_EQ(gone.reports, 1);
    EXPECT_EQ(gone.incidents, 1);
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
    EXPECT_EQ(purge(tuesday + hours{1}).requests, 0);
    ASSERT_DONE(close_request(*ledger, step(one, officer), "It was never blocked."));
    EXPECT_EQ(purge(tuesday + hours{1}).requests, 2);
    expect_intact();
}

TEST_F(Retained, ARequestStaysAsLongAsItsGrant)
{
    auto const approved = recommended();
    ASSERT_DONE(approve_request(*ledger, step(approved, head, tuesday), "Yes."));
    EXPECT_EQ(purge(tuesday + hours{1}).requests, 0) << "its grant is open";
    ASSERT_TRUE(end_overrides(*ledger, tuesday + default_override));
    EXPECT_EQ(purge(tuesday + hours{1}).requests, 1);
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

} // namespace
} // namespace gatehouse::store::test
