#include "proxy/store/reviews.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

policy::Date day(std::string_view text)
{
    return *policy::Date::parse(text);
}

struct Reviews : School {
    result<void> record(ReviewKind kind, std::string_view on, AccountId who, std::string note = "Agreed.")
    {
        return record_review(*ledger, {kind, day(on), std::move(note), {}, {}}, day("2026-11-24"), as(who), tuesday);
    }
    ReviewClock clock(ReviewKind kind, std::string_view today) { return clock_of(kind, *list_reviews(*ledger), day(today)); }
};

TEST_F(Reviews, AreWrittenDownByTheHeadteacherWithAnAuditRow)
{
    EXPECT_FAILS(record(ReviewKind::policy, "2026-11-20", officer), errc::not_permitted);
    EXPECT_EQ(newest_action(), "review.record.denied");
    EXPECT_FAILS(record(ReviewKind::policy, "2026-11-20", ict), errc::not_permitted);
    EXPECT_FAILS(record(ReviewKind::policy, "2026-11-25", head), errc::invalid_value) << "a day to come";
    EXPECT_FAILS(record(ReviewKind::policy, "2026-11-20", head, ""), errc::invalid_value);
    ASSERT_DONE(record(ReviewKind::policy, "2026-11-24", head));
    auto const row = list_audit(*ledger, {.limit = 1})->front();
    EXPECT_EQ(row.action, "review.record");
    EXPECT_EQ(row.object, "review:policy");
    EXPECT_EQ(row.detail, "2026-11-24: Agreed.");
    EXPECT_EQ(list_reviews(*ledger)->front().by, "h.brown");
    expect_intact();
}

TEST_F(Reviews, ThePolicyIsDueAfterTwoYearsAndTheFilterAfterOne)
{
    EXPECT_EQ(clock(ReviewKind::policy, "2026-11-24").state, ReviewState::overdue) << "it was never done";
    EXPECT_FALSE(clock(ReviewKind::policy, "2026-11-24").due);
    ASSERT_DONE(record(ReviewKind::policy, "2026-11-20", head));
    ASSERT_DONE(record(ReviewKind::filtering, "2026-11-20", head));
    ASSERT_DONE(record(ReviewKind::filtering, "2025-01-01", head)); // written down late: the newer one counts
    EXPECT_EQ(clock(ReviewKind::policy, "2026-11-24").due, day("2028-11-20"));
    EXPECT_EQ(clock(ReviewKind::filtering, "2026-11-24").due, day("2027-11-20"));
    EXPECT_EQ(clock(ReviewKind::filtering, "2027-09-20").state, ReviewState::done);
    EXPECT_EQ(clock(ReviewKind::filtering, "2027-09-21").state, ReviewState::due);
    EXPECT_EQ(clock(ReviewKind::filtering, "2027-11-20").state, ReviewState::due);
    EXPECT_EQ(clock(ReviewKind::filtering, "2027-11-21").state, ReviewState::overdue);
    EXPECT_EQ(clock(ReviewKind::policy, "2027-11-21").state, ReviewState::done);
}

TEST_F(Reviews, OfALeapDayAreDueOnThe28th)
{
    ASSERT_DONE(record(ReviewKind::policy, "2024-02-29", head));
    EXPECT_EQ(clock(ReviewKind::policy, "2026-01-01").due, day("2026-02-28"));
}

} // namespace
} // namespace gatehouse::store::test
