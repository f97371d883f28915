#include "proxy/clock.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

namespace gatehouse {
namespace {

using namespace std::chrono;

/// Seconds since 1970 as `date -u -d TIME +%s` prints them.
sys_seconds at(std::int64_t const unix_time)
{
    return sys_seconds{seconds{unix_time}};
}

TEST(Clock, RefusesAnUnknownZone)
{
    EXPECT_THROW(Clock{"Europe/Atlantis"}, std::runtime_error);
}

struct Row {
    std::int64_t instant;
    char const* local;
};

TEST(Clock, ShowsTheWallClockOnBothDaylightSavingSundays)
{
    Clock const clock{"Europe/London"};
    for (auto const& [instant, local] : {
             Row{1774745999, "2026-03-29T00:59"}, // 00:59:59Z, the last second of winter time
             Row{1774746000, "2026-03-29T02:00"}, // 01:00:00Z
             Row{1792889999, "2026-10-25T01:59"}, // 00:59:59Z, summer time
             Row{1792890000, "2026-10-25T01:00"}, // 01:00:00Z, the same wall clock a second time
             Row{1792893600, "2026-10-25T02:00"},
             Row{1795517999, "2026-11-24T10:59"},
         })
        EXPECT_EQ(clock.moment_of(at(instant)).local.to_text(), local) << instant;
}

TEST(Clock, TurnsTheWallClockIntoTheEarliestInstant)
{
    Clock const clock{"Europe/London"};
    for (auto const& [instant, local] : {
             Row{1774745940, "2026-03-29T00:59"},
             Row{1774746000, "2026-03-29T01:00"}, // skipped: the instant at which the clocks go forward
             Row{1774746000, "2026-03-29T01:30"},
             Row{1774746000, "2026-03-29T02:00"},
             Row{1792888200, "2026-10-25T01:30"}, // happens twice: the first
             Row{1792893600, "2026-10-25T02:00"},
             Row{1784210400, "2026-07-16T15:00"},
         })
        EXPECT_EQ(clock.instant_of(policy::LocalTime::parse(local).value()), at(instant)) << local;
}

TEST(Clock, GoesThereAndBackForEveryHourOfAYear)
{
    Clock const clock{"Europe/London"};
    auto const end = at(1798761600);
    for (auto instant = at(1767225600); instant < end; instant += hours{1}) {
        auto const back = clock.instant_of(clock.moment_of(instant).local);
        bool const repeated = instant == at(1792890000); // this hour goes back to its first run
        ASSERT_EQ(back, repeated ? instant - hours{1} : instant);
    }
}

TEST(Clock, AgreesWithItselfNowAndFromTheCache)
{
    Clock clock{"Europe/London"};
    for (int i = 0; i < 3; ++i) {
        auto const now = clock.now();
        EXPECT_EQ(now.local, clock.moment_of(now.instant).local);
    }
}

TEST(Clock, WorksWhereTheDayIsAnother)
{
    Clock const clock{"Pacific/Kiritimati"}; // fourteen hours ahead
    EXPECT_EQ(clock.moment_of(at(1795516800)).local.to_text(), "2026-11-25T00:40");
}

} // namespace
} // namespace gatehouse
