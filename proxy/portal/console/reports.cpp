// Reports: what people told us, and searches that the gateway saw and somebody has to look at. A report about a person is opened with a purpose only, and opening it is on record.
#include "proxy/store/reports.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

std::string_view about_title(store::ReportAbout about)
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
        return {""};
    switch (*report.content.severity) {
    case policy::Severity::urgent: return {"Now", {}, "red"};
    case policy::Severity::concern: return {"Today", {}, "yellow"};
    case policy::Severity::note: break;
    }
    return {"When there is time", {}, "grey"};
}

Html outcome_form(Visit const& visit, store::Report const& report)
{
    Form form;
    form.action = "/report/handle";
    form.button = "Mark as done";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(report.id))},
        {Field::Kind::area, "outcome", "What was done?", "", "", {}, "", "", 1000}};
    return portal::form(form);
}

Response report_page(Visit const& visit, store::Report const& report)
{
    auto const& content = report.content;
    Page page;
    page.title = "Report " + report.reference;
    page.back = "/reports";
    page.parts = {heading("Report", report.reference)};
    std::vector<SummaryRow> rows{{"About", {std::string(about_title(content.about))}}, {"What happened", {content.text}},
        {"Told on", {shown_time(visit.site, report.at)}}};
    if (content.severity)
        rows.insert(rows.begin(), {"Look at it", urgency_cell(report)});
    if (!content.about_person.empty())
        rows.push_back({"Person", {content.about_person}});
    if (!content.url.empty())
        rows.push_back({"Site", {content.url}});
    if (!content.network.empty() || !content.device.empty())
        rows.push_back({"Told from", {content.network + (content.device.empty() ? "" : ", " + content.device)}});
    if (report.state == store::ReportState::handled)
        rows.push_back({"Done", {report.outcome + " (" + report.handled_by + ")"}});
    page.parts.push_back(summary(rows));
    if (report.state == store::ReportState::open) {
        if (!content.url.empty() && visit.has_role(ConsoleRole::officer))
            page.parts.push_back(link("Block this site",
                with_query("/lists/add",
                    {{"list", "school-block"}, {"target", content.url}, {"reason", "Report " + report.reference},
                        {"when", "now"}})));
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
    auto const work = [id, purpose, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::read_report(ledger, id, purpose, actor, now); };
    auto const report = co_await visit.site.services.store.call(work);
    if (!report && report.error() == store::errc::invalid_value)
        co_return purpose_page(visit, id);
    if (!report)
        co_return show_failure(visit, report.error());
    co_return report_page(visit, *report);
}

} // namespace

task<Response> show_reports(Visit const& visit)
{
    bool const handled = visit.query("show") == "handled";
    auto const state = handled ? store::ReportState::handled : store::ReportState::open;
    auto const work = [state, id = visit.session->account.id](Ledger& ledger) { return store::list_reports(ledger, state, id); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = handled ? "Done" : "Waiting";
    table.head = {"Report", "Look at it", "About", "Told on"};
    table.empty = handled ? "No report has been dealt with yet." : "No report is waiting.";
    for (auto const& report : *found)
        table.rows.push_back({{report.reference, "/report?id=" + std::to_string(store::number(report.id))}, urgency_cell(report),
            {std::string(about_title(report.content.about)) + (report.content.url.empty() ? "" : ": " + report.content.url)},
            {shown_time(visit.site, report.at)}});
    Page page;
    page.title = "Reports";
    if (visit.query("done") == "handled")
        page.parts.push_back(notice("Done", "The report is marked as done."));
    page.parts.push_back(heading("Reports"));
    page.parts.push_back(portal::table(table));
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
