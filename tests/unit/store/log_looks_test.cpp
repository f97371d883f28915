#include "proxy/store/log_looks.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct LogLooks : School {
    result<LogReader> look(AccountId account, std::string person = "", std::string detail = "", Instant now = tuesday)
    {
        auto const object = person.empty() ? std::string{"access-log"} : "person:" + person;
        return begin_log_look(*ledger, {as(account), "access-log.read", object, std::move(person), std::move(detail), now});
    }
};

TEST_F(LogLooks, LeaveOutEveryLoginThatTheReaderHasOrHad)
{
    add("i.pupilview", "Ian White", ConsoleRole::none, "staff", {}, "i.white");
    ASSERT_DONE(rename_account(*ledger, ict, "ian", owner(), tuesday));
    auto const reader = look(ict);
    ASSERT_DONE(reader);
    for (auto const* own : {"ian", "i.white", "I.White", "i.pupilview"}) {
        EXPECT_TRUE(reader->is_own(own)) << own;
        EXPECT_FAILS(look(ict, own, "purpose: a test"), errc::conflict_of_interest);
        EXPECT_EQ(newest_action(), "access-log.read.denied");
    }
    for (auto const* other : {"", "o.smith", "ian2"})
        EXPECT_FALSE(reader->is_own(other)) << other;
}

TEST_F(LogLooks, AreOnRecordOnceTheyHaveAPurpose)
{
    auto const before = newest_action();
    ASSERT_DONE(look(officer));
    EXPECT_EQ(newest_action(), before);
    ASSERT_DONE(look(officer, "amy.year9", "purpose: a complaint"));
    auto const rows = list_audit(*ledger, {});
    ASSERT_FALSE(rows->empty());
    EXPECT_EQ(rows->front().action, "access-log.read");
    EXPECT_EQ(rows->front().object, "person:amy.year9");
    EXPECT_FAILS(look(chief), errc::not_permitted);
}

TEST_F(LogLooks, CallOnePersonTheSameAllDayAndOtherwiseTheNext)
{
    auto const morning = look(officer), noon = look(dsl, "", "", tuesday + hours{3}),
               tomorrow = look(officer, "", "", tuesday + hours{24});
    auto const amy = morning->pseudonym_of("amy.year9");
    EXPECT_EQ(amy.size(), 6u);
    EXPECT_EQ(amy, noon->pseudonym_of("Amy.Year9"));
    EXPECT_NE(amy, morning->pseudonym_of("ben.year9"));
    EXPECT_NE(amy, tomorrow->pseudonym_of("amy.year9"));
    EXPECT_EQ(morning->pseudonym_of(""), "");
}

} // namespace
} // namespace gatehouse::store::test
