#include "proxy/store/machine_state.hpp"

#include "proxy/store/notices.hpp"
#include "tests/unit/store/school.hpp"

#include <array>

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
        for (auto const& each : *due_notices(*ledger, std::array{ConsoleRole::dpo}))
            if (each.kind->id == "machine-dpo") {
                told = true;
                EXPECT_TRUE(mark_told(*ledger, each));
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

} // namespace
} // namespace gatehouse::store::test
