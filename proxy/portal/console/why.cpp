// "Why?": the decision of a recorded row, run again over today's rules.
#include "proxy/log/replay.hpp"
#include "proxy/log/search.hpp"
#include "proxy/portal/console/explain_view.hpp"
#include "proxy/portal/console/log_purpose.hpp"
#include "proxy/portal/console/log_sight.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::portal::console {

namespace {

Cell verdict_cell(policy::Verdict verdict)
{
    bool const open = verdict == policy::Verdict::allow;
    return {open ? "Open" : "Blocked", {}, open ? "green" : "red"};
}

char const* stage_title(policy::Stage stage)
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

Words rule_text(std::string const& rule, std::string const& clause)
{
    return clause.empty() ? Words(rule) : words("{}, clause {}", rule, clause);
}

Words place_of_list(std::string const& list, std::string const& file, std::uint32_t line)
{
    if (list.empty() || file.empty())
        return list;
    return line == 0 ? words("{} ({})", list, file) : words("{} ({}, line {})", list, file, line);
}

/// "lesson 2": a period by its name, or the kind of time that has none.
Words spoken_period(std::string const& period)
{
    return Words::perhaps_ours(spoken(period));
}

Words site_of(log::StoredRecord const& row)
{
    return log::is_sealed(row) ? Words("sealed") : Words(row.url());
}

char const* known_by(policy::Confidence confidence)
{
    switch (confidence) {
    case policy::Confidence::claimed: return "The person is known by: claimed";
    case policy::Confidence::address: return "The person is known by: address";
    case policy::Confidence::session: return "The person is known by: session";
    case policy::Confidence::password: return "The person is known by: password";
    case policy::Confidence::none: break;
    }
    return "The person is known by: none";
}

/// Another name of the site closed it, and the row says which.
bool is_closed_by_name(log::StoredRecord const& row)
{
    return row.refusal == "closed-by-alias" && !row.wrapped.empty();
}

/// `row` as LogSight has passed it.
std::vector<SummaryRow> recorded_rows(Visit const& visit, log::StoredRecord const& row, Names names)
{
    auto const at = std::chrono::floor<std::chrono::seconds>(row.at);
    Words person = row.user;
    if (!row.user.empty() && names == Names::hidden)
        person = words("Person {}", row.user);
    auto const address = names == Names::hidden ? std::string{} : row.client.to_text();
    std::vector<SummaryRow> rows{{"Then##at that time", verdict_cell(row.verdict)}, {"Site", {site_of(row)}},
        {"When", {joined({shown_time(visit.site, at), spoken_period(row.period)})}}, {"Rule", {rule_text(row.rule, row.clause)}},
        {"Who", {joined({row.role, row.group, person})}}, {"Where", {joined({joined({row.network, row.device}), address}, " ")}},
        {"How sure", {known_by(row.confidence)}}};
    if (!row.list.empty())
        rows.push_back({"List", {place_of_list(row.list, row.list_file, row.list_line)}});
    if (!row.search.empty())
        rows.push_back({"Searched for",
            {row.term_list.empty() ? Words(shown_text(row.search))
                                   : words("{} (list: {})", shown_text(row.search), row.term_list)}});
    if (!row.prompt.empty())
        rows.push_back({"Wrote",
            {words("Something on the list {}. The words were not kept; the same words have the mark {}", row.term_list,
                row.prompt)}});
    if (!row.file_kind.empty())
        rows.push_back({"File", {words("Of kind {}", Words::perhaps_ours(row.file_kind))}});
    if (!row.virus.empty())
        rows.push_back({"Virus", {shown_text(row.virus)}});
    if (!row.wrapped.empty())
        rows.push_back({is_closed_by_name(row) ? "Other name" : "Showing", {row.wrapped}});
    if (!row.refusal.empty())
        rows.push_back({"Refused because", {row.refusal}});
    rows.push_back({"Number", {row.decision_id}});
    return rows;
}

/// Takes the person's name, or their address, out of an explanation's steps and reason, for those who gave no purpose.
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

/// Nothing for what was no web address.
std::optional<policy::Explanation> explained_today(Visit const& visit, log::StoredRecord const& row)
{
    auto const target = log::target_of(row);
    if (!target)
        return std::nullopt;
    auto const policy = visit.site.services.current_policy();
    auto const subject = log::subject_of(row);
    auto const moment = visit.site.clock.moment_of(std::chrono::floor<std::chrono::seconds>(row.at));
    policy::Query const query{subject, *target, moment, row.signals};
    std::vector<policy::Host> names;
    std::vector<policy::IpAddress> addresses;
    if (is_closed_by_name(row)) {
        if (auto const address = policy::IpAddress::parse(row.wrapped))
            addresses.push_back(*address);
        else if (auto const name = policy::Host::parse(row.wrapped))
            names.push_back(*name);
    }
    return policy::explain_by_names(*policy, query, {names, addresses});
}

/// `row` as it was recorded.
std::vector<Part> today_parts(log::StoredRecord const& row, std::optional<policy::Explanation> why, Names names)
{
    if (!why)
        return {paragraph("The request could not be read as a web address, so there is nothing to decide again.")};
    if (log::is_sealed(row))
        return {paragraph("Sealed content. It is never shown.")};
    if (names == Names::hidden) {
        hide_name(*why, row.user);
        hide_name(*why, row.client.to_text());
    }
    std::vector<Part> parts;
    if (row.stage == policy::to_text(policy::Stage::content))
        parts.push_back(inset(words("What the page said closed it, by the list {}. That cannot be asked again without the "
                                    "page; these are the steps before it was read.",
            row.list)));
    else if (row.stage == policy::to_text(policy::Stage::file) || row.stage == policy::to_text(policy::Stage::virus))
        parts.push_back(inset("The site was open; what it sent was closed. These are the steps before the file was seen."));
    else if (why->verdict != row.verdict)
        parts.push_back(inset("Today's rules would decide otherwise than was decided then."));
    for (auto const& part : explanation_parts(*why))
        parts.push_back(part);
    return parts;
}

} // namespace

std::vector<Part> explanation_parts(policy::Explanation const& why)
{
    std::vector<SummaryRow> rows{{"Now", verdict_cell(why.verdict)}, {"Rule", {rule_text(why.rule, why.clause)}},
        {"Reason", {Words::perhaps_ours(why.reason)}}};
    if (why.sealed)
        rows = {{"Now", verdict_cell(why.verdict)}, {"Reason", {"Sealed content. It is never shown."}}};
    else {
        if (auto const kind = joined({why.service_title, why.category_title}); !kind.empty())
            rows.push_back({"Kind", {kind}});
        if (!why.search.empty())
            rows.push_back({"Search##what was searched for", {words("{} ({})", shown_text(why.search), why.search_engine)}});
        if (!why.term_list.empty())
            rows.push_back(
                {"Term##searched for", {words("\"{}\" of {}, {}", why.term, why.term_list, Words::perhaps_ours(why.severity))}});
        if (!why.wrapped_host.empty())
            rows.push_back({"Showing", {words("{}, through {}", why.wrapped_host, why.wrapper)}});
        if (!why.list.empty())
            rows.push_back({"List", {place_of_list(why.list, why.list_file, why.list_line)}});
        if (!why.alias.empty())
            rows.push_back({"Other name", {why.alias}});
        if (why.names_unasked)
            rows.push_back(
                {"Other names", {"They are looked up when the site is visited. A rule about one of them may close it."}});
    }
    Words period = why.period.empty() ? "outside lessons" : spoken_period(why.period);
    if (!why.period.empty() && !why.period_until.empty())
        period = words("{}, until {}", period, why.period_until);
    rows.push_back({"Time of the school day", {period}});
    if (!why.allowed_from.empty())
        rows.push_back({"Opens today at", {why.allowed_from}});
    Table table;
    table.caption = words("Step by step ({})", why.steps.size());
    table.folded = true;
    table.head = {"Step", "What was looked at", "Decided", "Because"};
    for (auto const& step : why.steps) {
        table.rows.push_back({{stage_title(step.stage), {}, {}, false, true}, {step.id, {}, {}, true},
            {step.decided ? "yes" : "no", {}, step.decided ? "purple" : ""}, {Words::kept("because", step.because)}});
    }
    return {summary(rows), portal::table(table)};
}

task<Response> show_why(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto const key = std::string(visit.query("key"));
    auto const work = [dir = visit.site.services.settings.log_dir, key] { return log::read_row(dir, key); };
    auto const found = co_await run_aside(visit.site, work);
    if (!found || !*found)
        co_return show_message(visit, 404, "We cannot find this row", "It may have been removed because of its age.");
    auto row = **found;
    auto const purpose = stated.empty() ? trimmed_value(visit.request.query, "purpose") : stated;
    auto const names = purpose.empty() ? Names::hidden : Names::shown;
    store::LogLook look{{}, "access-log.read", "row:" + row.decision_id, row.user, {}, {}};
    if (!purpose.empty()) // only then is a person named
        look.detail = "purpose: " + purpose;
    auto begun = co_await begin_look(visit, std::move(look), names);
    if (auto* const refused = std::get_if<Response>(&begun))
        co_return std::move(*refused);
    auto const why = explained_today(visit, row);
    if (why && why->sealed) // since then
        row.stage = policy::to_text(policy::Stage::sealed);
    auto const shown = std::get<LogSight>(begun).shown(row);
    Page page;
    page.title = "Why?";
    page.back = "/log";
    page.parts = {heading("Why?", log::is_sealed(row) ? Words("sealed") : Words(row.host)), subheading("What was recorded"),
        summary(recorded_rows(visit, shown, names)), subheading("The same question with today's rules")};
    for (auto const& part : today_parts(row, why, names))
        page.parts.push_back(part);
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
