#include "proxy/store/audit_watch.hpp"
#include "proxy/store/kept_heads.hpp"
#include "tests/unit/store/school.hpp"

#include <csignal>
#include <fstream>
#include <sys/resource.h>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct Watched : School {
    std::optional<AuditWatch> watch;
    void SetUp() override
    {
        School::SetUp();
        watch.emplace(folder.path());
    }
    void tamper(std::string const& sql)
    {
        for (auto const* const trigger : {"audit_is_never_changed", "audit_is_never_removed"})
            ASSERT_DONE(ledger->database().run_script(std::string{"DROP TRIGGER IF EXISTS "} + trigger));
        ASSERT_DONE(ledger->database().run_script(sql));
    }
    AuditVerification look()
    {
        auto const found = watch->look();
        EXPECT_TRUE(found) << found.error().message();
        return found ? *found : AuditVerification{};
    }
    void add_row() { ASSERT_DONE(record_event(*ledger, owner(), "test", "", "", tuesday)); }
    std::string head_line() const
    {
        std::ifstream stream{folder.path() / "heads" / "heads-2026-11.txt"};
        return {std::istreambuf_iterator<char>{stream}, {}};
    }
};

TEST_F(Watched, FindsTheChainWholeBesideTheOpenStore)
{
    auto const first = look();
    EXPECT_TRUE(first.intact) << first.problem;
    EXPECT_EQ(first.rows, 8);
    EXPECT_EQ(first.head_digest, verify_audit(*ledger)->head_digest);
    add_row();
    auto const second = look();
    EXPECT_TRUE(second.intact) << second.problem;
    EXPECT_EQ(second.rows, 9);
    EXPECT_EQ(second.head_digest, verify_audit(*ledger)->head_digest);
}

TEST_F(Watched, NamesANewRowThatWasChanged)
{
    look();
    add_row();
    tamper("UPDATE audit SET detail = 'x' WHERE sequence = 9");
    EXPECT_EQ(look().first_bad, std::optional<std::int64_t>{9});
    EXPECT_EQ(look().first_bad, std::optional<std::int64_t>{9}) << "it stays so";
}

TEST_F(Watched, ReadsOldRowsAgainOnlyWhenAsked)
{
    look();
    tamper("UPDATE audit SET detail = 'x' WHERE sequence = 3");
    EXPECT_TRUE(look().intact) << "it was read before";
    EXPECT_EQ(watch->look_at_all()->first_bad, std::optional<std::int64_t>{3});
    EXPECT_EQ(look().first_bad, std::optional<std::int64_t>{3}) << "once something is wrong all is read";
}

TEST_F(Watched, NoticesRowsThatWereReadAndAreGoneOrWrittenAnew)
{
    look();
    tamper("DELETE FROM audit WHERE sequence > 5");
    auto const cut = look();
    EXPECT_EQ(cut.problem, "rows 6 to 8 were cut off");
    EXPECT_EQ(look().first_bad, std::optional<std::int64_t>{6}) << "by the signed head";
}

TEST_F(Watched, NoticesThatTheLastRowReadIsAnotherNow)
{
    look();
    tamper("UPDATE audit SET digest = zeroblob(32) WHERE sequence = 8");
    EXPECT_EQ(look().first_bad, std::optional<std::int64_t>{8});
}

TEST_F(Watched, NoticesAForgedHead)
{
    look();
    std::ofstream(folder.path() / "audit.head") << "garbage";
    EXPECT_FALSE(look().intact);
}

TEST_F(Watched, ChangesNothing)
{
    DatabaseOptions reading;
    reading.read_only = true;
    auto database = Database::open(folder.path() / "gatehouse.db", reading);
    ASSERT_TRUE(database) << database.error().message();
    EXPECT_FALSE(database->run_script("DELETE FROM sessions"));
    EXPECT_FALSE(Database::open(folder.path() / "none.db", reading));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "none.db"));
}

TEST_F(Watched, TheHeadOfADayIsKeptOnce)
{
    auto const dir = folder.path() / "heads";
    auto const newest = list_audit(*ledger, {.limit = 1})->front();
    auto const kept = keep_head_of_day(*ledger, dir, tuesday);
    ASSERT_TRUE(kept) << kept.error().message();
    EXPECT_EQ(*kept, HeadOfDay::kept);
    EXPECT_EQ(head_line(), "2026-11-24T10:40:00Z 8 " + newest.digest + "\n");
    EXPECT_EQ(newest_action(), "audit.head-kept");
    EXPECT_EQ(list_audit(*ledger, {.limit = 1})->front().detail + "\n", head_line()) << "what a mail says";
    EXPECT_EQ(*keep_head_of_day(*ledger, dir, tuesday + hours{3}), HeadOfDay::not_needed);
    EXPECT_EQ(*keep_head_of_day(*ledger, dir, tuesday + hours{24}), HeadOfDay::kept);
    EXPECT_NE(head_line().find("2026-11-25T10:40:00Z 9 "), std::string::npos);
    expect_intact();
}

TEST_F(Watched, AHeadIsNotKeptOfAnAuditThatWasCut)
{
    tamper("DELETE FROM audit WHERE sequence > 5");
    add_row();
    EXPECT_FAILS(keep_head_of_day(*ledger, folder.path() / "heads", tuesday), errc::corrupt);
    EXPECT_EQ(head_line(), "");
    std::ofstream{folder.path() / "file"} << "x";
    reopen();
}

TEST_F(Watched, APartOfALineIsNotLeftBehind)
{
    auto const dir = folder.path() / "heads";
    ASSERT_EQ(*keep_head_of_day(*ledger, dir, tuesday), HeadOfDay::kept);
    auto const before = head_line();
    auto const former = std::signal(SIGXFSZ, SIG_IGN);
    rlimit usual{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &usual), 0);
    rlimit const tight{before.size() + 20, usual.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
    auto const short_of_room = keep_head_of_day(*ledger, dir, tuesday + hours{24});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &usual), 0);
    std::signal(SIGXFSZ, former);
    EXPECT_FAILS(short_of_room, errc::full);
    EXPECT_EQ(head_line(), before);
    EXPECT_EQ(*keep_head_of_day(*ledger, dir, tuesday + hours{24}), HeadOfDay::kept) << "a part would count as that day's";
}

TEST_F(Watched, AFolderThatCannotBeMadeIsSaid)
{
    std::ofstream{folder.path() / "file"} << "x";
    EXPECT_FAILS(keep_head_of_day(*ledger, folder.path() / "file" / "heads", tuesday), errc::io);
}

} // namespace
} // namespace gatehouse::store::test
