// Reports: what people told us, and searches that the gateway saw and somebody has to look at. A report about a person is opened with a purpose only, and opening it is on record.
#include "proxy/store/reports.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/form_data.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

char const* about_title(store::ReportAbout about)
{
    switch (about) {
    case store::ReportAbout::site: return "A site";
    case store::ReportAbout::pupil: return "A pupil";
    case store::ReportAbout::staff: return "A member of staff";
    case store::ReportAbout::headteacher: return "The headteacher";
    }
    return "";
}

/// How soon somebody has to look, of reports by the gateway.
Cell urgency_cell(store::Report const& report)
{
    if (!report.content.severity)
        return {"-"};
    switch (*report.content.severity) {
    case policy::Severity::urgent: return {"Now", {}, "red"};
    case policy::Severity::concern: return {"Today", {}, "yellow"};
    case policy::Severity::note: break;
    }
    return {"When there is time", {}, "grey"};
}

Part outcome_form(Visit const& visit, store::Report const& report)
{
    Form form;
    form.action = "/report/handle";
    form.button = "Mark as done";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(report.id))},
        {Field::Kind::area, "outcome", "What was done?", "", "", {}, "", "", 1000}};
    return portal::form(form);
}

/// A report with what was done about it.
struct ReportCase {
    store::Report report;
    std::vector<store::ReportNote> notes;
};

std::vector<SummaryRow> report_rows(Visit const& visit, store::Report const& report)
{
    auto const& content = report.content;
    std::vector<SummaryRow> rows;
    if (content.severity)
        rows.push_back({"Look at it", urgency_cell(report)});
    if (!content.theme.empty())
        rows.push_back({"Theme", {content.theme}});
    rows.push_back({"About", {about_title(content.about)}});
    bool const by_gateway = content.severity.has_value(); // which wrote the words itself
    rows.push_back({"What happened", {by_gateway ? Words::kept("report", content.text) : Words(content.text)}});
    rows.push_back({"Told on", {shown_time(visit.site, report.at)}});
    if (!content.about_person.empty())
        rows.push_back({"Person", {by_gateway ? Words::kept("reported", content.about_person) : Words(content.about_person)}});
    if (!content.url.empty())
        rows.push_back({"Site", {content.url}});
    if (!content.network.empty() || !content.device.empty())
        rows.push_back({"Told from", {content.network + (content.device.empty() ? "" : ", " + content.device)}});
    if (report.taken_up_at)
        rows.push_back(
            {"Looked after by", {words("{}, since {}", report.taken_up_by, shown_time(visit.site, *report.taken_up_at))}});
    if (report.state == store::ReportState::handled)
        rows.push_back({"Done", {report.outcome + " (" + report.handled_by + ")"}});
    return rows;
}

Part take_up_form(Visit const& visit, store::Report const& report)
{
    Form form;
    form.action = "/report/take-up";
    form.button = "I look after it";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(report.id))}};
    return portal::form(form);
}

Part note_form(Visit const& visit, store::Report const& report)
{
    Form form;
    form.action = "/report/note";
    form.button = "Add the note";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(report.id))},
        {Field::Kind::area, "note", "What did you do or find out?", "Others who may read this report see it.", "", {}, "", "",
            1000}};
    return portal::form(form);
}

Table note_table(Visit const& visit, std::vector<store::ReportNote> const& notes)
{
    Table table;
    table.caption = "What was done so far";
    table.head = {"When", "Who", "What"};
    for (auto const& note : notes)
        table.rows.push_back({{shown_time(visit.site, note.at)}, {note.by}, {note.text}});
    return table;
}

Response report_page(Visit const& visit, ReportCase const& found)
{
    auto const& report = found.report;
    auto const& content = report.content;
    Page page;
    page.title = words("Report {}", report.reference);
    page.back = "/reports";
    page.parts = {heading("Report", report.reference), summary(report_rows(visit, report))};
    bool const is_open = report.state == store::ReportState::open;
    if (is_open && !report.taken_up_at)
        page.parts.push_back(take_up_form(visit, report));
    if (!found.notes.empty())
        page.parts.push_back(portal::table(note_table(visit, found.notes)));
    page.parts.push_back(note_form(visit, report));
    if (is_open) {
        if (!content.url.empty() && visit.has_role(ConsoleRole::officer))
            page.parts.push_back(link("Block this site",
                with_query("/lists/add",
                    {{"list", "school-block"}, {"target", content.url}, {"reason", page.title.english()},
                        {"reference", report.reference}, {"when", "now"}})));
        page.parts.push_back(outcome_form(visit, report));
    }
    return show(visit, page);
}

Response purpose_page(Visit const& visit, store::ReportId id)
{
    Form form;
    form.action = "/report/read";
    form.button = "Open the report";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(id))},
        {Field::Kind::text, "purpose", "Why do you open it?",
            "This report is about a person. That you read it, and why, is kept on record.", "", {}, "", "", 300}};
    Page page;
    page.title = "A report about a person";
    page.back = "/reports";
    page.parts = {heading(page.title), portal::form(form)};
    return show(visit, page);
}

task<Response> open_report(Visit const& visit, store::ReportId id, std::string purpose)
{
    auto const work = [id, purpose, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<ReportCase> {
        auto report = store::read_report(ledger, id, purpose, actor, now);
        if (!report)
            return report.error();
        auto notes = store::list_report_notes(ledger, id);
        if (!notes)
            return notes.error();
        return ReportCase{std::move(*report), std::move(*notes)};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found && found.error() == store::errc::invalid_value)
        co_return purpose_page(visit, id);
    if (!found)
        co_return show_failure(visit, found.error());
    co_return report_page(visit, *found);
}

store::ReportId id_of_form(Visit const& visit)
{
    return static_cast<store::ReportId>(parse_id(visit.form("id")).value_or(0));
}

} // namespace

task<Response> show_reports(Visit const& visit)
{
    bool const handled = visit.query("show") == "handled";
    auto const state = handled ? store::ReportState::handled : store::ReportState::open;
    auto const work = [asked = std::string(visit.query("page")), state, id = visit.session->account.id, now = visit.instant()](
                          Ledger& ledger) {
        return read_page(
            asked, [&] { return store::count_reports(ledger, state, id, now); },
            [&](std::size_t limit, std::size_t skipped) { return store::list_reports(ledger, state, id, now, limit, skipped); });
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = handled ? "Done" : "Waiting";
    table.head = {"Report", "Look at it", "Theme", "About", "Told on", "Looked after by"};
    table.empty = handled ? "No report has been dealt with yet." : "No report is waiting.";
    for (auto const& report : found->rows) {
        Words const about = about_title(report.content.about);
        table.rows.push_back({{report.reference, "/report?id=" + std::to_string(store::number(report.id))}, urgency_cell(report),
            {report.content.theme.empty() ? Words("-") : Words(report.content.theme)},
            {report.content.url.empty() ? about : words("{}: {}", about, report.content.url)},
            {shown_time(visit.site, report.at)}, {report.taken_up_by.empty() ? Words("Nobody yet") : Words(report.taken_up_by)}});
    }
    Page page;
    page.title = "Reports";
    if (visit.query("done") == "handled")
        page.parts.push_back(notice("Done", "The report is marked as done."));
    if (visit.query("done") == "taken-up")
        page.parts.push_back(notice("Done", "Others see that you look after it."));
    if (visit.query("done") == "noted")
        page.parts.push_back(notice("Done", "Your note is kept with the report."));
    page.parts.push_back(heading("Reports"));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, found->paging, "/reports");
    page.parts.push_back(
        handled ? link("Show those that wait", "/reports") : link("Show those that are done", "/reports?show=handled"));
    co_return show(visit, page);
}

task<Response> show_report(Visit const& visit)
{
    auto const id = static_cast<store::ReportId>(parse_id(visit.query("id")).value_or(0));
    co_return co_await open_report(visit, id, "");
}

task<Response> read_report(Visit const& visit)
{
    auto const id = static_cast<store::ReportId>(parse_id(visit.form("id")).value_or(0));
    co_return co_await open_report(visit, id, trimmed_value(visit.request.form, "purpose"));
}

task<Response> take_up_report(Visit const& visit)
{
    auto const work = [id = id_of_form(visit), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::take_up_report(ledger, id, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to("/reports?done=taken-up") : show_failure(visit, done.error());
}

task<Response> take_report_note(Visit const& visit)
{
    auto const text = trimmed_value(visit.request.form, "note");
    if (text.empty())
        co_return show_message(visit, 422, "Write the note", "A note without words says nothing. Go back and write it.");
    auto const work = [id = id_of_form(visit), text, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::note_on_report(ledger, id, text, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to("/reports?done=noted") : show_failure(visit, done.error());
}

task<Response> take_report_outcome(Visit const& visit)
{
    auto const id = static_cast<store::ReportId>(parse_id(visit.form("id")).value_or(0));
    auto const outcome = trimmed_value(visit.request.form, "outcome");
    auto const work = [id, outcome, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::handle_report(ledger, id, outcome, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value)
        co_return show_message(visit, 422, "Write what was done", "The record needs one sentence. Go back and write it.");
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/reports?done=handled");
}

} // namespace gatehouse::portal::console
