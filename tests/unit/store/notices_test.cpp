#include "proxy/store/forgotten_accounts.hpp"
#include "proxy/store/linked_accounts.hpp"
#include "proxy/store/notices.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/second_factor.hpp"
#include "tests/unit/store/school.hpp"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

struct Notices : School {
    std::vector<std::string> due(std::vector<ConsoleRole> const& roles)
    {
        std::vector<std::string> ids;
        auto const found = due_notices(*ledger, roles, tuesday);
        EXPECT_TRUE(found);
        for (auto const& each : *found)
            ids.emplace_back(each.kind->id);
        return ids;
    }
    std::vector<std::string> due_for_all()
    {
        return due({ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::dsl, ConsoleRole::chief_executive});
    }
    void tell_all()
    {
        for (auto const& each : *due_notices(*ledger,
                 std::array{ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::dsl, ConsoleRole::chief_executive},
                 tuesday))
            ASSERT_DONE(mark_told(*ledger, each, tuesday));
    }
    void report(ReportAbout about, std::optional<policy::Severity> severity = {})
    {
        NewReport made;
        made.about = about;
        made.about_person = "somebody";
        made.text = "Something happened.";
        made.severity = severity;
        ASSERT_DONE(submit_report(*ledger, made, tuesday));
    }
};

TEST_F(Notices, FollowARequestFromPersonToPerson)
{
    EXPECT_THAT(due_for_all(), IsEmpty());
    auto const id = ask().id;
    EXPECT_THAT(due_for_all(), ElementsAre("requests"));
    EXPECT_THAT(due({ConsoleRole::headteacher}), IsEmpty());
    tell_all();
    EXPECT_THAT(due_for_all(), IsEmpty()) << "once";
    ask("ben.year9", "https://other.example/");
    EXPECT_THAT(due_for_all(), ElementsAre("requests")) << "for something newer";
    tell_all();
    ASSERT_DONE(recommend_request(*ledger, step(id, officer), terms()));
    EXPECT_THAT(due_for_all(), ElementsAre("decisions")) << "the older of the two requests";
    tell_all();
    ASSERT_DONE(send_back_request(*ledger, step(id, head), "For which class?"));
    EXPECT_THAT(due_for_all(), ElementsAre("requests")) << "it waits for the officer again";
    reopen();
    EXPECT_THAT(due_for_all(), ElementsAre("requests")) << "what was not taken is due after a restart";
    tell_all();
    reopen();
    EXPECT_THAT(due_for_all(), IsEmpty());
}

TEST_F(Notices, AskWhoeverDecides)
{
    auto const heads = ask("h.brown", "https://heads.example/").id;
    auto const pupils = ask().id;
    tell_all();
    ASSERT_DONE(recommend_request(*ledger, step(heads, officer), terms()));
    EXPECT_THAT(due_for_all(), ElementsAre("decisions-head")) << "not to the headteacher, who asked";
    tell_all();
    ASSERT_DONE(recommend_request(*ledger, step(pupils, officer), terms()));
    EXPECT_THAT(due_for_all(), ElementsAre("decisions"));
    tell_all();
    ask("h.brown");
    EXPECT_THAT(due_for_all(), ElementsAre("decisions-head")) << "it has become the chief executive's";
    tell_all();
    EXPECT_THAT(due_for_all(), IsEmpty());
}

TEST_F(Notices, GoWhereTheReportGoes)
{
    report(ReportAbout::site);
    EXPECT_THAT(due_for_all(), ElementsAre("reports"));
    tell_all();
    report(ReportAbout::pupil);
    EXPECT_THAT(due_for_all(), ElementsAre("reports-pupil"));
    tell_all();
    report(ReportAbout::staff);
    report(ReportAbout::headteacher);
    EXPECT_THAT(due_for_all(), UnorderedElementsAre("reports-staff", "reports-head"));
    tell_all();
    report(ReportAbout::pupil, policy::Severity::urgent);
    EXPECT_THAT(due_for_all(), ElementsAre("urgent-pupil")) << "by itself, with other words";
    tell_all();
    report(ReportAbout::pupil, policy::Severity::note);
    EXPECT_THAT(due_for_all(), ElementsAre("reports-pupil"));
}

/// The one safeguarding lead left, and the headteacher had been told of something newer: nobody told them of what had waited for her.
TEST_F(Notices, FollowAReportToWhoeverReadsItNext)
{
    report(ReportAbout::pupil);
    ASSERT_DONE(handle_report(
        *ledger, list_reports(*ledger, ReportState::open, dsl, tuesday)->front().id, "Talked to them.", as(dsl), tuesday));
    report(ReportAbout::pupil);
    report(ReportAbout::staff);
    EXPECT_THAT(due_for_all(), UnorderedElementsAre("reports-pupil", "reports-staff"));
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, dsl, true, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("reports-staff"));
    EXPECT_EQ(due_notices(*ledger, std::array{ConsoleRole::headteacher}, tuesday)->front().reports.size(), 1U) << "the open one";
    tell_all();
    EXPECT_THAT(due_for_all(), IsEmpty()) << "once";
    ASSERT_DONE(set_disabled(*ledger, dsl, false, owner(), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty()) << "she was told when it came";
    for (auto const each : {dsl, head, head2})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("reports-head"));
    EXPECT_EQ(due_notices(*ledger, std::array{ConsoleRole::chief_executive}, tuesday)->front().reports.size(), 2U) << "one mail";
    tell_all();
    reopen();
    EXPECT_THAT(due_for_all(), IsEmpty());
}

TEST_F(Notices, FollowWhatIsUrgentWithItsOwnWordsAndOneThatWaits)
{
    report(ReportAbout::pupil, policy::Severity::urgent);
    report(ReportAbout::staff, policy::Severity::urgent);
    tell_all();
    ASSERT_DONE(reset_password(*ledger, dsl, PasswordHash{"x"}, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("urgent-staff")) << "until somebody says that it is her";
}

/// A report that comes while the mail is on its way.
TEST_F(Notices, MarkNoReportThatTheyDidNotTellOf)
{
    report(ReportAbout::pupil);
    auto const sent = *due_notices(*ledger, std::array{ConsoleRole::dsl}, tuesday);
    ASSERT_EQ(sent.size(), 1U);
    report(ReportAbout::pupil);
    ASSERT_DONE(mark_told(*ledger, sent.front(), tuesday));
    EXPECT_THAT(due({ConsoleRole::dsl}), ElementsAre("reports-pupil"));
}

TEST_F(Notices, TellOfKeysAndOfSupervisedUse)
{
    auto const permission = propose_permission(*ledger, {"group:year-9", "service:youtube", "", "Films."}, as(officer), tuesday);
    ASSERT_TRUE(permission);
    EXPECT_THAT(due_for_all(), UnorderedElementsAre("key-officer", "key-head"));
    ASSERT_DONE(
        give_key(*ledger, {permission->id, permission->version, as(officer), tuesday}, tuesday + hours{1}, "Safe search."));
    EXPECT_THAT(due_for_all(), ElementsAre("key-head"));
    tell_all();
    ASSERT_DONE(
        propose_restriction(*ledger, {"amy.year9", "A VPN.", "", "12", tuesday, tuesday + hours{24}}, as(officer), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("cases"));
    tell_all();
    ASSERT_DONE(
        propose_restriction(*ledger, {"h.brown", "A VPN.", "", "12", tuesday, tuesday + hours{24}}, as(officer), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("cases-head")) << "not to the headteacher, whom it is about";
}

TEST_F(Notices, TellOfARefusedPublicationWhateverItsNumber)
{
    auto const publish = [&](std::string host, hours in) {
        std::vector<RefusedLine> refused;
        EXPECT_TRUE(draft_additions(
            *ledger, {SchoolList::block, {std::move(host)}, "For lessons.", {2027, 9, 1}}, refused, as(officer), tuesday));
        auto const proposed = propose_draft(*ledger, {"For lessons.", tuesday + in}, as(officer), tuesday);
        EXPECT_TRUE(proposed);
        return proposed->id;
    };
    auto const scheduled = publish("later.example", hours{24});
    auto const at_once = publish("now.example", hours{0});
    ASSERT_DONE(refuse_publication(*ledger, at_once, "does not fit", tuesday));
    EXPECT_THAT(due({ConsoleRole::officer}), ElementsAre("publications"));
    tell_all();
    EXPECT_THAT(due({ConsoleRole::officer}), IsEmpty()) << "once";
    ASSERT_DONE(refuse_publication(*ledger, scheduled, "does not fit", tuesday + hours{24}));
    EXPECT_THAT(due({ConsoleRole::officer}), ElementsAre("publications"));
    tell_all();
    EXPECT_THAT(due({ConsoleRole::officer}), IsEmpty());
}

TEST_F(Notices, TellTheHeadteacherOfRolesGivenInTheConsole)
{
    EXPECT_THAT(due_for_all(), IsEmpty()) << "the machine's owner made the accounts of the school";
    NewAccount made;
    made.login = "second.self";
    made.console_role = ConsoleRole::headteacher;
    ASSERT_DONE(add_account(*ledger, made, PasswordHash{"x"}, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles", "role-asked")) << "it waits for them";
    tell_all();
    EXPECT_THAT(due_for_all(), IsEmpty());
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::auditor, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
    tell_all();
    ASSERT_DONE(clear_second_factor(*ledger, officer2, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles")) << "a code was taken off";
    tell_all();
    ASSERT_DONE(reset_password(*ledger, officer2, PasswordHash{"x"}, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles")) << "whoever has the first password could sign in";
    tell_all();
    ASSERT_DONE(set_sign_on(*ledger, officer2, "o.two@school.example", as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, officer2, true, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
    tell_all();
    ASSERT_DONE(reset_password(*ledger, pupil, PasswordHash{"x"}, as(ict), tuesday));
    NewAccount web;
    web.login = "b.year9";
    web.subject_role = "pupil";
    ASSERT_DONE(add_account(*ledger, web, PasswordHash{"x"}, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty()) << "accounts for the web alone";
}

/// What is done to the account before the mail is written hides nothing.
TEST_F(Notices, TellTheHeadteacherOfRolesThatAreGoneByThen)
{
    ASSERT_DONE(set_disabled(*ledger, officer2, true, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
    tell_all();
    ASSERT_DONE(forget_account(*ledger, officer2, "Left.", as(ict), tuesday + forgetting_time));
    EXPECT_THAT(due_for_all(), ElementsAre("roles")) << "the row says that it had one";
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, head2, true, as(ict), tuesday));
    ASSERT_DONE(ledger->database().execute("UPDATE accounts SET console_role = 0 WHERE id = ?", head2));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, pupil, true, as(ict), tuesday));
    ASSERT_DONE(forget_account(*ledger, pupil, "Left.", as(ict), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty()) << "it was for the web alone";
}

TEST_F(Notices, TellTheHeadteacherOfAccountsThatAreOpenAgain)
{
    for (auto const each : {head, head2, chief, officer, officer2, pupil})
        ASSERT_DONE(set_disabled(*ledger, each, true, owner(), tuesday - hours{48}));
    ASSERT_DONE(set_disabled(*ledger, officer, false, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles")) << "its role is there again at once";
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, head, false, owner(), tuesday));
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, officer2, false, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), UnorderedElementsAre("roles", "role-asked")) << "its role waits for the headteacher";
    tell_all();
    ASSERT_DONE(set_disabled(*ledger, pupil, false, as(ict), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty());
}

TEST_F(Notices, TellTheHeadteacherOfRolesGivenAtTheCommandLineOnceTheSchoolIsAtWork)
{
    ASSERT_DONE(set_console_role(*ledger, dsl, ConsoleRole::headteacher, owner(), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty()) << "it is being set up";
    ASSERT_DONE(record_event(*ledger, as(head), "sign-in", "account:3", "console", tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty());
    NewAccount made;
    made.login = "second.self";
    made.console_role = ConsoleRole::headteacher;
    ASSERT_DONE(add_account(*ledger, made, PasswordHash{"x"}, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles")) << "it counts at once";
    tell_all();
    ASSERT_DONE(reset_password(*ledger, head, PasswordHash{"x"}, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
}

TEST_F(Notices, TellTheHeadteacherOfTheNewUserNameOfSomebodyWithARole)
{
    ASSERT_DONE(record_event(*ledger, as(head), "sign-in", "account:3", "console", tuesday));
    ASSERT_DONE(rename_account(*ledger, pupil, "amy.b", as(ict), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty());
    ASSERT_DONE(rename_account(*ledger, officer, "o.other", as(ict), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
}

/// The row is about the account that was named first, which may have no role.
TEST_F(Notices, TellTheHeadteacherOfLinksOfAnybodyWithARole)
{
    ASSERT_DONE(record_event(*ledger, as(head), "sign-in", "account:3", "console", tuesday));
    ASSERT_DONE(link_accounts(*ledger, pupil, officer, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles"));
    tell_all();
    ASSERT_DONE(unlink_account(*ledger, pupil, owner(), tuesday));
    EXPECT_THAT(due_for_all(), ElementsAre("roles")) << "the officer is left alone";
    tell_all();
    auto const other = add("amy.two", "Amy", ConsoleRole::none, "pupil");
    ASSERT_DONE(link_accounts(*ledger, other, pupil, owner(), tuesday));
    ASSERT_DONE(unlink_account(*ledger, other, owner(), tuesday));
    EXPECT_THAT(due_for_all(), IsEmpty());
}

TEST_F(Notices, TellTheHeadOfTheAuditOnceForEachTimeThatItWasKept)
{
    auto const heads = [&] { return *due_notices(*ledger, std::array{ConsoleRole::dpo, ConsoleRole::auditor}, tuesday); };
    EXPECT_THAT(heads(), IsEmpty());
    ASSERT_DONE(record_event(*ledger, owner(), "audit.head-kept", "heads-2026-11.txt", "2026-11-24T10:40:00Z 8 0af3", tuesday));
    auto const due = heads();
    ASSERT_EQ(due.size(), 2U);
    for (auto const& each : due) {
        EXPECT_EQ(each.more, "2026-11-24T10:40:00Z 8 0af3");
        ASSERT_DONE(mark_told(*ledger, each, tuesday));
    }
    EXPECT_THAT(heads(), IsEmpty());
}

TEST_F(Notices, HavePlainWordsThatNameNobody)
{
    for (auto const& kind : notice_kinds())
        for (auto const text : {kind.subject, kind.text, kind.page}) {
            EXPECT_FALSE(text.empty()) << kind.id;
            EXPECT_TRUE(std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) << kind.id;
        }
}

} // namespace
} // namespace gatehouse::store::test
