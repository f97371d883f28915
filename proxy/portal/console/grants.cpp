// Approved, time-limited permissions: what is open, why, and ending one early.
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/seen_part.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/store/overrides.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

Words spoken_columns(Visit const& visit, std::string_view column, std::vector<std::string> const& selectors, char const* nothing)
{
    auto const policy = visit.site.services.current_policy();
    std::vector<Words> parts;
    for (auto const& selector : selectors)
        parts.push_back(spoken_selector(*policy, column, selector));
    return parts.empty() ? nothing : joined(parts);
}

struct State {
    char const *text, *tag;
};

/// Only parts of sites, and everywhere the gateway goes by the names of these sites alone.
bool is_for_plain_pages(Visit const& visit, store::OverrideRow const& row)
{
    constexpr std::string_view part = "url:";
    return std::all_of(row.what.begin(), row.what.end(),
        [&](auto const& what) { return what.starts_with(part) && unseen_in(visit, what.substr(part.size())).everywhere; });
}

State state_of(Visit const& visit, store::OverrideRow const& row)
{
    auto const now = visit.instant();
    if (row.ended_at || row.until <= now)
        return {"Over", "grey"};
    if (row.from > now)
        return {"Later", "purple"};
    if (is_for_plain_pages(visit, row))
        return {"Open, but not on https", "yellow"};
    return {"Open", "green"};
}

} // namespace

task<Response> show_grants(Visit const& visit)
{
    bool const all = visit.query("show") == "all";
    auto const work = [all, now = visit.instant(), asked = std::string(visit.query("page"))](
                          Ledger& ledger) -> result<PageOf<store::OverrideRow>> {
        if (all)
            return read_page(
                asked, [&] { return store::count_overrides(ledger); },
                [&](std::size_t limit, std::size_t skipped) { return store::list_overrides(ledger, limit, skipped); });
        auto const open = store::current_overrides(ledger, now);
        if (!open)
            return open.error();
        auto const paging = paging_of(asked, open->size());
        return PageOf<store::OverrideRow>{paging, rows_on(paging, *open)};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = all ? "All grants" : "Open now or later";
    table.head = {"Site", "For whom", "Until", "State"};
    table.empty = "No site is open by a grant.";
    for (auto const& row : found->rows) {
        auto const state = state_of(visit, row);
        Words whom = spoken_columns(visit, "who", row.who, "everyone");
        if (!row.where.empty())
            whom = words("{}, at {}", whom, spoken_columns(visit, "where", row.where, "anywhere"));
        table.rows.push_back({{spoken_columns(visit, "what", row.what, ""), "/grant?id=" + std::to_string(store::number(row.id)),
                                  {}, false, false, row.name()},
            {whom}, {shown_time(visit.site, row.until)}, {state.text, {}, state.tag}});
    }
    Page page;
    page.title = "Grants";
    if (visit.query("done") == "ended")
        page.parts.push_back(notice("Done", "The grant is over and the site is closed again."));
    page.parts.push_back(heading("Grants"));
    page.parts.push_back(paragraph("Sites that were asked for and approved. Each closes by itself."));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, found->paging, "/grants");
    page.parts.push_back(all ? link("Show only what is open", "/grants") : link("Show also what is over", "/grants?show=all"));
    co_return show(visit, page);
}

task<Response> show_grant(Visit const& visit)
{
    auto const id = static_cast<store::OverrideId>(parse_id(visit.query("id")).value_or(0));
    auto const work = [id](Ledger& ledger) { return store::find_override(ledger, id); };
    auto const row = co_await visit.site.services.store.call(work);
    if (!row)
        co_return show_failure(visit, row.error());
    auto const state = state_of(visit, *row);
    Page page;
    page.title = words("Grant {}", row->name());
    page.back = "/grants";
    page.parts = {heading(spoken_columns(visit, "what", row->what, ""), row->name())};
    std::vector<SummaryRow> rows{{"State", {state.text, {}, state.tag}},
        {"For whom", {spoken_columns(visit, "who", row->who, "everyone")}},
        {"Where", {spoken_columns(visit, "where", row->where, "anywhere")}},
        {"When", {spoken_columns(visit, "when", row->when, "at any time")}}, {"From", {shown_time(visit.site, row->from)}},
        {"Until", {shown_time(visit.site, row->until)}}, {"Clause", {row->clause}}, {"Reason", {row->reason}},
        {"Approved by", {row->approved_by}}};
    if (row->ended_at)
        rows.push_back({"Ended",
            {words(row->end_reason.empty() ? "{} by {}" : "{} by {}: {}", shown_time(visit.site, *row->ended_at), row->ended_by,
                Words::kept("ended", row->end_reason))}});
    page.parts.push_back(summary(rows));
    bool const may_end = visit.has_role(ConsoleRole::officer) || visit.has_role(ConsoleRole::headteacher);
    if (may_end && !row->ended_at && row->until > visit.instant()) {
        Form form;
        form.action = "/grant/end";
        form.button = "Close the site now";
        form.is_warning = true;
        form.csrf = visit.csrf();
        form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(row->id))},
            {Field::Kind::text, "reason", "Why does it end early?", "", "", {}, "", "", 500}};
        page.parts.push_back(subheading("End it early"));
        page.parts.push_back(portal::form(form));
    }
    co_return show(visit, page);
}

task<Response> take_grant_end(Visit const& visit)
{
    auto const id = static_cast<store::OverrideId>(parse_id(visit.form("id")).value_or(0));
    auto const reason = trimmed_value(visit.request.form, "reason");
    auto const work = [id, reason, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::revoke_override(ledger, id, reason, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value)
        co_return show_message(
            visit, 422, "Write a reason", "The record needs to say why the grant ended early. Go back and write a sentence.");
    if (!done)
        co_return show_failure(visit, done.error());
    auto const published = co_await publish_now(visit.site, "grant ended early");
    co_return after_publication(visit, published, "/grants?done=ended");
}

} // namespace gatehouse::portal::console
