// Supervised use (clause 12): who may use the web only with a member of staff beside them, why, and where somebody sits beside them now.
#include "proxy/portal/console/incident_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/supervision_view.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/store/incidents.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;
using store::RestrictionState;

std::string address_of(store::RestrictionRow const& row)
{
    return "/supervision/one?id=" + std::to_string(store::number(row.id));
}

bool may_propose(Visit const& visit)
{
    return visit.has_role(ConsoleRole::officer) || visit.has_role(ConsoleRole::dsl);
}

bool may_end(Visit const& visit)
{
    return may_propose(visit) || visit.has_role(ConsoleRole::headteacher) || visit.has_role(ConsoleRole::chief_executive);
}

bool may_supervise(Visit const& visit)
{
    return may_propose(visit) || visit.has_role(ConsoleRole::headteacher) || visit.has_role(ConsoleRole::supervisor);
}

Form step_form(Visit const& visit, store::RestrictionRow const& row, std::string action, Words button)
{
    Form form;
    form.action = std::move(action);
    form.button = std::move(button);
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(row.id))},
        {Field::Kind::hidden, "version", "", "", std::to_string(row.version)}};
    return form;
}

Part facts(Visit const& visit, store::RestrictionRow const& row)
{
    std::vector<SummaryRow> rows{{"Person", {row.user}}, {"State", restriction_state(row, visit.instant())},
        {"From", {shown_time(visit.site, row.from)}}, {"Until", {shown_time(visit.site, row.until)}}};
    if (row.state == RestrictionState::ended && row.ended_at)
        rows.push_back({"Ended before its time", {shown_time(visit.site, *row.ended_at)}});
    if (sees_reasons(visit)) {
        rows.push_back({"Why", {row.reason}});
        rows.push_back({"What speaks against it", {row.against.empty() ? Words("Nothing was written") : Words(row.against)}});
        rows.push_back({"Proposed by", {Words::kept("login", row.proposed_by)}});
        if (!row.confirmed_by.empty())
            rows.push_back({row.state == RestrictionState::refused ? "Refused by" : "Confirmed by",
                {Words::kept("login", row.confirmed_by)}});
        if (!row.end_proposed_by.empty())
            rows.push_back({"End proposed by", {Words::kept("login", row.end_proposed_by)}});
        if (!row.ended_by.empty())
            rows.push_back({"Ended by", {Words::kept("login", row.ended_by)}});
        if (!row.end_reason.empty())
            rows.push_back({"Reason for that", {row.end_reason}});
    }
    return summary(rows);
}

Part decision_form(Visit const& visit, store::RestrictionRow const& row, std::vector<Problem> const& problems)
{
    auto form = step_form(visit, row, "/supervision/decide", "Confirm");
    form.fields.push_back({Field::Kind::radios, "decision", "Your decision", "", std::string(visit.form("decision")),
        {{"confirm", "Supervised use", "From now on this person needs a member of staff beside them"},
            {"refuse", "Refuse", "Nothing changes for this person"}},
        problem_with(problems, "decision")});
    form.fields.push_back({Field::Kind::area, "reason", "Your reason", "Needed when you refuse.",
        std::string(visit.form("reason")), {}, problem_with(problems, "reason"), "", 1000});
    return portal::form(form);
}

void add_supervision(Page& page, Visit const& visit, SupervisionCase const& found, std::vector<Problem> const& problems)
{
    auto const live = std::find_if(found.supervisions.begin(), found.supervisions.end(),
        [&](auto const& row) { return !row.ended_at && visit.instant() < row.until; });
    page.parts.push_back(subheading("A member of staff beside them"));
    if (live != found.supervisions.end()) {
        page.parts.push_back(inset(words(
            "At {} until {}, with {}.", live->device, shown_time(visit.site, live->until), Words::kept("login", live->by))));
        auto end = step_form(visit, found.restriction, "/supervision/stop", "End it now");
        end.fields.push_back({Field::Kind::hidden, "supervision", "", "", std::to_string(store::number(live->id))});
        end.is_secondary = true;
        page.parts.push_back(portal::form(end));
        return;
    }
    auto begin = step_form(visit, found.restriction, "/supervision/start", "I sit beside them");
    begin.fields.push_back(
        {Field::Kind::text, "device", "Which computer?", "The blocked page on that computer shows what to write here.",
            std::string(visit.form("device")), {}, problem_with(problems, "device"), "off", 64});
    begin.fields.push_back({Field::Kind::radios, "length", "For how long?", "", std::string(visit.form("length")),
        {{"30", "Half an hour"}, {"60", "One hour"}, {"120", "Two hours"}}, problem_with(problems, "length")});
    page.parts.push_back(portal::form(begin));
}

Table past_supervisions(Visit const& visit, std::vector<store::SupervisionRow> const& rows)
{
    Table table;
    table.caption = "When somebody sat beside them";
    table.head = {"From", "Until", "Computer", "Who"};
    table.folded = true;
    for (auto const& row : rows)
        table.rows.push_back({{shown_time(visit.site, row.from)}, {shown_time(visit.site, row.end())}, {row.device},
            {Words::kept("login", row.by)}});
    return table;
}

void add_past_supervisions(Page& page, Visit const& visit, std::vector<store::SupervisionRow> const& rows)
{
    auto const paging = paging_of(visit.query("page"), rows.size());
    page.parts.push_back(portal::table(past_supervisions(visit, rows_on(paging, rows))));
    add_paging(page, visit, paging, "/supervision/one");
}

Table evidence(Visit const& visit, std::vector<store::IncidentRow> const& rows)
{
    Table table;
    table.caption = "What the gateway saw of this person";
    table.head = {"Last seen", "What", "Weight", "Times"};
    table.empty = "The gateway has no incident of this person on record.";
    for (auto const& row : rows)
        table.rows.push_back({{shown_time(visit.site, row.last_at)}, {shown_incident(row.incident)},
            {Words::perhaps_ours(spoken(detect::to_text(row.incident.grade)))}, {std::to_string(row.count)}});
    return table;
}

/// The incidents of the person, for those who decide about them. Reading them is on record.
task<result<std::vector<store::IncidentRow>>> read_evidence(Visit const& visit, store::RestrictionRow const& row)
{
    store::IncidentFilter filter;
    filter.user = row.user;
    store::IncidentReader const reader{visit.actor(), "supervised use " + std::to_string(store::number(row.id)), visit.instant()};
    auto const work = [filter, reader](Ledger& ledger) { return store::search_incidents(ledger, filter, reader); };
    co_return co_await visit.site.services.store.call(work);
}

void add_steps(Page& page, Visit const& visit, store::RestrictionRow const& row, std::vector<Problem> const& problems)
{
    if (row.until <= visit.instant()) // the store takes no step then
        return;
    if (row.state == RestrictionState::proposed && visit.has_role(row.decider)) {
        page.parts.push_back(subheading("Decide"));
        page.parts.push_back(decision_form(visit, row, problems));
    }
    if (row.state == RestrictionState::active && may_end(visit)) {
        auto form = step_form(visit, row, "/supervision/propose-end", "Propose to end it");
        form.fields.push_back({Field::Kind::area, "reason", "Why should it end?", "Somebody else confirms it.",
            std::string(visit.form("reason")), {}, problem_with(problems, "reason"), "", 1000});
        form.is_secondary = true;
        page.parts.push_back(subheading("End it early"));
        page.parts.push_back(portal::form(form));
    }
    if (row.state == RestrictionState::end_proposed && may_end(visit)) {
        page.parts.push_back(subheading("End it early"));
        auto form = step_form(visit, row, "/supervision/confirm-end", "Decide");
        form.fields.push_back({Field::Kind::radios, "decision", "Should it end?", "", std::string(visit.form("decision")),
            {{"end", "It ends now", ""}, {"keep", "It goes on as before", ""}}, problem_with(problems, "decision")});
        form.fields.push_back({Field::Kind::area, "reason", "Your reason", "Needed if it goes on.",
            std::string(visit.form("reason")), {}, problem_with(problems, "reason"), "", 1000});
        page.parts.push_back(portal::form(form));
    }
}

Table list_of(Visit const& visit, std::vector<store::RestrictionRow> const& rows)
{
    Table table;
    table.caption = "Newest first";
    table.head = {"Person", "State", "Until"};
    table.empty = "Nobody is under supervised use.";
    for (auto const& row : rows)
        if (sees_reasons(visit) || is_in_force(row, visit.instant()))
            table.rows.push_back(
                {{row.user, address_of(row)}, restriction_state(row, visit.instant()), {shown_time(visit.site, row.end())}});
    return table;
}

Words done_text(std::string_view done)
{
    if (done == "proposed")
        return "It is proposed. It begins when it is confirmed.";
    if (done == "confirmed")
        return "Supervised use has begun.";
    if (done == "refused")
        return "It is refused. Nothing changes for this person.";
    if (done == "end-proposed")
        return "Its end is proposed. It goes on until somebody else confirms that.";
    if (done == "kept")
        return "It goes on as before.";
    if (done == "ended")
        return "Supervised use is over.";
    if (done == "started")
        return "The web is open at that computer while you sit there.";
    if (done == "stopped")
        return "The web is closed again for this person.";
    return "";
}

} // namespace

Cell restriction_state(store::RestrictionRow const& row, store::Instant now)
{
    switch (row.state) {
    case RestrictionState::proposed:
        if (now < row.until)
            return {"Waits for a decision", {}, "purple"};
        return {"Nobody decided in time", {}, "grey"};
    case RestrictionState::expired: return {"Nobody decided in time", {}, "grey"};
    case RestrictionState::refused: return {"Refused", {}, "grey"};
    case RestrictionState::ended: return {"Ended", {}, "grey"};
    case RestrictionState::active:
    case RestrictionState::end_proposed: break;
    }
    if (row.until <= now)
        return {"Over", {}, "grey"};
    if (row.state == RestrictionState::end_proposed)
        return {"In force, end proposed", {}, "yellow"};
    return {"In force", {}, "red"};
}

bool is_in_force(store::RestrictionRow const& row, store::Instant now)
{
    return (row.state == RestrictionState::active || row.state == RestrictionState::end_proposed) && now < row.until;
}

bool sees_reasons(Visit const& visit)
{
    return !visit.has_role(ConsoleRole::supervisor);
}

store::RestrictionId restriction_id_of(Fields const& fields)
{
    return static_cast<store::RestrictionId>(parse_id(value_of(fields, "id")).value_or(0));
}

task<Response> supervision_page(Visit const& visit, store::RestrictionId id, std::vector<Problem> problems)
{
    auto const work = [id, reader = visit.session->account.id](Ledger& ledger) -> result<SupervisionCase> {
        auto row = store::read_restriction(ledger, id, reader);
        if (!row)
            return row.error();
        auto supervisions = store::list_supervisions(ledger, id);
        if (!supervisions)
            return supervisions.error();
        return SupervisionCase{std::move(*row), std::move(*supervisions)};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& row = found->restriction;
    bool const in_force = is_in_force(row, visit.instant());
    if (!sees_reasons(visit) && !in_force)
        co_return show_failure(visit, store::errc::not_found);
    Page page;
    page.title = words("Supervised use of {}", row.user);
    page.back = "/supervision";
    if (auto const done = done_text(visit.query("done")); !done.empty())
        page.parts.push_back(notice("Done", done));
    add_problems(page, problems);
    page.parts.push_back(heading(row.user, "Supervised use"));
    page.parts.push_back(facts(visit, row));
    if (may_end(visit)) {
        auto const incidents = co_await read_evidence(visit, row);
        if (!incidents)
            co_return show_failure(visit, incidents.error());
        page.parts.push_back(portal::table(evidence(visit, *incidents)));
    }
    if (in_force && may_supervise(visit))
        add_supervision(page, visit, *found, problems);
    add_steps(page, visit, row, problems);
    if (!found->supervisions.empty() && sees_reasons(visit))
        add_past_supervisions(page, visit, found->supervisions);
    co_return show(visit, page);
}

task<Response> show_supervision(Visit const& visit)
{
    co_return co_await supervision_page(visit, restriction_id_of(visit.request.query), {});
}

task<Response> show_supervisions(Visit const& visit)
{
    auto const work = [reader = visit.session->account.id](Ledger& ledger) { return store::list_restrictions(ledger, reader); };
    auto const rows = co_await visit.site.services.store.call(work);
    if (!rows)
        co_return show_failure(visit, rows.error());
    Page page;
    page.title = "Supervised use";
    page.parts = {heading(page.title),
        paragraph(
            "People who tried to get round the filter and now use the web only with a member of staff beside them. One person "
            "proposes it, another decides.")};
    if (may_propose(visit))
        page.parts.push_back(link("Propose it for somebody", "/supervision/propose"));
    page.parts.push_back(portal::table(list_of(visit, *rows)));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
