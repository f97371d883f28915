#include "proxy/store/audit_search.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "tests/unit/store/school.hpp"

#include <fstream>
#include <functional>
#include <sqlite3.h>
#include <sys/stat.h>

namespace gatehouse::store::test {

struct Audit : School {
    /// What somebody with the file and the sqlite3 shell can do, past the triggers.
    void tamper(std::string const& sql)
    {
        ledger.reset();
        sqlite3* connection = nullptr;
        ASSERT_EQ(sqlite3_open((folder.path() / "gatehouse.db").c_str(), &connection), SQLITE_OK);
        std::string const all = "DROP TRIGGER audit_is_never_changed; DROP TRIGGER audit_is_never_removed; " + sql;
        char* problem = nullptr;
        EXPECT_EQ(sqlite3_exec(connection, all.c_str(), nullptr, nullptr, &problem), SQLITE_OK) << problem;
        sqlite3_close(connection);
        reopen();
    }

    AuditVerification verified()
    {
        auto const found = verify_audit(*ledger);
        EXPECT_TRUE(found);
        return found ? *found : AuditVerification{};
    }
    std::filesystem::path head_file() const { return folder.path() / "audit.head"; }
};

TEST_F(Audit, ChainIsIntactAndCountsItsRows)
{
    auto const found = verified();
    EXPECT_TRUE(found.intact) << found.problem;
    EXPECT_EQ(found.rows, 8);
    EXPECT_EQ(found.head_digest.size(), 64u);
    EXPECT_TRUE(ledger->audit_agrees());
    auto const rows = list_audit(*ledger, {.action_prefix = "account.", .before = 3, .limit = 1});
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 1u);
    EXPECT_EQ(rows->front().sequence, 2);
    EXPECT_EQ(rows->front().actor, "command-line:root");
}

TEST_F(Audit, IsSearchedByWhomAboutWhatAndWhen)
{
    ASSERT_DONE(record_event(*ledger, as(officer), "report.read", "user:Amy.Year9", "A \"complaint\".", tuesday));
    ASSERT_DONE(record_event(*ledger, as(dsl), "report.read", "user:bob", "Of amy's friend.", tuesday + std::chrono::hours{24}));
    auto const found = [&](AuditFilter const& filter) { return list_audit(*ledger, filter)->size(); };
    EXPECT_EQ(found({.actor = "O.Smith"}), 1u);
    EXPECT_EQ(found({.actor = "o.smit"}), 0u);
    EXPECT_EQ(found({.action_prefix = "report.", .about = "AMY"}), 2u);
    EXPECT_EQ(found({.about = "amy.year9", .from = tuesday + std::chrono::hours{1}}), 0u);
    EXPECT_EQ(found({.about = "%"}), 0u);
    EXPECT_EQ(found({.from = tuesday + std::chrono::hours{24}}), 1u);
    EXPECT_EQ(found({.actor = "o.smith", .until = tuesday}), 0u);
    ASSERT_DONE(rename_account(*ledger, officer, "olive", owner(), tuesday));
    EXPECT_EQ(found({.action_prefix = "report.", .actor = "olive"}), 1u) << "what she did under her old name";
}

TEST_F(Audit, IsReadByOneActionPageByPage)
{
    for (int i = 0; i < 7; ++i) {
        ASSERT_DONE(record_event(*ledger, as(officer), "test.purge", "records", std::to_string(i), tuesday));
        ASSERT_DONE(record_event(*ledger, as(officer), "test.purged", "records", "another", tuesday));
    }
    EXPECT_EQ(*count_audit_of(*ledger, "test.purge"), 7u);
    std::vector<std::string> details;
    for (std::size_t skipped = 0; skipped < 9; skipped += 3)
        for (auto const& row : *list_audit_of(*ledger, "test.purge", 3, skipped))
            details.push_back(row.detail);
    EXPECT_EQ(details, (std::vector<std::string>{"6", "5", "4", "3", "2", "1", "0"})) << "newest first, each once";
    EXPECT_EQ(*count_audit_of(*ledger, "test."), 0u);
}

TEST_F(Audit, NamesTheFirstChangedRow)
{
    for (auto const* change : {"actor = 'x'", "detail = detail || ' '", "at = at + 1", "account = 5", "address = 'y'",
             "action = 'z'", "object = ''", "digest = zeroblob(32)", "previous = zeroblob(32)"}) {
        TearDown();
        std::filesystem::remove_all(folder.path());
        SetUp();
        tamper(std::string{"UPDATE audit SET "} + change + " WHERE sequence = 4");
        auto const found = verified();
        EXPECT_FALSE(found.intact) << change;
        EXPECT_EQ(found.first_bad, std::optional<std::int64_t>{4}) << change << ": " << found.problem;
    }
}

TEST_F(Audit, NamesAGap)
{
    tamper("DELETE FROM audit WHERE sequence = 3");
    EXPECT_EQ(verified().first_bad, std::optional<std::int64_t>{3});
}

TEST_F(Audit, NamesAClosedGap)
{
    tamper("DELETE FROM audit WHERE sequence = 3; UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3");
    EXPECT_EQ(verified().first_bad, std::optional<std::int64_t>{3});
}

TEST_F(Audit, NoticesACutTailEvenWhenTheChainGoesOn)
{
    tamper("DELETE FROM audit WHERE sequence > 5");
    EXPECT_FALSE(ledger->audit_agrees());
    EXPECT_EQ(verified().first_bad, std::optional<std::int64_t>{6});
    for (int i = 0; i < 5; ++i)
        ASSERT_DONE(record_event(*ledger, owner(), "test", "", "", tuesday));
    EXPECT_FALSE(ledger->audit_agrees());
    EXPECT_FALSE(verified().intact);
}

TEST_F(Audit, NoticesARemovedOrForgedHead)
{
    std::filesystem::remove(head_file());
    EXPECT_FALSE(verified().intact);
    ASSERT_DONE(record_event(*ledger, owner(), "test", "", "", tuesday));
    EXPECT_FALSE(std::filesystem::exists(head_file()));
    std::ofstream(head_file()) << "0 " << std::string(64, '0') << ' ' << std::string(64, '0') << '\n';
    EXPECT_FALSE(verified().intact);
    std::ofstream(head_file()) << "garbage";
    EXPECT_FALSE(verified().intact);
}

TEST_F(Audit, TakesACrashBetweenCommitAndHeadForNoAlarm)
{
    auto const before = folder.path() / "head.before";
    std::filesystem::copy_file(head_file(), before);
    ASSERT_DONE(record_event(*ledger, owner(), "test", "", "", tuesday));
    std::filesystem::rename(before, head_file());
    reopen();
    EXPECT_TRUE(ledger->audit_agrees());
    expect_intact();
    ASSERT_DONE(record_event(*ledger, owner(), "test", "", "", tuesday));
    expect_intact();
    EXPECT_EQ(ledger->chain().read_head()->count, 10);
}

TEST_F(Audit, KeepsItsKeyPrivateAndOutsideTheDatabase)
{
    for (auto const* name : {"audit.key", "audit.head", "gatehouse.db"}) {
        struct stat status { };
        ASSERT_EQ(::stat((folder.path() / name).c_str(), &status), 0);
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
    ledger.reset();
    std::filesystem::remove(folder.path() / "audit.key");
    EXPECT_FAILS(Ledger::open(options), errc::audit_key_missing);
}

TEST_F(Audit, IsSearchedSliceBySlice)
{
    for (int i = 0; i < 92; ++i)
        ASSERT_DONE(
            record_event(*ledger, as(officer), "test.look", "checks", i % 10 == 0 ? "needle" : "hay", tuesday)); // rows 9 to 100
    AuditFilter filter;
    filter.about = "NEEDLE";
    std::vector<std::int64_t> found;
    std::vector<std::string> slices;
    do {
        auto const slice = search_audit(*ledger, filter, 30);
        ASSERT_DONE(slice);
        for (auto const& row : slice->rows)
            found.push_back(row.sequence);
        slices.push_back(std::to_string(slice->first) + "-" + std::to_string(slice->last));
        filter.before = slice->older;
    } while (filter.before != 0);
    EXPECT_EQ(slices, (std::vector<std::string>{"71-100", "41-70", "11-40", "1-10"})) << "each row once";
    filter.before = 0;
    std::vector<std::int64_t> all;
    for (auto const& row : *list_audit(*ledger, filter))
        all.push_back(row.sequence);
    EXPECT_EQ(found, all) << "the same as in one go";
    ASSERT_EQ(all.size(), 10u);
    filter.limit = 2;
    auto const full = search_audit(*ledger, filter, 1000);
    EXPECT_EQ(full->older, all[1]) << "a full page goes on behind its last row";
    filter.before = 1;
    EXPECT_EQ(search_audit(*ledger, filter, 30)->older, 0);
}

/// A reader's own supervised use and a look at their rows; by a login of another account of the same human being.
TEST_F(Audit, KeepsWhatIsAboutTheReaderFromThemAndFromTheirSearches)
{
    add("hanna.web", "Hanna Brown", ConsoleRole::none, "staff", {}, find_account(*ledger, head)->person);
    auto const proposed = propose_restriction(
        *ledger, {"hanna.web", "Used a VPN.", "", "12", tuesday, tuesday + std::chrono::hours{24}}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(refuse_restriction(*ledger, {proposed->id, proposed->version, as(chief), tuesday}, "No VPN was used."));
    ASSERT_DONE(record_event(*ledger, as(officer), "access-log.read", "person:Hanna.Web", "She may sell papers.", tuesday));
    ASSERT_DONE(record_event(*ledger, owner(), "log.read", "h.brown", "She may sell papers.", tuesday));
    ASSERT_DONE(record_event(*ledger, as(head), "access-log.read.denied", "person:h.brown", "conflict", tuesday));
    ASSERT_DONE(record_event(*ledger, as(officer), "access-log.read", "person:amy.year9", "A worry.", tuesday));
    auto const found = [&](AuditFilter filter, AccountId reader) {
        filter.reader = AuditReader{reader, tuesday};
        auto const rows = list_audit(*ledger, filter);
        return rows ? *rows : std::vector<AuditRow>{};
    };
    auto const shown = found({}, head);
    ASSERT_EQ(shown.size(), list_audit(*ledger, {})->size()) << "a row of each number";
    for (std::size_t at = 2; at < 6; ++at) {
        auto const& row = shown[at];
        EXPECT_EQ(row.kept_back, KeptBack::row) << at;
        EXPECT_EQ(row.actor + row.action + row.object + row.detail + row.address, "");
        EXPECT_EQ(row.account, AccountId::none);
        EXPECT_EQ(row.digest.size(), 64u);
    }
    EXPECT_EQ(shown[0].object, "person:amy.year9");
    EXPECT_EQ(shown[1].object, "person:h.brown") << "what she tried herself";
    for (auto const* word : {"VPN", "papers", "user:hanna", "restriction:"})
        EXPECT_TRUE(found({.about = word}, head).empty()) << word;
    EXPECT_TRUE(found({.action_prefix = "restriction."}, head).empty());
    EXPECT_EQ(found({.actor = "o.smith"}, head).size(), 1u);
    EXPECT_EQ(found({.limit = 3}, head).size(), 3u);
    EXPECT_EQ(found({.about = "papers"}, ict).size(), 2u);
    EXPECT_EQ(found({.action_prefix = "restriction."}, ict).size(), 2u);
    EXPECT_EQ(found({.actor = "o.smith"}, ict).size(), 3u);
}

/// Who was reported read in the audit what about and from where, and the purpose of whoever looked at it.
TEST_F(Audit, KeepsReportsFromWhoeverDoesNotSeeThem)
{
    NewReport report;
    report.about = ReportAbout::headteacher;
    report.text = "She shouts.";
    report.address = "10.0.1.30";
    auto const told = submit_report(*ledger, report, tuesday);
    ASSERT_TRUE(told);
    ASSERT_DONE(read_report(*ledger, told->id, "Whether she shouts.", as(chief), tuesday));
    auto const found = [&](AccountId reader, std::string about = {}) {
        auto const rows = list_audit(*ledger, {.about = std::move(about), .limit = 2, .reader = AuditReader{reader, tuesday}});
        return rows ? *rows : std::vector<AuditRow>{};
    };
    for (auto const& row : found(head))
        EXPECT_EQ(row.kept_back, KeptBack::row) << "that the chief executive read one says whom it is about";
    for (auto const& row : found(ict)) {
        EXPECT_EQ(row.kept_back, KeptBack::words);
        EXPECT_EQ(row.object + row.detail + row.address, "");
        EXPECT_TRUE(row.action.starts_with("report.") && !row.actor.empty()) << row.action;
    }
    auto const seen = found(chief);
    ASSERT_EQ(seen.size(), 2u);
    EXPECT_EQ(seen[0].detail, "Whether she shouts.");
    EXPECT_EQ(seen[1].action, "report.submit");
    EXPECT_EQ(seen[1].address, "") << "who reports is not found by their address";
    for (auto const reader : {head, ict})
        EXPECT_TRUE(found(reader, "shouts").empty());
    EXPECT_EQ(found(chief, "shouts").size(), 1u);
    EXPECT_EQ(found(AccountId::none).size(), 0u) << "nobody's account reads nothing";
}

/// Whoever looks at them by what they sit at names nobody, and means them all the same.
TEST_F(Audit, KeepsLooksAtTheReadersOwnDeviceAndAddressFromThem)
{
    auto const came_in = [&](std::string const& login, std::string const& address) {
        return ledger->database().execute(
            "INSERT INTO known_addresses (login, address, last_at) VALUES (?, ?, ?)", login, address, tuesday);
    };
    ASSERT_DONE(came_in("h.brown", "10.0.1.20"));
    ASSERT_DONE(came_in("h.brown", "10.0.1.30"));
    ASSERT_DONE(came_in("i.white", "10.0.1.30"));
    auto const look = [&](std::string const& words) {
        return record_event(*ledger, as(officer), "access-log.read", "access-log", "purpose: papers" + words, tuesday);
    };
    ASSERT_DONE(record_event(*ledger, owner(), "log.read", "device:Head-Laptop", "Papers.", tuesday));
    ASSERT_DONE(record_event(*ledger, as(officer), "incidents.read", "device:Head-Laptop", "Papers.", tuesday));
    ASSERT_DONE(look("; device: Head-Laptop"));
    ASSERT_DONE(look("; address: 10.0.1.20; site: x.example"));
    ASSERT_DONE(look("; address: 10.0.1.21"));
    ASSERT_DONE(look("; device: head-laptop-2"));
    ASSERT_DONE(look("; address: 10.0.1.30"));
    auto const found = [&](AccountId reader, std::string about = {}) {
        AuditReader const who{reader, tuesday, {{"H.Brown", "head-laptop", "10.0.1.21"}, {"amy.year9", "tablet", "10.0.1.22"}}};
        auto const rows = list_audit(*ledger, {.about = std::move(about), .limit = 7, .reader = who});
        return rows ? *rows : std::vector<AuditRow>{};
    };
    auto const shown = found(head);
    ASSERT_EQ(shown.size(), 7u);
    EXPECT_EQ(shown[0].kept_back, KeptBack::nothing) << "where somebody else signs in too";
    EXPECT_EQ(shown[1].kept_back, KeptBack::nothing) << "another device";
    for (std::size_t at = 2; at < 7; ++at)
        EXPECT_EQ(shown[at].kept_back, KeptBack::row) << at;
    EXPECT_EQ(found(head, "papers").size(), 2u);
    EXPECT_EQ(found(ict, "papers").size(), 7u);
}

/// What was told goes after some time; who read it, and what for, stays for who has to know.
TEST_F(Audit, ShowsWhoReadAReportThatIsGoneToWhoOversees)
{
    auto const tell = [&](ReportAbout about, AccountId reader, std::string const& purpose) {
        NewReport report;
        report.about = about;
        report.text = "She shouts.";
        auto const told = submit_report(*ledger, report, tuesday);
        EXPECT_TRUE(told);
        EXPECT_TRUE(read_report(*ledger, told->id, purpose, as(reader), tuesday));
    };
    tell(ReportAbout::pupil, dsl, "Whether she is well.");
    tell(ReportAbout::headteacher, chief, "Whether she shouts.");
    auto const dpo = add("q.moss", "Quin Moss", ConsoleRole::dpo);
    auto const found = [&](AccountId reader, std::string about) {
        auto const rows = list_audit(*ledger, {.about = std::move(about), .reader = AuditReader{reader, tuesday}});
        return rows ? rows->size() : 99;
    };
    EXPECT_EQ(found(dsl, "is well"), 1u);
    ASSERT_DONE(ledger->database().execute("DELETE FROM reports"));
    for (auto const reader : {head, chief, dpo, dsl}) // the last for a deed of their own
        EXPECT_EQ(found(reader, "is well"), 1u);
    for (auto const reader : {officer, ict})
        EXPECT_EQ(found(reader, "is well"), 0u);
    for (auto const reader : {chief, dpo})
        EXPECT_EQ(found(reader, "whether she shouts"), 1u);
    EXPECT_EQ(found(head, "whether she shouts"), 0u) << "it was about a headteacher";
}

TEST_F(Audit, RefusesRowsOutsideATransaction)
{
    EXPECT_FAILS(append_audit(*ledger, {}), errc::no_transaction);
    EXPECT_FALSE(ledger->database().execute("DELETE FROM audit"));
    EXPECT_FALSE(ledger->database().execute("UPDATE audit SET actor = ''"));
    expect_intact();
}

TEST_F(Audit, GoesWithTheDecisionOrNotAtAll)
{
    auto const before = verified().rows;
    auto const work = [&]() -> result<void> {
        if (auto const done = append_audit(*ledger, {}); !done)
            return done;
        return errc::invalid_value;
    };
    EXPECT_FAILS(ledger->transact(work), errc::invalid_value);
    EXPECT_EQ(verified().rows, before);
    expect_intact();
}

} // namespace gatehouse::store::test
