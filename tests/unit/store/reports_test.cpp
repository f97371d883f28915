#include "proxy/store/given_access.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/waiting.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

using std::chrono::hours;

struct Reports : School {
    Report submit(ReportAbout about, std::string person)
    {
        NewReport report;
        report.about = about;
        report.about_person = std::move(person);
        report.text = "'; I am worried -- \"very\"";
        auto const submitted = submit_report(*ledger, report, tuesday);
        EXPECT_TRUE(submitted) << submitted.error().message();
        return submitted ? *submitted : Report{};
    }
};

TEST_F(Reports, GoWhereClauseElevenSendsThem)
{
    EXPECT_EQ(submit(ReportAbout::site, "").route, ConsoleRole::officer);
    EXPECT_EQ(submit(ReportAbout::pupil, "amy.year9").route, ConsoleRole::dsl);
    EXPECT_EQ(submit(ReportAbout::staff, "t.hill").route, ConsoleRole::headteacher);
    EXPECT_EQ(submit(ReportAbout::headteacher, "").route, ConsoleRole::chief_executive);
    // The name decides over the box.
    EXPECT_EQ(submit(ReportAbout::staff, "H.Brown").route, ConsoleRole::chief_executive);
    EXPECT_EQ(submit(ReportAbout::staff, "hanna  brown").route, ConsoleRole::chief_executive);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, chief, tuesday)->size(), 3u);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, head, tuesday)->size(), 1u);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, ict, tuesday)->size(), 0u);
    EXPECT_FAILS(list_reports(*ledger, ReportState::open, pupil, tuesday), errc::not_permitted);
    EXPECT_FALSE(submit_report(*ledger, {}, tuesday));
}

TEST_F(Reports, AreTakenWithoutANameAndAtFullLengthInEveryScript)
{
    EXPECT_EQ(submit(ReportAbout::pupil, "").route, ConsoleRole::dsl) << "somebody is hurt, and the child does not know who";
    EXPECT_EQ(submit(ReportAbout::staff, "").route, ConsoleRole::headteacher);
    NewReport report;
    for (int i = 0; i < 2000; ++i)
        report.text += "\u0995"; // what the form lets a child write, three bytes a letter
    EXPECT_TRUE(submit_report(*ledger, report, tuesday));
    report.text += report.text + "x";
    EXPECT_FAILS(submit_report(*ledger, report, tuesday), errc::invalid_value);
}

TEST_F(Reports, AreCountedAndReadInPagesWithoutThoseAboutTheReader)
{
    add("d.white", "Dan White", ConsoleRole::dsl);
    std::vector<ReportId> told;
    for (int i = 0; i < 60; ++i)
        told.push_back(submit(ReportAbout::pupil, i % 20 == 0 ? "d.leads" : "amy.year9").id);
    auto const about = find_account(*ledger, dsl)->login;
    ASSERT_DONE(ledger->database().execute("UPDATE reports SET about_person = ? WHERE about_person = 'd.leads'", about));
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, dsl, tuesday), 57u);
    EXPECT_EQ(*count_reports(*ledger, ReportState::handled, dsl, tuesday), 0u);
    auto const first = list_reports(*ledger, ReportState::open, dsl, tuesday, 50);
    ASSERT_EQ(first->size(), 50u);
    EXPECT_EQ(first->front().id, told.back());
    auto const second = list_reports(*ledger, ReportState::open, dsl, tuesday, 50, 50);
    ASSERT_EQ(second->size(), 7u);
    EXPECT_EQ(second->back().id, told[1]) << "the oldest is about the reader";
    EXPECT_TRUE(list_reports(*ledger, ReportState::open, dsl, tuesday, 50, 100)->empty());
}

TEST_F(Reports, LeaveNothingOfANamedPersonInTheAudit)
{
    auto const of_a_site = submit(ReportAbout::site, "");
    ASSERT_DONE(handle_report(*ledger, of_a_site.id, "Blocked it.", as(officer), tuesday));
    EXPECT_EQ(list_audit(*ledger, {})->front().detail, "Blocked it.");
    auto const with_a_name = submit(ReportAbout::site, "Bob Smith");
    ASSERT_DONE(handle_report(*ledger, with_a_name.id, "Told Bob's mother.", as(officer), tuesday));
    EXPECT_EQ(list_audit(*ledger, {})->front().detail, "handled") << "the form takes a name with a site too";
}

TEST_F(Reports, AreReadForAPurposeAndByTheRightPeople)
{
    auto const report = submit(ReportAbout::pupil, "amy.year9");
    EXPECT_FAILS(read_report(*ledger, report.id, "curious", as(officer), tuesday), errc::not_permitted);
    EXPECT_FAILS(read_report(*ledger, report.id, "", as(dsl), tuesday), errc::invalid_value);
    ASSERT_DONE(read_report(*ledger, report.id, "Weekly review.", as(dsl), tuesday));
    EXPECT_EQ(newest_action(), "report.read");
    ASSERT_DONE(handle_report(*ledger, report.id, "Talked to her.", as(dsl), tuesday));
    EXPECT_FAILS(handle_report(*ledger, report.id, "Again.", as(dsl), tuesday), errc::wrong_state);
    EXPECT_EQ(list_reports(*ledger, ReportState::handled, dsl, tuesday)->size(), 1u);
    expect_intact();
}

TEST_F(Reports, AreTakenUpByOneAndKeepWhatFollowed)
{
    auto const report = submit(ReportAbout::pupil, "amy.year9");
    auto const other = add("d.blue", "Dan Blue", ConsoleRole::dsl);
    EXPECT_FAILS(take_up_report(*ledger, report.id, as(officer), tuesday), errc::not_permitted);
    ASSERT_DONE(take_up_report(*ledger, report.id, as(dsl), tuesday));
    EXPECT_FAILS(take_up_report(*ledger, report.id, as(other), tuesday), errc::wrong_state) << "somebody does";
    auto const listed = list_reports(*ledger, ReportState::open, other, tuesday);
    ASSERT_EQ(listed->size(), 1u);
    EXPECT_EQ(listed->front().taken_up_by, "d.black");
    ASSERT_DONE(note_on_report(*ledger, report.id, "Rang her mother.", as(dsl), tuesday));
    EXPECT_FAILS(note_on_report(*ledger, report.id, "", as(dsl), tuesday), errc::invalid_value);
    EXPECT_FAILS(note_on_report(*ledger, report.id, "Curious.", as(officer), tuesday), errc::not_permitted);
    ASSERT_DONE(handle_report(*ledger, report.id, "Talked to her.", as(other), tuesday));
    ASSERT_DONE(note_on_report(*ledger, report.id, "She is well, two weeks on.", as(dsl), tuesday + hours{24 * 14}));
    EXPECT_FAILS(take_up_report(*ledger, report.id, as(dsl), tuesday), errc::wrong_state) << "it is handled";
    auto const notes = list_report_notes(*ledger, report.id);
    ASSERT_EQ(notes->size(), 2u);
    EXPECT_EQ(notes->front().text, "Rang her mother.");
    EXPECT_EQ(notes->back().by, "d.black");
    for (auto const& row : *list_audit(*ledger, {}))
        EXPECT_EQ(row.detail.find("mother"), std::string::npos) << "the audit is read by more people";
    expect_intact();
}

TEST_F(Reports, AlertsGoWhereAReportAboutThatPersonWouldGo)
{
    detect::Alert alert;
    alert.severity = policy::Severity::urgent;
    alert.theme = "Thinking about ending one's life";
    alert.search = "i need help";
    alert.site = "Google";
    alert.role = "pupil";
    alert.network = "library";
    submit(ReportAbout::pupil, "amy.year9");
    ASSERT_DONE(raise_alert(*ledger, alert, tuesday));
    alert.user = "sam.teacher";
    alert.role = "teacher"; // whatever a school calls them
    alert.people = policy::People::staff;
    alert.severity = policy::Severity::concern;
    ASSERT_DONE(raise_alert(*ledger, alert, tuesday));
    submit(ReportAbout::pupil, "bob.year9");
    auto const waiting = list_reports(*ledger, ReportState::open, dsl, tuesday);
    ASSERT_EQ(waiting->size(), 3u);
    auto const& first = waiting->front(); // the urgent one, whenever it came
    EXPECT_EQ(first.content.severity, policy::Severity::urgent);
    EXPECT_EQ(first.content.about_person, "somebody at library");
    EXPECT_NE(first.content.text.find("\"i need help\""), std::string::npos);
    EXPECT_FALSE(waiting->back().content.severity);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, head, tuesday)->size(), 1u) << "staff: the headteacher";
    EXPECT_FAILS(read_report(*ledger, first.id, "", as(dsl), tuesday), errc::invalid_value);
    ASSERT_DONE(read_report(*ledger, first.id, "To see whether she is safe.", as(dsl), tuesday));
    ASSERT_DONE(handle_report(*ledger, first.id, "Talked to her.", as(dsl), tuesday));
}

TEST_F(Reports, AlertsOfPagesAndVisitsNameThemeAndSiteOnly)
{
    detect::Alert alert;
    alert.severity = policy::Severity::urgent;
    alert.theme = "Self-harm and suicide";
    alert.site = "site.example";
    alert.network = "library";
    auto const text_of = [&](detect::AlertKind kind, bool blocked, bool by_person) {
        alert.kind = kind;
        alert.blocked = blocked;
        alert.by_person = by_person;
        return raise_alert(*ledger, alert, tuesday)->content.text;
    };
    using Kind = detect::AlertKind;
    EXPECT_EQ(text_of(Kind::page, true, true),
        "The gateway read a page of site.example. What it says is about: Self-harm and suicide. The page was closed.");
    EXPECT_EQ(text_of(Kind::visit, false, true),
        "The gateway saw a visit to site.example. The site is on a list: Self-harm and suicide. It is open to them.");
    EXPECT_NE(text_of(Kind::visit, true, false).find("It is not certain that a person opened it"), std::string::npos);
}

/// A child says that the one safeguarding lead has hurt somebody.
TEST_F(Reports, AboutTheOnlyReaderAreReadBySomebodyElse)
{
    auto const expect_reader = [&](ReportAbout about, std::string const& person, AccountId reader) {
        auto const report = submit(about, person);
        auto const seen = list_reports(*ledger, ReportState::open, reader, tuesday);
        EXPECT_TRUE(std::any_of(seen->begin(), seen->end(), [&](Report const& each) { return each.id == report.id; })) << person;
    };
    expect_reader(ReportAbout::pupil, "Dora Black", head);
    expect_reader(ReportAbout::headteacher, "Carla Gray", dsl);
    expect_reader(ReportAbout::site, "Olive Smith", officer2);
    for (auto const each : {officer2, head2})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday));
    expect_reader(ReportAbout::site, "Olive Smith", head);
    expect_reader(ReportAbout::staff, "Hanna Brown", chief);
    ASSERT_DONE(set_disabled(*ledger, chief, true, owner(), tuesday));
    expect_reader(ReportAbout::headteacher, "", dsl);
    expect_reader(ReportAbout::staff, "Hanna Brown", dsl);
}

/// The one safeguarding lead got another password, and nobody has said yet that it is them.
TEST_F(Reports, AreReadByTheNextWhileTheOnlyReaderWaits)
{
    auto const before = submit(ReportAbout::pupil, "amy.year9");
    EXPECT_EQ(before.read_by, ConsoleRole::dsl);
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, head, tuesday), 0u);
    ASSERT_DONE(reset_password(*ledger, dsl, PasswordHash{"x"}, as(ict), tuesday));
    auto const since = submit(ReportAbout::pupil, "ben.year9");
    EXPECT_EQ(since.route, ConsoleRole::dsl) << "theirs still, they come back";
    EXPECT_EQ(since.read_by, ConsoleRole::headteacher);
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, head, tuesday), 2u);
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, chief, tuesday), 0u);
    EXPECT_EQ(untold_reports(*ledger, ConsoleRole::headteacher, Urgent::no, tuesday).value(), (std::vector{before.id, since.id}))
        << "by mail too";
    policy::Moment const moment{{policy::Date{2026, 11, 24}, {}}, tuesday};
    EXPECT_EQ(what_waits(*ledger, head, moment)->reports, 2U);
    EXPECT_EQ(what_waits(*ledger, dsl, moment)->reports, 2U);
    EXPECT_EQ(what_waits(*ledger, dsl, moment)->unread_reports, 0U);
    ASSERT_DONE(read_report(*ledger, before.id, "To see whether she is safe.", as(head), tuesday));
    ASSERT_DONE(take_up_report(*ledger, before.id, as(head), tuesday));
    auto const hold = find_access_hold(*ledger, dsl, tuesday);
    ASSERT_TRUE(hold);
    ASSERT_DONE(confirm_access(*ledger, {dsl, hold->given.back().id, as(head), tuesday}));
    EXPECT_FAILS(read_report(*ledger, since.id, "Curious.", as(head), tuesday), errc::not_permitted);
    ASSERT_DONE(note_on_report(*ledger, before.id, "Rang her mother.", as(head), tuesday)); // what they began to look after
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, dsl, tuesday), 2u);
    ASSERT_DONE(handle_report(*ledger, before.id, "Talked to her.", as(head), tuesday));
    EXPECT_EQ(*count_reports(*ledger, ReportState::handled, head, tuesday), 1u);
    ASSERT_DONE(set_console_role(*ledger, head, ConsoleRole::marketing, owner(), tuesday));
    EXPECT_EQ(*count_reports(*ledger, ReportState::handled, head, tuesday), 0u) << "whose role takes none";
}

/// About the headteacher, so it went to the officer; nobody read it once both were somebody else.
TEST_F(Reports, AreReadByTheNextWhereWhoTheyAreAboutLostTheRole)
{
    for (auto const each : {chief, dsl})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday));
    EXPECT_EQ(submit(ReportAbout::staff, "Hanna Brown").route, ConsoleRole::officer);
    ASSERT_DONE(set_console_role(*ledger, head, ConsoleRole::marketing, owner(), tuesday));
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, head2, tuesday), 0u) << "the officers are there";
    for (auto const each : {officer, officer2})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday));
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, head2, tuesday), 1u);
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, head, tuesday), 0u);
}

TEST_F(Reports, ThatNobodyCanReadNowAreCountedAsSuch)
{
    submit(ReportAbout::pupil, "amy.year9");
    for (auto const each : {head, head2, chief})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday));
    ASSERT_DONE(reset_password(*ledger, dsl, PasswordHash{"x"}, as(ict), tuesday));
    EXPECT_EQ(what_waits(*ledger, dsl, {{policy::Date{2026, 11, 24}, {}}, tuesday})->unread_reports, 1U);
    ASSERT_DONE(set_disabled(*ledger, dsl, true, owner(), tuesday));
    ASSERT_DONE(set_disabled(*ledger, head2, false, owner(), tuesday));
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, head2, tuesday), 1u) << "they came when there was another reader";
}

TEST_F(Reports, AreNeverSeenByThePersonTheyAreAbout)
{
    add("d.white", "Dan White", ConsoleRole::dsl);
    auto const report = submit(ReportAbout::pupil, "Dora Black");
    EXPECT_EQ(list_reports(*ledger, ReportState::open, dsl, tuesday)->size(), 0u);
    EXPECT_FAILS(read_report(*ledger, report.id, "Mine.", as(dsl), tuesday), errc::conflict_of_interest);
    EXPECT_EQ(newest_action(), "report.read.denied");
    EXPECT_FAILS(handle_report(*ledger, report.id, "Nothing.", as(dsl), tuesday), errc::conflict_of_interest);
}

} // namespace gatehouse::store::test
