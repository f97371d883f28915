#include "proxy/store/machine_state.hpp"

#include "proxy/store/notices.hpp"
#include "tests/unit/store/school.hpp"

#include <array>
#include <fmt/format.h>

namespace gatehouse::store::test {
namespace {

struct MachineStates : School {
    void keep(std::string days, std::string whole = "all")
    {
        ASSERT_DONE(keep_machine_state(*ledger,
            {{"machine.retention", std::move(days)}, {"machine.inspection", "roles: pupil", std::move(whole)}}, tuesday));
    }
    std::size_t rows(std::string action) { return list_audit(*ledger, {.action_prefix = std::move(action)})->size(); }
    bool is_told()
    {
        bool told = false;
        for (auto const& each : *due_notices(*ledger, std::array{ConsoleRole::dpo}, tuesday))
            if (each.kind->id == "machine-dpo") {
                told = true;
                EXPECT_TRUE(mark_told(*ledger, each, tuesday));
            }
        return told;
    }
};

TEST_F(MachineStates, LeaveARowForEachChangeAndNoneForWhatStays)
{
    keep("days: log 90");
    EXPECT_EQ(rows("machine."), 2U);
    reopen();
    keep("days: log 90");
    EXPECT_EQ(rows("machine."), 2U);
    keep("days: log 1");
    EXPECT_EQ(rows("machine.retention"), 2U);
    keep("days: log 1", "an entry less");
    EXPECT_EQ(rows("machine.inspection"), 2U) << "the digest tells what the text does not say";
    EXPECT_EQ(rows("machine.retention"), 2U);
    expect_intact();
}

TEST_F(MachineStates, AreToldOnceSomebodyIsAtWork)
{
    keep("days: log 90");
    keep("days: log 80");
    EXPECT_FALSE(is_told()) << "it is being set up";
    ASSERT_DONE(record_event(*ledger, as(head), "sign-in", "account:3", "console", tuesday));
    EXPECT_FALSE(is_told());
    ASSERT_DONE(keep_machine_state(*ledger, {{"machine.ca", "no certificate"}}, tuesday));
    EXPECT_FALSE(is_told()) << "how it was found first";
    keep("days: log 1");
    EXPECT_TRUE(is_told());
    EXPECT_FALSE(is_told());
    ASSERT_DONE(keep_machine_state(*ledger, {{"machine.ca", "SHA-256 AB, valid until 2031-01-01"}}, tuesday));
    EXPECT_TRUE(is_told());
    ASSERT_DONE(record_event(*ledger, owner(), "log.file-replaced", "access-log", "1 day files", tuesday));
    EXPECT_TRUE(is_told()) << "a purge by hand";
}

TEST_F(MachineStates, OfTheMailAreToldAndSayWhereTheMailDidNotGo)
{
    auto const keep_mail = [&](std::string server) {
        ASSERT_DONE(keep_machine_state(*ledger, {{"machine.mail", std::move(server), "all"}}, tuesday));
    };
    keep_mail("server smtps://mail.school.example");
    ASSERT_DONE(record_event(*ledger, as(head), "sign-in", "account:3", "console", tuesday));
    keep_mail("no mail");
    auto const due = *due_notices(*ledger, std::array{ConsoleRole::dpo}, tuesday);
    ASSERT_EQ(due.size(), 1U);
    ASSERT_DONE(note_untold(*ledger, due.front(), "no address is set", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 1U);
    ASSERT_DONE(note_untold(*ledger, due.front(), "the server is away", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 1U) << "once for each change";
    EXPECT_TRUE(is_told());
    ask();
    ASSERT_DONE(note_untold(*ledger, due_notices(*ledger, std::array{ConsoleRole::officer}, tuesday)->front(), "away", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 1U) << "a request is tried again, which is enough";
}

TEST_F(MachineStates, LeaveARowForEachChangeThatARoleWithoutAnAddressWasNotToldOf)
{
    std::array const without{ConsoleRole::dpo, ConsoleRole::officer};
    keep("days: log 90");
    keep("days: log 80");
    ASSERT_DONE(note_unreached(*ledger, without, "no address is set", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 0U) << "it is being set up";
    ASSERT_DONE(record_event(*ledger, as(head), "sign-in", "account:3", "console", tuesday));
    keep("days: log 1", "an entry less");
    ASSERT_DONE(record_event(*ledger, owner(), "log.file-replaced", "access-log", "1 day files", tuesday));
    auto const newest = due_notices(*ledger, std::array{ConsoleRole::dpo}, tuesday)->front().newest;
    ASSERT_DONE(note_unreached(*ledger, without, "no address is set", tuesday));
    ASSERT_EQ(rows("mail.not-sent"), 3U) << "days, what is looked into, the log";
    EXPECT_EQ(list_audit(*ledger, {.action_prefix = "mail.not-sent"})->front().detail,
        fmt::format("about row {}, to the dpo: no address is set", newest));
    ASSERT_DONE(note_unreached(*ledger, without, "no address is set", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 3U) << "once for each";
    EXPECT_TRUE(is_told());
    keep("days: log 2", "an entry less");
    ASSERT_DONE(note_unreached(*ledger, std::array{ConsoleRole::officer}, "no address is set", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 3U) << "those who have an address get a mail";
    ASSERT_DONE(note_unreached(*ledger, without, "no address is set", tuesday));
    EXPECT_EQ(rows("mail.not-sent"), 4U);
    expect_intact();
}

} // namespace
} // namespace gatehouse::store::test
