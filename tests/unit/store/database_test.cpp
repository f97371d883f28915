#include "proxy/store/database.hpp"

#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/report_routes.hpp"
#include "proxy/store/schema.hpp"
#include "tests/unit/store/school.hpp"

#include <array>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>

namespace gatehouse::store::test {
namespace {

struct Databases : testing::Test {
    TemporaryFolder folder;
    std::filesystem::path file = folder.path() / "a.db";
    DatabaseOptions options;

    Database open()
    {
        auto opened = Database::open(file, options);
        if (!opened)
            throw std::runtime_error{opened.error().message()};
        return std::move(*opened);
    }
};

std::string read_text(Statement const& row)
{
    return row.text(0);
}
std::int64_t read_number(Statement const& row)
{
    return row.integer(0);
}

TEST_F(Databases, GiveBackWhatWasBound)
{
    auto database = open();
    ASSERT_DONE(database.run_script("CREATE TABLE t (a TEXT, b INTEGER) STRICT"));
    std::string const odd{"x'\"; DROP TABLE t; --\0\xc3\xa9", 24};
    ASSERT_DONE(database.execute("INSERT INTO t VALUES (?, ?)", odd, std::optional<std::int64_t>{}));
    EXPECT_EQ(*database.first("SELECT a FROM t", read_text), std::optional{odd});
    EXPECT_EQ(1, **database.first("SELECT b FROM t", [](Statement const& row) { return row.is_null(0) ? 1 : 0; }));
    EXPECT_EQ(*database.first("SELECT a FROM t WHERE b = 1", read_text), std::nullopt);
}

TEST_F(Databases, UseTheJournalAndSyncOfTheDesign)
{
    auto database = open();
    EXPECT_EQ(*database.first("PRAGMA journal_mode", read_text), std::optional<std::string>{"wal"});
    EXPECT_EQ(*database.first("PRAGMA synchronous", read_number), std::optional<std::int64_t>{2});
    EXPECT_EQ(*database.first("PRAGMA foreign_keys", read_number), std::optional<std::int64_t>{1});
}

TEST_F(Databases, RollBackWhatIsNotCommitted)
{
    auto database = open();
    ASSERT_DONE(database.run_script("CREATE TABLE t (a INTEGER) STRICT"));
    {
        auto transaction = Transaction::begin(database);
        ASSERT_TRUE(transaction);
        ASSERT_DONE(database.execute("INSERT INTO t VALUES (?)", std::int64_t{1}));
    }
    EXPECT_FALSE(database.in_transaction());
    EXPECT_EQ(**database.first("SELECT count(*) FROM t", read_number), 0);
}

TEST_F(Databases, SayWhenAnotherHoldsTheLock)
{
    options.busy_timeout = std::chrono::milliseconds{10};
    auto one = open();
    auto other = open();
    auto const held = Transaction::begin(one);
    ASSERT_TRUE(held);
    EXPECT_FAILS(Transaction::begin(other), errc::locked);
}

TEST_F(Databases, RefuseGarbage)
{
    std::ofstream(file) << std::string(8192, 'x');
    EXPECT_FAILS(Database::open(file, options), errc::corrupt);
}

TEST_F(Databases, RefuseADamagedPage)
{
    {
        auto database = open();
        ASSERT_DONE(database.run_script("CREATE TABLE t (a TEXT) STRICT; CREATE INDEX i ON t (a)"));
        for (int i = 0; i < 200; ++i)
            ASSERT_DONE(database.execute("INSERT INTO t VALUES (?)", std::string(200, static_cast<char>('a' + i % 26))));
    }
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(3 * 4096 + 8);
    bytes << std::string(2000, '\x7f');
    bytes.close();
    EXPECT_FAILS(Database::open(file, options), errc::corrupt);
}

TEST_F(Databases, RefuseAFolderThatIsNotThere)
{
    EXPECT_FAILS(Database::open(folder.path() / "none" / "a.db", options), errc::io);
}

constexpr char const* first_step = "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (7);";
constexpr char const* second_step
    = "ALTER TABLE one ADD COLUMN b INTEGER NOT NULL DEFAULT 2; CREATE TABLE two (a INTEGER) STRICT;";
constexpr char const* broken_step = "CREATE TABLE two (a INTEGER) STRICT; CREATE TABLE two (a INTEGER) STRICT;";

TEST_F(Databases, GoOnWithAnUpgradeThatStoppedMidway)
{
    auto database = open();
    std::array<char const*, 1> const one{first_step};
    std::array<char const*, 2> const broken{first_step, broken_step};
    std::array<char const*, 2> const both{first_step, second_step};
    ASSERT_DONE(migrate(database, one));
    EXPECT_FALSE(migrate(database, broken));
    EXPECT_EQ(**database.first("PRAGMA user_version", read_number), 1);
    EXPECT_FALSE(database.first("SELECT a FROM two", read_number)); // nothing of the broken step stays
    ASSERT_DONE(migrate(database, both));
    EXPECT_EQ(**database.first("SELECT a + b FROM one", read_number), 9);
    ASSERT_DONE(migrate(database, both));
    EXPECT_FAILS(migrate(database, one), errc::newer_schema);
}

TEST_F(Databases, GiveEntriesFromBeforeTheirOwners)
{
    auto database = open();
    ASSERT_DONE(migrate(database, schema_steps().first(8)));
    ASSERT_DONE(database.execute("INSERT INTO school_entries (list, host, path, reason, review_by, added_at, added_by)"
                                 " VALUES (0, 'games.example', '', 'Games.', '2027-04-01', 0, 'o.smith')"));
    ASSERT_DONE(database.execute("INSERT INTO list_changes (kind, list, host, path, reason, review_by, made_at, made_by)"
                                 " VALUES (0, 0, 'later.example', '', 'Games.', '2027-04-01', 0, 'p.jones')"));
    ASSERT_DONE(migrate(database, schema_steps()));
    auto const text = [](Statement const& row) { return row.text(0); };
    EXPECT_EQ(**database.first("SELECT owner FROM school_entries", text), "o.smith");
    EXPECT_EQ(**database.first("SELECT owner FROM list_changes", text), "p.jones");
    EXPECT_FALSE(database.execute("DELETE FROM school_entries")) << "still kept";
}

TEST_F(Databases, KeepTheRolesThatAccountsHadAMomentAgo)
{
    auto database = open();
    ASSERT_DONE(migrate(database, schema_steps().first(18)));
    ASSERT_DONE(database.execute(
        "INSERT INTO accounts (id, login, display_name, person, console_role, subject_role, groups,"
        " password, must_change, created_at, role_changed_at, role_before) VALUES"
        " (7, 'left', '', 'left', 0, '', '', '', 0, 5, 1000, 2), (8, 'new', '', 'new', 1, '', '', '', 0, 5, 1000, 0)"));
    ASSERT_DONE(migrate(database, schema_steps()));
    auto const numbers = [](Statement const& row) { return std::array{row.integer(0), row.integer(1), row.integer(2)}; };
    EXPECT_EQ(*database.collect("SELECT account, role, lost_at FROM former_roles", numbers),
        (std::vector<std::array<std::int64_t, 3>>{{7, 2, 1000}}));
}

TEST_F(Databases, KnowOfWhichReportsTheirReadersWereTold)
{
    auto database = open();
    ASSERT_DONE(migrate(database, schema_steps().first(20)));
    std::string const report
        = "INSERT INTO reports (reference, at, about, about_person, url, text, user, device, network, address,"
          " decision, state, route, urgency, id) VALUES (?1, 0, 1, '', '', '', '', '', '', '', '', ?2, ?3, ?4, ?1)";
    // The second is handled; of the last one nobody was told, nor of the one that is urgent.
    for (auto const& [id, state, route, urgency] :
        std::vector<std::array<std::int64_t, 4>>{{1, 0, 4, 0}, {2, 1, 4, 0}, {3, 0, 4, 3}, {4, 0, 1, 2}, {5, 0, 4, 0}})
        ASSERT_DONE(database.execute(report, id, state, route, urgency));
    ASSERT_DONE(database.execute("INSERT INTO notices VALUES ('reports', 4), ('reports-pupil', 2), ('roles', 9)"));
    ASSERT_DONE(migrate(database, schema_steps()));
    auto const numbers = [](Statement const& row) { return std::array{row.integer(0), row.integer(1)}; };
    EXPECT_EQ(*database.collect("SELECT report, role FROM reports_told ORDER BY report", numbers),
        (std::vector<std::array<std::int64_t, 2>>{{1, 4}, {4, 1}}));
    EXPECT_EQ(*database.collect("SELECT kind FROM notices", read_text), std::vector<std::string>{"roles"});
}

TEST_F(Databases, KnowWhichRefusedPublicationsWereTold)
{
    struct Case {
        std::int64_t told; ///< the highest number
        std::int64_t now;  ///< row of the audit
    };
    for (auto const& each : {Case{6, 20}, Case{3, 19}}) {
        file = folder.path() / fmt::format("{}.db", each.told);
        auto database = open();
        ASSERT_DONE(migrate(database, schema_steps().first(21)));
        for (auto const* const row : {"(10, x'00', x'00', 0, 0, '', '', 'publication.refuse', 'publication:3', '')",
                 "(20, x'00', x'00', 0, 0, '', '', 'publication.refuse', 'publication:6', '')",
                 "(30, x'00', x'00', 0, 0, '', '', 'publication.live', 'publication:7', '')"})
            ASSERT_DONE(database.execute(fmt::format("INSERT INTO audit VALUES {}", row)));
        ASSERT_DONE(database.execute("INSERT INTO notices VALUES ('publications', ?), ('roles', 9)", each.told));
        ASSERT_DONE(migrate(database, schema_steps()));
        EXPECT_EQ(**database.first("SELECT newest FROM notices WHERE kind = 'publications'", read_number), each.now);
        EXPECT_EQ(**database.first("SELECT newest FROM notices WHERE kind = 'roles'", read_number), 9);
    }
}

/// Since when an account may have been in other hands is asked of all that was written from then on: 200,000 rows in some years.
TEST_F(Databases, SayTheEarliestClockSinceARowWithoutReadingTheRows)
{
    auto database = open();
    ASSERT_DONE(migrate(database, schema_steps()));
    auto const plan = *database.collect(
        fmt::format("EXPLAIN QUERY PLAN {}", given_first_at), [](Statement const& row) { return row.text(3); }, std::int64_t{7});
    EXPECT_THAT(plan, testing::Contains("SEARCH audit USING COVERING INDEX audit_by_sequence (sequence>?)"));
    EXPECT_THAT(plan, testing::Not(testing::Contains(testing::StartsWith("SCAN"))));
}

/// Whoever may see a report is found by looking at each of them: thousands, with texts of 4,000 bytes.
TEST_F(Databases, SayWhoSeesAReportWithoutReadingItsText)
{
    auto database = open();
    ASSERT_DONE(migrate(database, schema_steps()));
    EXPECT_EQ(*database.collect(
                  fmt::format("EXPLAIN QUERY PLAN {}", brief_reports), [](Statement const& row) { return row.text(3); },
                  ReportState::open),
        std::vector<std::string>{"SEARCH reports USING COVERING INDEX reports_by_state (state=?)"});
}

} // namespace
} // namespace gatehouse::store::test
