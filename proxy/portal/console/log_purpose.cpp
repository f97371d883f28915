#include "proxy/portal/console/log_purpose.hpp"

#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

Page purpose_page(Visit const& visit, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/log/purpose";
    form.button = "Begin";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::area, "purpose", "What do you look at the access log for?",
                       "One sentence. The headteacher and the data protection officer read it.",
                       std::string(visit.form("purpose")), {}, problem_with(problems, "purpose"), "", 500},
        {Field::Kind::radios, "days", "For how long?", "It ends by itself.", std::string(visit.form("days")),
            {{"1", "One day", ""}, {"7", "One week", ""}, {"14", "Two weeks", ""}}, problem_with(problems, "days")}};
    Page page;
    page.title = "Before you look";
    page.back = "/";
    if (visit.request.as_data)
        page.status = 403; // a program waits for rows, not for a question
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(
        paragraph("The access log is about people. You say once what you look at it for; every search after that is kept "
                  "on record with it."));
    page.parts.push_back(portal::form(form));
    return page;
}

} // namespace

task<std::optional<Response>> ask_for_purpose(Visit const& visit, std::string& purpose)
{
    if (!visit.has_role(ConsoleRole::marketing))
        co_return std::nullopt;
    auto const work = [id = visit.session->account.id, now = visit.instant()](
                          Ledger& ledger) { return store::live_log_purpose(ledger, id, now); };
    auto const live = co_await visit.site.services.store.call(work);
    if (!live)
        co_return show_failure(visit, live.error());
    if (!*live)
        co_return show(visit, purpose_page(visit, {}));
    purpose = (*live)->purpose;
    co_return std::nullopt;
}

task<std::vector<Part>> purpose_parts(Visit const& visit)
{
    std::vector<Part> parts;
    if (!visit.has_role(ConsoleRole::marketing))
        co_return parts;
    auto const work = [id = visit.session->account.id, now = visit.instant()](
                          Ledger& ledger) { return store::live_log_purpose(ledger, id, now); };
    auto const live = co_await visit.site.services.store.call(work);
    if (!live || !*live)
        co_return parts;
    parts.push_back(
        inset(words("You look at it for: {} It ends on {}.", (*live)->purpose, shown_time(visit.site, (*live)->until))));
    Form form;
    form.action = "/log/purpose/end";
    form.button = "End it now";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number((*live)->id))}};
    parts.push_back(portal::form(form));
    co_return parts;
}

Table purpose_table(Visit const& visit, std::vector<store::LogPurpose> const& purposes)
{
    Table table{.caption = "What marketing looked at the access log for",
        .head = {"Purpose", "Who", "From", "Until"},
        .rows = {},
        .empty = "Marketing has not looked at the access log."};
    for (auto const& each : purposes) {
        bool const is_live = !each.ended_at && visit.instant() < each.until;
        table.rows.push_back({{each.purpose}, {Words::kept("login", each.login)}, {shown_time(visit.site, each.from)},
            is_live ? Cell{shown_time(visit.site, each.until), {}, "purple"}
                    : Cell{shown_time(visit.site, each.ended_at.value_or(each.until))}});
    }
    return table;
}

task<Response> take_log_purpose(Visit const& visit)
{
    auto const purpose = trimmed_value(visit.request.form, "purpose");
    auto const days = parse_id(visit.form("days")).value_or(0);
    std::vector<Problem> problems;
    if (purpose.empty())
        problems.push_back({"purpose", "Write what you look at it for"});
    if (days < 1 || days > 14)
        problems.push_back({"days", "Choose how long"});
    if (!problems.empty())
        co_return show(visit, purpose_page(visit, problems));
    auto const work = [purpose, until = visit.instant() + std::chrono::days(days), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::begin_log_purpose(ledger, purpose, until, actor, now); };
    auto const begun = co_await visit.site.services.store.call(work);
    co_return begun ? redirect_to("/log") : show_failure(visit, begun.error());
}

task<Response> take_log_purpose_end(Visit const& visit)
{
    if (visit.form("id").empty())
        co_return nothing_chosen(visit);
    auto const id = static_cast<store::LogPurposeId>(parse_id(visit.form("id")).value_or(0));
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::end_log_purpose(ledger, id, actor, now); };
    auto const ended = co_await visit.site.services.store.call(work);
    if (!ended)
        co_return show_failure(visit, ended.error());
    co_return redirect_to(visit.has_role(ConsoleRole::marketing) ? "/" : "/privacy?done=ended");
}

} // namespace gatehouse::portal::console
