// "Why?": the decision of a recorded row, run again over today's rules, and the box that checks a site for anybody at any time.
#include "proxy/log/replay.hpp"
#include "proxy/log/search.hpp"
#include "proxy/portal/console/explain_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/audit.hpp"

namespace gatehouse::portal::console {

namespace {

Cell verdict_cell(policy::Verdict verdict)
{
    bool const open = verdict == policy::Verdict::allow;
    return {open ? "Open" : "Blocked", {}, open ? "green" : "red"};
}

std::string_view stage_title(policy::Stage stage)
{
    switch (stage) {
    case policy::Stage::sealed: return "Sealed list";
    case policy::Stage::restriction: return "Restriction";
    case policy::Stage::override_grant: return "Grant";
    case policy::Stage::rule: return "Rule";
    case policy::Stage::role_default: return "Role";
    case policy::Stage::inspection: return "Inspection";
    case policy::Stage::content: return "What it says";
    case policy::Stage::file: return "File";
    case policy::Stage::virus: return "Virus";
    case policy::Stage::wrapper: return "Behind it";
    }
    return "";
}

std::string place_of_list(policy::Explanation const& why)
{
    if (why.list.empty())
        return {};
    return why.list
        + (why.list_file.empty() ? ""
                                 : " (" + why.list_file + (why.list_line ? ", line " + std::to_string(why.list_line) : "") + ")");
}

std::vector<SummaryRow> recorded_rows(Visit const& visit, log::StoredRecord const& row)
{
    auto const at = std::chrono::floor<std::chrono::seconds>(row.at);
    std::vector<SummaryRow> rows{{"Then", verdict_cell(row.verdict)}, {"Site", {row.url()}},
        {"When", {shown_time(visit.site, at) + (row.period.empty() ? "" : ", " + spoken(row.period))}},
        {"Rule", {row.rule + (row.clause.empty() ? "" : ", clause " + row.clause)}},
        {"Who",
            {row.role + (row.group.empty() ? "" : ", " + row.group)
                + (row.user.empty()                      ? ""
                        : visit.query("purpose").empty() ? ", signed in"
                                                         : ", " + row.user)}},
        {"Where", {row.network + (row.device.empty() ? "" : ", " + row.device) + " " + row.client.to_text()}},
        {"How sure", {"The person is known by: " + std::string(policy::to_text(row.confidence))}}};
    bool const sealed = row.stage == policy::to_text(policy::Stage::sealed);
    if (!row.list.empty() && !sealed)
        rows.push_back({"List",
            {row.list + (row.list_file.empty() ? "" : " (" + row.list_file + ", line " + std::to_string(row.list_line) + ")")}});
    if (!row.search.empty())
        rows.push_back(
            {"Searched for", {shown_text(row.search) + (row.term_list.empty() ? "" : " (list: " + row.term_list + ")")}});
    if (!row.prompt.empty())
        rows.push_back({"Wrote",
            {"Something on the list " + row.term_list + ". The words were not kept; the same words have the mark "
                + row.prompt}});
    if (!row.file_kind.empty())
        rows.push_back({"File", {"Of kind " + row.file_kind}});
    if (!row.virus.empty())
        rows.push_back({"Virus", {shown_text(row.virus)}});
    if (!row.wrapped.empty() && !sealed)
        rows.push_back({"Showing", {row.wrapped}});
    if (!row.refusal.empty())
        rows.push_back({"Refused because", {row.refusal}});
    rows.push_back({"Number", {row.decision_id}});
    return rows;
}

/// Takes the person's name out of an explanation's steps and reason, for those who gave no purpose.
void hide_name(policy::Explanation& why, std::string const& name)
{
    if (name.empty())
        return;
    auto const hide = [&](std::string& text) {
        for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + 1))
            text.replace(at, name.size(), "*");
    };
    hide(why.reason);
    for (auto& step : why.steps)
        hide(step.because);
}

std::vector<Option> role_options(policy::Policy const& policy)
{
    std::vector<Option> options;
    for (auto const& role : policy.roles)
        options.push_back({role.id, role.title, ""});
    return options;
}

template <class Rows>
std::vector<Option> optional_options(Rows const& rows)
{
    std::vector<Option> options{{"", "Any", ""}};
    for (auto const& row : rows)
        options.push_back({row.id, row.title, ""});
    return options;
}

Html check_form(Visit const& visit, policy::Policy const& policy, std::vector<Problem> const& problems)
{
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    auto const at = visit.query("at").empty() ? visit.now.local.to_text() : std::string(visit.query("at"));
    Form form;
    form.action = "/check";
    form.button = "Check";
    form.is_search = true;
    form.fields = {{Field::Kind::text, "url", "Site", "", std::string(visit.query("url")), {}, error_of("url"), "", 1000},
        {Field::Kind::select, "role", "Who", "", std::string(visit.query("role")), role_options(policy)},
        {Field::Kind::select, "group", "Group", "", std::string(visit.query("group")), optional_options(policy.groups)},
        {Field::Kind::select, "network", "Where", "", std::string(visit.query("network")), optional_options(policy.networks)},
        {Field::Kind::datetime, "at", "When", "", at, {}, error_of("at"), "", 16}};
    return portal::form(form);
}

/// "example.org" is what people type; the scheme they mean is https.
std::string completed_url(std::string typed)
{
    if (typed.find("://") == std::string::npos)
        typed = "https://" + typed;
    if (typed.find('/', typed.find("://") + 3) == std::string::npos)
        typed += "/";
    return typed;
}

policy::Subject typed_subject(Visit const& visit, policy::Policy const& policy)
{
    policy::Subject subject;
    auto const role = visit.query("role");
    subject.role = policy.role(role) ? std::string(role) : policy.unknown_role;
    if (!visit.query("group").empty())
        subject.groups.emplace_back(visit.query("group"));
    for (auto const& network : policy.networks) {
        if (network.id != visit.query("network"))
            continue;
        subject.network = network.id;
        subject.device_kind = network.device_kind;
        subject.trusts_ca = network.trusts_ca;
        if (visit.query("group").empty())
            subject.groups = network.groups;
    }
    return subject;
}

} // namespace

std::vector<Html> explanation_parts(policy::Explanation const& why)
{
    std::vector<SummaryRow> rows{{"Now", verdict_cell(why.verdict)},
        {"Rule", {why.rule + (why.clause.empty() ? "" : ", clause " + why.clause)}}, {"Reason", {why.reason}}};
    if (why.sealed)
        rows = {{"Now", verdict_cell(why.verdict)}, {"Reason", {"Sealed content. It is never shown."}}};
    else {
        if (!why.service_title.empty() || !why.category_title.empty())
            rows.push_back({"Kind",
                {why.service_title + (why.service_title.empty() || why.category_title.empty() ? "" : ", ")
                    + why.category_title}});
        if (!why.search.empty())
            rows.push_back({"Search", {shown_text(why.search) + " (" + why.search_engine + ")"}});
        if (!why.term_list.empty())
            rows.push_back({"Term", {"\"" + why.term + "\" of " + why.term_list + ", " + why.severity}});
        if (!why.wrapped_host.empty())
            rows.push_back({"Showing", {why.wrapped_host + ", through " + why.wrapper}});
        if (auto const place = place_of_list(why); !place.empty())
            rows.push_back({"List", {place}});
    }
    rows.push_back({"Time of the school day",
        {why.period.empty() ? std::string("outside lessons")
                            : spoken(why.period) + (why.period_until.empty() ? "" : ", until " + why.period_until)}});
    if (!why.allowed_from.empty())
        rows.push_back({"Opens today at", {why.allowed_from}});
    Table table;
    table.caption = "Step by step (" + std::to_string(why.steps.size()) + ")";
    table.folded = true;
    table.head = {"Step", "What was looked at", "Decided", "Because"};
    for (auto const& step : why.steps) {
        table.rows.push_back({{std::string(stage_title(step.stage)), {}, {}, false, true}, {step.id, {}, {}, true},
            {step.decided ? "yes" : "no", {}, step.decided ? "purple" : ""}, {step.because}});
    }
    return {summary(rows), portal::table(table)};
}

task<Response> show_why(Visit const& visit)
{
    auto const key = std::string(visit.query("key"));
    auto const work = [dir = visit.site.services.settings.log_dir, key] { return log::read_row(dir, key); };
    auto const found = co_await run_aside(visit.site, work);
    if (!found || !*found)
        co_return show_message(visit, 404, "We cannot find this row", "It may have been removed because of its age.");
    auto const& row = **found;
    auto const purpose = trimmed_value(visit.request.query, "purpose");
    if (!purpose.empty()) { // only then is a person named
        auto const look = [actor = visit.actor(), id = row.decision_id, purpose, now = visit.instant()](store::Ledger& ledger) {
            return store::record_event(ledger, actor, "access-log.read", "row:" + id, "purpose: " + purpose, now);
        };
        if (auto const recorded = co_await visit.site.services.store.call(look); !recorded)
            co_return show_failure(visit, recorded.error());
    }
    Page page;
    page.title = "Why?";
    page.back = "/log";
    page.parts = {heading("Why?", row.host), subheading("What was recorded"), summary(recorded_rows(visit, row)),
        subheading("The same question with today's rules")};
    auto const target = log::target_of(row);
    if (!target) {
        page.parts.push_back(paragraph("The request could not be read as a web address, so there is nothing to decide again."));
        co_return show(visit, page);
    }
    auto const policy = visit.site.services.current_policy();
    auto const subject = log::subject_of(row);
    auto const moment = visit.site.clock.moment_of(std::chrono::floor<std::chrono::seconds>(row.at));
    auto why = policy::explain(*policy, {subject, *target, moment, row.signals});
    if (purpose.empty())
        hide_name(why, row.user);
    if (row.stage == policy::to_text(policy::Stage::content))
        page.parts.push_back(inset("What the page said closed it, by the list " + row.list
            + ". That cannot be asked again without the page; these are the steps before it was read."));
    else if (row.stage == policy::to_text(policy::Stage::file) || row.stage == policy::to_text(policy::Stage::virus))
        page.parts.push_back(inset("The site was open; what it sent was closed. These are the steps before the file was seen."));
    else if (why.verdict != row.verdict)
        page.parts.push_back(inset("Today's rules would decide otherwise than was decided then."));
    for (auto const& part : explanation_parts(why))
        page.parts.push_back(part);
    co_return show(visit, page);
}

task<Response> show_check(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    auto const typed = trimmed_value(visit.request.query, "url");
    std::vector<Problem> problems;
    auto const url = completed_url(typed);
    auto const target = policy::Target::parse_url(url);
    auto const at
        = visit.query("at").empty() ? result<policy::LocalTime>(visit.now.local) : policy::LocalTime::parse(visit.query("at"));
    if (!typed.empty() && !target)
        problems.push_back({"url", "This is not the address of a site"});
    if (!at)
        problems.push_back({"at", "Choose a day and a time"});
    Page page;
    page.title = "Check a site";
    if (!problems.empty()) {
        page.parts.push_back(error_summary(problems));
        page.has_problem = true;
        page.status = 422;
    }
    page.parts.push_back(heading("Check a site"));
    page.parts.push_back(paragraph("Would it open, for whom and when? The answer comes from the rules that run now."));
    page.parts.push_back(check_form(visit, *policy, problems));
    if (!typed.empty() && problems.empty()) {
        auto const subject = typed_subject(visit, *policy);
        policy::Moment const moment{*at, visit.site.clock.instant_of(*at)};
        for (auto const& part : explanation_parts(policy::explain(*policy, {subject, *target, moment, {}})))
            page.parts.push_back(part);
    }
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
