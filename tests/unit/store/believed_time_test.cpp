#include "proxy/store/believed_time.hpp"

#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

using std::chrono::days;
using std::chrono::hours;

TEST(Believe, AClockThatGoesOn)
{
    EXPECT_EQ(believe({}, tuesday), (BelievedTime{tuesday, {}})) << "the first time there is";
    EXPECT_EQ(believe({tuesday, {}}, tuesday + hours{1}), (BelievedTime{tuesday + hours{1}, {}}));
    EXPECT_EQ(believe({tuesday, {}}, tuesday + days{7}), (BelievedTime{tuesday + days{7}, {}}))
        << "a machine that was off for a week";
    EXPECT_EQ(believe({tuesday, {}}, tuesday - days{400}), (BelievedTime{tuesday - days{400}, {}}))
        << "set back: nothing goes too soon";
}

TEST(Believe, ALeapOnceItHasStoodForADay)
{
    auto const wrong = tuesday + days{4000};
    auto now = believe({tuesday, {}}, wrong);
    EXPECT_EQ(now, (BelievedTime{tuesday, wrong}));
    now = believe(now, wrong + hours{23});
    EXPECT_EQ(now, (BelievedTime{tuesday, wrong}));
    EXPECT_EQ(believe(now, wrong + hours{24}), (BelievedTime{wrong + hours{24}, {}}));
}

TEST(Believe, NoLeapThatWasPutRight)
{
    auto const wrong = tuesday + days{4000};
    auto const leapt = believe({tuesday, {}}, wrong);
    EXPECT_EQ(believe(leapt, tuesday + hours{2}), (BelievedTime{tuesday + hours{2}, {}}));
    EXPECT_EQ(believe(leapt, wrong + days{8}), (BelievedTime{tuesday, wrong + days{8}})) << "a second leap has not stood yet";
    EXPECT_EQ(believe(leapt, wrong - hours{30}), (BelievedTime{tuesday, wrong - hours{30}})) << "nor one that went back a little";
    EXPECT_EQ(believe(leapt, wrong - std::chrono::seconds{2}), leapt) << "a time server put it right by seconds";
}

struct Believed : School { };

TEST_F(Believed, TimeIsKeptAndALeapIsOnRecordOnce)
{
    auto const at = [&](Instant now) { return keep_believed_time(*ledger, now).value(); };
    EXPECT_EQ(at(tuesday).at, tuesday);
    EXPECT_EQ(at(tuesday + std::chrono::minutes{5}).at, tuesday + std::chrono::minutes{5});
    EXPECT_NE(newest_action(), "clock.leap");
    auto const wrong = tuesday + days{4000};
    EXPECT_EQ(at(wrong).at, tuesday) << "five minutes are not worth a write";
    EXPECT_EQ(newest_action(), "clock.leap");
    auto const rows = [&] {
        return **ledger->database().first(
            "SELECT count(*) FROM audit WHERE action = 'clock.leap'", [](Statement const& row) { return row.integer(0); });
    };
    EXPECT_EQ(at(wrong + hours{1}).at, tuesday);
    EXPECT_EQ(rows(), 1);
    EXPECT_EQ(at(wrong + hours{25}), (BelievedTime{wrong + hours{25}, {}}));
    EXPECT_EQ(rows(), 1);
}

} // namespace
} // namespace gatehouse::store::test
