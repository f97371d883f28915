#include "tests/unit/ctl/ctl_support.hpp"

#include <fstream>
#include <sqlite3.h>

namespace gatehouse::ctl {
namespace {

using testing::HasSubstr;

class AuditTest : public School {
protected:
    void make_rows()
    {
        for (auto const* const login : {"anna", "bert", "cleo"}) {
            AccountOptions options;
            options.login = login;
            options.console_role = "officer";
            auto const said = call([&](Common const& common, Streams streams) { return account_add(common, options, streams); });
            ASSERT_EQ(said.status, success) << said.error;
        }
    }
    Said verify(std::filesystem::path const& heads = {}, Output output = Output::text)
    {
        return call([&](Common const& common, Streams streams) { return audit_verify(common, heads, streams); }, output);
    }
    /// What somebody with the file does to it.
    void tamper(std::string const& sql)
    {
        sqlite3* database = nullptr;
        ASSERT_EQ(sqlite3_open((state_ / "gatehouse.db").c_str(), &database), SQLITE_OK);
        for (auto const* const trigger : {"audit_is_never_changed", "audit_is_never_removed"})
            sqlite3_exec(database, (std::string{"DROP TRIGGER "} + trigger).c_str(), nullptr, nullptr, nullptr);
        EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
        sqlite3_close(database);
    }
    std::filesystem::path keep(std::string const& lines)
    {
        auto const file = state_ / "heads";
        std::ofstream{file} << lines;
        return file;
    }
};

TEST_F(AuditTest, IsWholeAsItWasWritten)
{
    make_rows();
    auto const said = verify({}, Output::json);
    EXPECT_EQ(said.status, success) << said.error;
    EXPECT_TRUE(said.json().at("ok").as_bool());
    EXPECT_EQ(said.json().at("rows").as_int64(), 3);
}

TEST_F(AuditTest, NamesTheFirstRowThatWasEditedOrIsMissing)
{
    make_rows();
    tamper("UPDATE audit SET detail = 'nothing to see' WHERE sequence = 2");
    auto const edited = verify({}, Output::json);
    EXPECT_EQ(edited.status, failure);
    EXPECT_EQ(edited.json().at("first_bad").as_int64(), 2);
    tamper("DELETE FROM audit WHERE sequence = 2");
    EXPECT_EQ(verify({}, Output::json).json().at("first_bad").as_int64(), 2);
    EXPECT_THAT(verify().error, HasSubstr("tell the data protection officer"));
}

TEST_F(AuditTest, FindsACutEnd)
{
    make_rows();
    tamper("DELETE FROM audit WHERE sequence = 3");
    EXPECT_EQ(verify().status, failure);
}

TEST_F(AuditTest, AgreesWithHeadsThatWereKeptElsewhere)
{
    make_rows();
    auto const head = call(audit_head);
    ASSERT_EQ(head.status, success);
    EXPECT_THAT(head.out, HasSubstr(" 3 "));
    auto const heads = keep("# kept by the governors\n\n" + head.out);
    EXPECT_EQ(verify(heads).status, success);
    auto forged = head.out;
    forged[forged.size() - 2] = forged[forged.size() - 2] == '0' ? '1' : '0';
    EXPECT_THAT(verify(keep(forged)).error, HasSubstr("written anew"));
    auto later = head.out;
    later.replace(later.find(" 3 "), 3, " 9 ");
    EXPECT_THAT(verify(keep(later)).error, HasSubstr("rows 4 to 9 were there when the head of row 9 was kept, and are gone"));
    EXPECT_THAT(verify(keep("nonsense\n")).error, HasSubstr(":1: not a line"));
    EXPECT_THAT(verify(state_ / "nowhere").error, HasSubstr("cannot be read"));
}

TEST_F(AuditTest, ReadsTheFolderOfHeadsOfTheDays)
{
    make_rows();
    auto const folder = state_ / "days";
    std::filesystem::create_directories(folder);
    std::ofstream{folder / "heads-2026-11.txt"} << call(audit_head).out;
    EXPECT_EQ(verify(folder).status, success);
    std::ofstream{folder / "heads-2026-12.txt"} << "2026-12-01T00:00:00Z 7 " << std::string(64, 'a') << '\n';
    EXPECT_THAT(verify(folder).error, HasSubstr("rows 4 to 7 were there"));
}

} // namespace
} // namespace gatehouse::ctl
