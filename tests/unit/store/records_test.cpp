#include "proxy/store/incidents.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/supervisions.hpp"
#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {

using std::chrono::hours;
using std::chrono::minutes;

struct SchoolLists : School {
    static NewChanges change(std::string target = "https://Games.Example/arcade?x#y", SchoolList list = SchoolList::block)
    {
        return {list, {std::move(target)}, "Unblocked games.", policy::Date{2027, 4, 1}};
    }
    /// Makes what was proposed live.
    result<void> live(result<Publication> const& proposed)
    {
        return proposed ? apply_publication(*ledger, proposed->id, tuesday) : proposed.error();
    }
    result<void> add(NewChanges const& changes)
    {
        std::vector<RefusedLine> refused;
        return live(propose_additions(*ledger, changes, refused, as(officer), tuesday));
    }
};

TEST_F(SchoolLists, KeepEntriesWithReasonReviewDateAndHistory)
{
    ASSERT_DONE(add(change()));
    auto const added = list_school_entries(*ledger, SchoolList::block)->front();
    EXPECT_EQ(added.host, "games.example");
    EXPECT_EQ(added.path, "/arcade");
    EXPECT_EQ(added.added_by, "o.smith");
    EXPECT_FAILS(add(change()), errc::invalid_value);
    ASSERT_DONE(add(change("games.example")));
    ASSERT_DONE(add(change("games.example", SchoolList::allow)));
    auto const compiled = school_entries(*ledger, SchoolList::block);
    ASSERT_TRUE(compiled);
    ASSERT_EQ(compiled->size(), 2u);
    EXPECT_EQ(compiled->front().line, static_cast<std::uint32_t>(number(added.id)));
    EXPECT_EQ(compiled->front().path, "/arcade");
    ASSERT_DONE(live(propose_removal(*ledger, added.id, "Not needed.", as(officer2), tuesday)));
    EXPECT_FAILS(propose_removal(*ledger, added.id, "Again.", as(officer), tuesday), errc::wrong_state);
    EXPECT_EQ(list_school_entries(*ledger, SchoolList::block)->size(), 1u);
    auto const all = list_school_entries(*ledger, SchoolList::block, Removed::with);
    ASSERT_EQ(all->size(), 2u);
    EXPECT_EQ(all->back().removed_by, "p.jones");
    EXPECT_EQ(all->back().review_by, (policy::Date{2027, 4, 1}));
    EXPECT_FALSE(ledger->database().execute("DELETE FROM school_entries"));
    expect_intact();
}

TEST_F(SchoolLists, AreSearchedAndReadInPages)
{
    std::vector<std::string> hosts;
    for (int i = 0; i < 120; ++i)
        hosts.push_back("site" + std::to_string(1000 + i) + ".example");
    ASSERT_DONE(add({SchoolList::block, hosts, "Many games.", policy::Date{2027, 4, 1}, "Ms Ash", "K7QF-3M9P"}));
    ASSERT_DONE(add({SchoolList::block, {"old.example"}, "100% Homework_help", policy::Date{2026, 9, 1}}));
    ASSERT_DONE(add({SchoolList::allow, {"old.example"}, "Elsewhere.", policy::Date{2026, 9, 1}}));
    EXPECT_EQ(*count_school_entries(*ledger, {}), 122u) << "of all lists";
    EntrySearch const blocked{.list = SchoolList::block, .text = {}, .who = {}, .overdue_on = {}};
    auto const second = find_school_entries(*ledger, blocked, 50, 50);
    ASSERT_TRUE(second);
    ASSERT_EQ(second->size(), 50u);
    EXPECT_EQ(second->front().host, "site1049.example") << "old.example is first";
    EXPECT_EQ(find_school_entries(*ledger, blocked, 100, 50)->size(), 21u);
    auto const count = [&](EntrySearch search) {
        search.list = SchoolList::block;
        return *count_school_entries(*ledger, search);
    };
    EXPECT_EQ(count({.list = {}, .text = "SITE110", .who = {}, .overdue_on = {}}), 10u);
    EXPECT_EQ(count({.list = {}, .text = "homework", .who = {}, .overdue_on = {}}), 1u) << "the reason";
    EXPECT_EQ(count({.list = {}, .text = "k7qf", .who = {}, .overdue_on = {}}), 120u) << "the reference";
    EXPECT_EQ(count({.list = {}, .text = "%", .who = {}, .overdue_on = {}}), 1u) << "a sign is a sign";
    EXPECT_EQ(count({.list = {}, .text = "a' OR '1'='1", .who = {}, .overdue_on = {}}), 0u);
    EXPECT_EQ(count({.list = {}, .text = {}, .who = "ms ash", .overdue_on = {}}), 120u);
    EXPECT_EQ(count({.list = {}, .text = {}, .who = "o.smith", .overdue_on = {}}), 121u) << "who added them";
    EXPECT_EQ(count({.list = {}, .text = {}, .who = {}, .overdue_on = policy::Date{2026, 9, 2}}), 1u);
    EXPECT_EQ(count({.list = {}, .text = {}, .who = {}, .overdue_on = policy::Date{2026, 9, 1}}), 0u)
        << "the day itself is not over";
    EXPECT_EQ(*count_overdue_entries(*ledger, {2026, 11, 24}), 2u) << "of all lists";
    auto const removed = find_school_entries(*ledger, {.list = {}, .text = "old.", .who = {}, .overdue_on = {}}, 0, 50)->front();
    ASSERT_DONE(live(propose_removal(*ledger, removed.id, "Not needed.", as(officer), tuesday)));
    EXPECT_EQ(*count_overdue_entries(*ledger, {2026, 11, 24}), 1u);
    EXPECT_EQ(count({}), 120u);
}

TEST_F(SchoolLists, HaveSomebodyWhoAnswersForEachEntryAndAReviewThatKeepsIt)
{
    ASSERT_DONE(add(change()));
    auto const added = list_school_entries(*ledger, SchoolList::block)->front();
    EXPECT_EQ(added.owner, "o.smith") << "whoever adds it, unless they name somebody";
    EXPECT_FALSE(added.reviewed_at);
    EntryReview const review{{2028, 1, 10}, "Ms Ash", "K7QF-3M9P", "Still played in lessons."};
    ASSERT_DONE(review_school_entry(*ledger, added.id, review, as(officer2), tuesday));
    auto const reviewed = *find_school_entry(*ledger, added.id);
    EXPECT_EQ(reviewed.review_by, (policy::Date{2028, 1, 10}));
    EXPECT_EQ(reviewed.owner, "Ms Ash");
    EXPECT_EQ(reviewed.reference, "K7QF-3M9P");
    EXPECT_EQ(reviewed.reviewed_by, "p.jones");
    EXPECT_EQ(reviewed.review_note, "Still played in lessons.");
    EXPECT_EQ(reviewed.added_by, "o.smith");
    auto const row = list_audit(*ledger, {}).value().front();
    EXPECT_EQ(row.action, "list.review");
    EXPECT_EQ(row.detail,
        "school-block games.example/arcade: review by 2028-01-10, was 2027-04-01; owner Ms Ash, was o.smith; reference "
        "K7QF-3M9P, was none: Still played in lessons.");
    auto const with = [&](auto const& edit) {
        auto wrong = review;
        edit(wrong);
        return review_school_entry(*ledger, added.id, wrong, as(officer), tuesday);
    };
    EXPECT_FAILS(with([](EntryReview& wrong) { wrong.why = " "; }), errc::invalid_value);
    EXPECT_FAILS(with([](EntryReview& wrong) { wrong.owner.clear(); }), errc::invalid_value);
    EXPECT_FAILS(with([](EntryReview& wrong) { wrong.review_by = {}; }), errc::invalid_value);
    EXPECT_FAILS(review_school_entry(*ledger, ListEntryId{99}, review, as(officer), tuesday), errc::not_found);
    EXPECT_FAILS(review_school_entry(*ledger, added.id, review, as(head), tuesday), errc::not_permitted);
    EXPECT_EQ(list_audit(*ledger, {}).value().front().action, "list.review.denied");
    ASSERT_DONE(live(propose_removal(*ledger, added.id, "Not needed.", as(officer), tuesday)));
    EXPECT_FAILS(review_school_entry(*ledger, added.id, review, as(officer), tuesday), errc::wrong_state);
    auto const removal = list_publications(*ledger, PublicationId::none, 1)->front();
    ASSERT_DONE(live(propose_undo(*ledger, removal.id, as(officer), tuesday)));
    auto const back = list_school_entries(*ledger, SchoolList::block)->front();
    EXPECT_EQ(back.owner, "Ms Ash") << "what is taken back comes back as it was";
    EXPECT_EQ(back.reference, "K7QF-3M9P");
    EXPECT_EQ(back.review_by, (policy::Date{2028, 1, 10}));
    expect_intact();
}

TEST_F(SchoolLists, TakeTheRestOfAnImportOnlyIfAsked)
{
    NewChanges import{
        SchoolList::block, {"a.example", "not a site", "A.example", "b.example"}, "From the council.", {2027, 4, 1}};
    std::vector<RefusedLine> refused;
    EXPECT_FAILS(draft_additions(*ledger, import, refused, as(officer), tuesday), errc::invalid_value);
    EXPECT_TRUE(read_draft(*ledger)->empty());
    ASSERT_EQ(refused.size(), 2u);
    EXPECT_EQ(refused.back().number, 3u);
    EXPECT_EQ(refused.back().why, errc::already_exists);
    refused.clear();
    import.without_refused = true;
    ASSERT_DONE(draft_additions(*ledger, import, refused, as(officer), tuesday));
    EXPECT_EQ(read_draft(*ledger)->size(), 2u);
    EXPECT_EQ(refused.size(), 2u);
    EXPECT_EQ(school_entries_with(*ledger, SchoolList::block, PublicationId::none)->size(), 2u);
    refused.clear();
    EXPECT_FAILS(draft_additions(*ledger, import, refused, as(officer), tuesday), errc::invalid_value) << "nothing is left";
}

TEST_F(SchoolLists, KnowWhatAReferenceStandsFor)
{
    NewReport report;
    report.url = "games.example";
    report.text = "Games.";
    auto const told = submit_report(*ledger, report, tuesday).value();
    auto const found = find_referred(*ledger, told.reference, ConsoleRole::officer);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ((*found)->kind, Referred::Kind::report);
    EXPECT_EQ((*found)->id, number(told.id));
    EXPECT_FALSE(*find_referred(*ledger, told.reference, ConsoleRole::dsl)) << "not their queue";
    EXPECT_FALSE(*find_referred(*ledger, "ZZZZ-ZZZZ", ConsoleRole::officer));
    EXPECT_FALSE(*find_referred(*ledger, "minutes of 3 May", ConsoleRole::officer));
    NewRequest ask;
    ask.url = "games.example";
    ask.why = "For maths.";
    auto const asked = submit_request(*ledger, ask, tuesday).value();
    auto const request = find_referred(*ledger, asked.reference, ConsoleRole::officer);
    ASSERT_TRUE(request && *request);
    EXPECT_EQ((*request)->kind, Referred::Kind::request);
    EXPECT_FALSE(*find_referred(*ledger, asked.reference, ConsoleRole::ict_lead)) << "a page that is not for them";
}

TEST_F(SchoolLists, NeedAReasonADateAndTheNameOfASite)
{
    auto wrong = change();
    wrong.reason = " ";
    EXPECT_FAILS(add(wrong), errc::invalid_value);
    wrong = change();
    wrong.review_by = {};
    EXPECT_FAILS(add(wrong), errc::invalid_value);
    EXPECT_FAILS(add(change("'; DROP TABLE school_entries; --")), errc::invalid_value);
}

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
    EXPECT_EQ(list_reports(*ledger, ReportState::open, chief)->size(), 3u);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, head)->size(), 1u);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, ict)->size(), 0u);
    EXPECT_FAILS(list_reports(*ledger, ReportState::open, pupil), errc::not_permitted);
    EXPECT_FALSE(submit_report(*ledger, {}, tuesday));
}

TEST_F(Reports, AreCountedAndReadInPagesWithoutThoseAboutTheReader)
{
    std::vector<ReportId> told;
    for (int i = 0; i < 60; ++i)
        told.push_back(submit(ReportAbout::pupil, i % 20 == 0 ? "d.leads" : "amy.year9").id);
    auto const about = find_account(*ledger, dsl)->login;
    ASSERT_DONE(ledger->database().execute("UPDATE reports SET about_person = ? WHERE about_person = 'd.leads'", about));
    EXPECT_EQ(*count_reports(*ledger, ReportState::open, dsl), 57u);
    EXPECT_EQ(*count_reports(*ledger, ReportState::handled, dsl), 0u);
    auto const first = list_reports(*ledger, ReportState::open, dsl, 50);
    ASSERT_EQ(first->size(), 50u);
    EXPECT_EQ(first->front().id, told.back());
    auto const second = list_reports(*ledger, ReportState::open, dsl, 50, 50);
    ASSERT_EQ(second->size(), 7u);
    EXPECT_EQ(second->back().id, told[1]) << "the oldest is about the reader";
    EXPECT_TRUE(list_reports(*ledger, ReportState::open, dsl, 50, 100)->empty());
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
    EXPECT_EQ(list_reports(*ledger, ReportState::handled, dsl)->size(), 1u);
    expect_intact();
}

TEST_F(Reports, AreTakenUpByOneAndKeepWhatFollowed)
{
    auto const report = submit(ReportAbout::pupil, "amy.year9");
    auto const other = add("d.blue", "Dan Blue", ConsoleRole::dsl);
    EXPECT_FAILS(take_up_report(*ledger, report.id, as(officer), tuesday), errc::not_permitted);
    ASSERT_DONE(take_up_report(*ledger, report.id, as(dsl), tuesday));
    EXPECT_FAILS(take_up_report(*ledger, report.id, as(other), tuesday), errc::wrong_state) << "somebody does";
    auto const listed = list_reports(*ledger, ReportState::open, other);
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
    auto const waiting = list_reports(*ledger, ReportState::open, dsl);
    ASSERT_EQ(waiting->size(), 3u);
    auto const& first = waiting->front(); // the urgent one, whenever it came
    EXPECT_EQ(first.content.severity, policy::Severity::urgent);
    EXPECT_EQ(first.content.about_person, "somebody at library");
    EXPECT_NE(first.content.text.find("\"i need help\""), std::string::npos);
    EXPECT_FALSE(waiting->back().content.severity);
    EXPECT_EQ(list_reports(*ledger, ReportState::open, head)->size(), 1u) << "staff: the headteacher";
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

TEST_F(Reports, AreNeverSeenByThePersonTheyAreAbout)
{
    auto const report = submit(ReportAbout::pupil, "Dora Black");
    EXPECT_EQ(list_reports(*ledger, ReportState::open, dsl)->size(), 0u);
    EXPECT_FAILS(read_report(*ledger, report.id, "Mine.", as(dsl), tuesday), errc::conflict_of_interest);
    EXPECT_EQ(newest_action(), "report.read.denied");
    EXPECT_FAILS(handle_report(*ledger, report.id, "Nothing.", as(dsl), tuesday), errc::conflict_of_interest);
}

struct Incidents : School {
    detect::Incident incident(std::string user, std::string host, Instant at = tuesday)
    {
        detect::Incident made;
        made.at = at;
        made.kind = detect::IncidentKind::vpn_host;
        made.grade = detect::Grade::attempt;
        made.client = policy::IpAddress::from_v4(0x0a000007);
        made.user = std::move(user);
        made.host = std::move(host);
        made.port = 443;
        made.evidence = "listed; '\"";
        return made;
    }
    IncidentReader reader(AccountId account) { return {as(account), "Weekly review.", tuesday}; }
};

TEST_F(Incidents, CollapseRepetitions)
{
    auto stronger = incident("amy.year9", "vpn.example", tuesday + minutes{5});
    stronger.grade = detect::Grade::confirmed;
    std::vector<detect::Incident> const all{incident("amy.year9", "vpn.example"), stronger,
        incident("amy.year9", "vpn.example", tuesday + minutes{14}), incident("amy.year9", "other.example"),
        incident("bob", "vpn.example"), incident("amy.year9", "vpn.example", tuesday + minutes{24})};
    ASSERT_DONE(add_incidents(*ledger, all));
    auto const rows = search_incidents(*ledger, {}, reader(officer));
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 4u);
    auto const& first = rows->back();
    EXPECT_EQ(first.count, 3);
    EXPECT_EQ(first.last_at, tuesday + minutes{14});
    EXPECT_EQ(first.incident.grade, detect::Grade::confirmed);
    EXPECT_EQ(first.incident.client.to_text(), "10.0.0.7");
    EXPECT_EQ(first.incident.evidence, "listed; '\"");
    EXPECT_EQ(*count_incidents(*ledger, tuesday, tuesday + hours{1}), 4);
}

TEST_F(Incidents, AreSearchedByPersonForAPurpose)
{
    std::vector<detect::Incident> const all{
        incident("amy.year9", "a.example"), incident("bob", "b.example"), incident("o.smith", "c.example", tuesday + hours{2})};
    ASSERT_DONE(add_incidents(*ledger, all));
    IncidentFilter filter;
    filter.user = "amy.year9";
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 1u);
    EXPECT_EQ(newest_action(), "incidents.read");
    EXPECT_FAILS(search_incidents(*ledger, filter, {as(dsl), "", tuesday}), errc::invalid_value);
    EXPECT_FAILS(search_incidents(*ledger, filter, reader(pupil)), errc::not_permitted);
    filter.user = "' OR '1'='1";
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 0u);
    filter = {};
    filter.from = tuesday + hours{1};
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 1u);
    filter = {};
    filter.address = "10.0.0.7";
    filter.kind = detect::IncidentKind::vpn_host;
    filter.at_least = detect::Grade::confirmed;
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 0u);
    filter.at_least.reset();
    filter.limit = 2;
    auto const page = search_incidents(*ledger, filter, reader(dsl));
    ASSERT_EQ(page->size(), 2u);
    filter.before = page->back().id;
    EXPECT_EQ(search_incidents(*ledger, filter, reader(dsl))->size(), 1u);
}

TEST_F(Incidents, NameNobodyWithoutAPurposeAndAreOnRecordWithOne)
{
    std::vector<detect::Incident> const all{
        incident("amy.year9", "a.example"), incident("bob", "b.example"), incident("amy.year9", "c.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    auto const before = newest_action();
    auto const hidden = search_incidents(*ledger, {}, {as(ict), "", tuesday});
    ASSERT_EQ(hidden->size(), 3u);
    EXPECT_EQ(newest_action(), before);
    for (auto const& row : *hidden) {
        EXPECT_EQ(row.incident.user, "");
        EXPECT_EQ(row.incident.client, policy::IpAddress{});
        EXPECT_EQ(row.pseudonym.size(), 6u);
    }
    EXPECT_EQ(hidden->front().pseudonym, hidden->back().pseudonym) << "the same person again";
    EXPECT_NE(hidden->front().pseudonym, hidden->at(1).pseudonym);
    EXPECT_EQ(search_incidents(*ledger, {}, {as(ict), "Weekly review.", tuesday})->front().incident.user, "amy.year9");
    EXPECT_EQ(newest_action(), "incidents.read");
    IncidentFilter device;
    device.device = "laptop-7";
    EXPECT_FAILS(search_incidents(*ledger, device, {as(ict), "", tuesday}), errc::invalid_value);
}

TEST_F(Incidents, AreNotShownToThePersonConcerned)
{
    std::vector<detect::Incident> const all{incident("o.smith", "c.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    EXPECT_EQ(search_incidents(*ledger, {}, reader(officer))->size(), 0u);
    EXPECT_EQ(search_incidents(*ledger, {}, reader(officer2))->size(), 1u);
    IncidentFilter mine;
    mine.user = "o.smith";
    EXPECT_FAILS(search_incidents(*ledger, mine, reader(officer)), errc::conflict_of_interest);
}

TEST_F(Incidents, AreShownToTheChiefExecutiveOfAHeadteacherOnly)
{
    std::vector<detect::Incident> const all{incident("amy.year9", "a.example"), incident("h.brown", "b.example")};
    ASSERT_DONE(add_incidents(*ledger, all));
    IncidentFilter filter;
    EXPECT_FAILS(search_incidents(*ledger, filter, reader(chief)), errc::not_permitted);
    filter.user = "amy.year9";
    EXPECT_FAILS(search_incidents(*ledger, filter, reader(chief)), errc::not_permitted);
    filter.user = "h.brown";
    EXPECT_EQ(search_incidents(*ledger, filter, reader(chief))->size(), 1u);
    EXPECT_EQ(newest_action(), "incidents.read");
}

struct Restrictions : School {
    NewRestriction about(std::string user)
    {
        return {std::move(user), "VPN three times.", "", "12", tuesday, tuesday + hours{24 * 14}};
    }
    RestrictionStep next(RestrictionId id, AccountId account)
    {
        auto const row = find_restriction(*ledger, id);
        return {id, row ? row->version : 0, as(account), tuesday};
    }
};

TEST_F(Restrictions, TakeTwoPeopleToBeginAndTwoToEnd)
{
    EXPECT_FAILS(propose_restriction(*ledger, about("amy.year9"), as(head), tuesday), errc::not_permitted);
    auto const proposed = propose_restriction(*ledger, about("Amy.Year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    EXPECT_EQ(proposed->user, "amy.year9");
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 0u);
    EXPECT_FAILS(propose_restriction(*ledger, about("amy.year9"), as(dsl), tuesday), errc::already_exists);
    EXPECT_FAILS(confirm_restriction(*ledger, next(proposed->id, officer)), errc::not_permitted);
    auto const seen = next(proposed->id, head2);
    ASSERT_DONE(confirm_restriction(*ledger, next(proposed->id, head)));
    EXPECT_FAILS(confirm_restriction(*ledger, seen), errc::stale);
    auto const live = current_restrictions(*ledger, tuesday);
    ASSERT_EQ(live->size(), 1u);
    EXPECT_EQ(live->front().id, "restriction-1");
    EXPECT_EQ(live->front().user, "amy.year9");
    EXPECT_EQ(current_restrictions(*ledger, tuesday + hours{24 * 14})->size(), 0u);
    ASSERT_DONE(propose_restriction_end(*ledger, next(proposed->id, dsl), "She has understood."));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 1u);
    EXPECT_FAILS(confirm_restriction_end(*ledger, next(proposed->id, dsl)), errc::same_person);
    ASSERT_DONE(confirm_restriction_end(*ledger, next(proposed->id, head)));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->size(), 0u);
    auto const ended = find_restriction(*ledger, proposed->id);
    EXPECT_EQ(ended->end_reason, "She has understood.");
    EXPECT_EQ(ended->ended_by, "h.brown");
    expect_intact();
}

TEST_F(Restrictions, AreNotDecidedByThePersonConcerned)
{
    EXPECT_FAILS(propose_restriction(*ledger, about("o.smith"), as(officer), tuesday), errc::same_person);
    auto const proposed = propose_restriction(*ledger, about("h.brown"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    EXPECT_FAILS(refuse_restriction(*ledger, next(proposed->id, head), "No."), errc::not_permitted);
    EXPECT_FAILS(refuse_restriction(*ledger, next(proposed->id, head2), "No."), errc::not_permitted)
        << "about a headteacher the chief executive decides";
    ASSERT_DONE(refuse_restriction(*ledger, next(proposed->id, chief), "Not proved."));
    EXPECT_EQ(find_restriction(*ledger, proposed->id)->state, RestrictionState::refused);
    auto const again = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(again);
    ASSERT_DONE(set_console_role(*ledger, officer, ConsoleRole::headteacher, owner(), tuesday - hours{48}));
    EXPECT_FAILS(confirm_restriction(*ledger, next(again->id, officer)), errc::same_person);
    EXPECT_FAILS(confirm_restriction(*ledger, next(again->id, chief)), errc::not_permitted) << "not about a pupil";
}

TEST_F(Restrictions, AreNotShownToThePersonConcerned)
{
    auto const about_head = propose_restriction(*ledger, about("h.brown"), as(officer), tuesday);
    ASSERT_TRUE(about_head);
    EXPECT_EQ(list_restrictions(*ledger, head)->size(), 0u);
    EXPECT_EQ(list_restrictions(*ledger, chief)->size(), 1u);
    EXPECT_EQ(list_restrictions(*ledger, chief)->front().decider, ConsoleRole::chief_executive);
    EXPECT_FAILS(read_restriction(*ledger, about_head->id, head), errc::conflict_of_interest);
    EXPECT_TRUE(read_restriction(*ledger, about_head->id, head2));
}

TEST_F(Restrictions, AreShownToTheChiefExecutiveIfTheyDecide)
{
    auto const about_pupil = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(about_pupil);
    EXPECT_EQ(about_pupil->decider, ConsoleRole::headteacher);
    EXPECT_EQ(list_restrictions(*ledger, chief)->size(), 0u);
    EXPECT_FAILS(read_restriction(*ledger, about_pupil->id, chief), errc::not_permitted);
    ASSERT_DONE(confirm_restriction(*ledger, next(about_pupil->id, head)));
    EXPECT_FAILS(propose_restriction_end(*ledger, next(about_pupil->id, chief), "Enough."), errc::not_permitted);
    auto const about_head = propose_restriction(*ledger, about("h.brown"), as(officer), tuesday);
    ASSERT_TRUE(about_head);
    EXPECT_TRUE(read_restriction(*ledger, about_head->id, chief));
    ASSERT_DONE(confirm_restriction(*ledger, next(about_head->id, chief)));
    ASSERT_DONE(propose_restriction_end(*ledger, next(about_head->id, chief), "Enough."));
    ASSERT_DONE(confirm_restriction_end(*ledger, next(about_head->id, dsl)));
}

TEST_F(Restrictions, OpenWhereAMemberOfStaffSitsBeside)
{
    auto const teacher = add("t.teacher", "Tess", ConsoleRole::supervisor);
    auto const proposed = propose_restriction(*ledger, about("amy.year9"), as(officer), tuesday);
    ASSERT_TRUE(proposed);
    auto const id = proposed->id;
    auto const in_an_hour = tuesday + hours{1};
    EXPECT_FAILS(start_supervision(*ledger, id, "lab-1", in_an_hour, as(teacher), tuesday), errc::wrong_state)
        << "not confirmed yet";
    ASSERT_DONE(confirm_restriction(*ledger, next(id, head)));
    EXPECT_FAILS(start_supervision(*ledger, id, "lab-1", in_an_hour, as(pupil), tuesday), errc::not_permitted);
    EXPECT_FAILS(start_supervision(*ledger, id, "", in_an_hour, as(teacher), tuesday), errc::invalid_value);
    EXPECT_FAILS(start_supervision(*ledger, id, "lab-1", tuesday + hours{13}, as(teacher), tuesday), errc::invalid_value);
    ASSERT_DONE(start_supervision(*ledger, id, "lab-1", in_an_hour, as(teacher), tuesday));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->front().supervised_device, "lab-1");
    EXPECT_EQ(*next_restriction_change(*ledger, tuesday), in_an_hour) << "its tunnels are judged again then";
    EXPECT_EQ(current_restrictions(*ledger, in_an_hour)->front().supervised_device, "");
    EXPECT_EQ(*next_restriction_change(*ledger, in_an_hour), tuesday + hours{24 * 14});

    ASSERT_DONE(start_supervision(*ledger, id, "lab-2", in_an_hour, as(dsl), tuesday));
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->front().supervised_device, "lab-2") << "nobody sits beside two computers";
    auto const live = live_supervisions(*ledger, tuesday);
    ASSERT_EQ(live->size(), 1u);
    EXPECT_EQ(live->front().by, "d.black");
    ASSERT_DONE(end_supervision(*ledger, live->front().id, as(teacher), tuesday));
    EXPECT_FAILS(end_supervision(*ledger, live->front().id, as(teacher), tuesday), errc::wrong_state);
    EXPECT_EQ(current_restrictions(*ledger, tuesday)->front().supervised_device, "");
    EXPECT_EQ(list_supervisions(*ledger, id)->size(), 2u);
    expect_intact();
}

TEST_F(Restrictions, AreNotSupervisedByThePersonConcerned)
{
    auto const proposed = propose_restriction(*ledger, about("o.smith"), as(officer2), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, next(proposed->id, head)));
    EXPECT_FAILS(start_supervision(*ledger, proposed->id, "lab-1", tuesday + hours{1}, as(officer), tuesday), errc::same_person);
    EXPECT_EQ(newest_action(), "supervision.start.denied");
}

} // namespace gatehouse::store::test
