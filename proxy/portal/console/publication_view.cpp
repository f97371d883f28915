#include "proxy/portal/console/publication_view.hpp"

#include "proxy/portal/console/list_view.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/menu.hpp"

namespace gatehouse::portal::console {

Cell publication_state(store::Publication const& publication, store::Instant now)
{
    using enum store::PublicationState;
    bool const is_over = publication.state == waiting && !publication.waits(now);
    switch (is_over ? expired : publication.state) {
    case pending: return {"Later", {}, "purple"};
    case live: return {"Live", {}, "green"};
    case cancelled: return {"Called off", {}, "grey"};
    case refused: return {"Not published", {}, "red"};
    case waiting: return {"Waits for a second person", {}, "purple"};
    case expired: return {"Expired", {}, "grey"};
    }
    return {};
}

Words message_of(store::Publication const& publication, std::size_t max_bytes)
{
    auto text = shown_text(publication.message, max_bytes);
    return publication.undoes == store::PublicationId::none ? Words(std::move(text)) : Words::kept("undo", std::move(text));
}

Words list_title(store::SchoolList list)
{
    using store::SchoolList;
    switch (list) {
    case SchoolList::block: return "Blocked by the school";
    case SchoolList::allow: return "Allowed by the school";
    case SchoolList::leave_alone: return "Never looked into by the school";
    }
    return "Blocked by the school";
}

void add_list_changes(
    Page& page, Visit const& visit, std::vector<store::Change> const& changes, std::string_view path, std::string const& address)
{
    if (changes.empty())
        return;
    auto const paging = paging_of(visit.query("page"), changes.size());
    Table table;
    table.caption = "Changes of the school's lists";
    table.head = {"Site", "Change", "List", "Reason", "By", "When"};
    for (auto const& change : rows_on(paging, changes)) {
        bool const adds = change.kind == store::ChangeKind::add;
        auto const id = std::to_string(store::number(change.id));
        bool const needless = change.outcome == store::ChangeOutcome::not_needed;
        auto const* const kind
            = needless ? (adds ? "Goes on, was so already" : "Comes off, was so already") : (adds ? "Goes on" : "Comes off");
        table.rows.push_back(
            {{change.host + change.path, address.empty() ? std::string{} : address + id}, {kind, {}, adds ? "green" : "grey"},
                {list_title(change.list)}, {change.reason}, {change.made_by}, {shown_time(visit.site, change.made_at)}});
    }
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, paging, path);
}

result<Changes> read_changes(store::Ledger& ledger, store::PublicationId publication)
{
    auto lists = publication == store::PublicationId::none ? store::read_draft(ledger) : store::changes_of(ledger, publication);
    auto edits = store::policy_changes_of(ledger, publication);
    if (!lists || !edits)
        return !lists ? lists.error() : edits.error();
    return Changes{std::move(*lists), std::move(*edits)};
}

std::vector<SummaryRow> change_rows(
    Visit const& visit, store::Change const& change, std::optional<store::Referred> const& referred)
{
    bool const adds = change.kind == store::ChangeKind::add;
    std::vector<SummaryRow> rows{{"Change", {adds ? "Goes on the list" : "Comes off the list"}},
        {"List", {list_title(change.list)}}, {"Reason", {change.reason}},
        {"By", {words("{}, {}", change.made_by, shown_time(visit.site, change.made_at))}}};
    if (adds)
        rows.push_back({"Review by", {shown_date(change.review_by)}});
    rows.push_back({"Answers for it", {change.owner}});
    if (!change.reference.empty())
        rows.push_back({"Comes from", reference_cell(change.reference, referred)});
    return rows;
}

Words problem_text(policy::Problem const& problem)
{
    auto text = Words::kept("problem", problem.message);
    if (!problem.suggestion.empty())
        text = words("{} ({})", std::move(text), Words::kept("suggestion", problem.suggestion));
    return text;
}

Part problem_list(std::vector<policy::Problem> const& problems)
{
    std::vector<Cell> items;
    for (auto const& problem : problems)
        if (problem.severity == policy::Problem::Severity::error)
            items.push_back({problem_text(problem)});
    return bullets(items);
}

Field when_field(Visit const& visit)
{
    auto const chosen = visit.request.method == Method::post ? visit.form("when") : visit.query("when");
    return {Field::Kind::radios, "when", "When?", "", chosen == "now" ? "now" : "draft",
        {{"draft", "With the other changes of the draft", "You can see first what it would change"},
            {"now", "At once", "It is live in a moment"}}};
}

bool wants_at_once(Visit const& visit)
{
    return visit.form("when") == "now";
}

Words draft_notice(std::string_view done)
{
    if (done == "added")
        return "It is in the draft. Nothing is live yet.";
    if (done == "dropped")
        return "It is out of the draft.";
    return {};
}

Response after_drafting(Visit const& visit)
{
    bool const goes_there = visit.request.as_data || opens(visit, "/draft");
    return goes_there ? redirect_to("/draft?done=added") : show_message(visit, 200, "Draft", draft_notice("added"));
}

task<Response> after_proposal(Visit const& visit, store::Publication proposed, std::string location)
{
    auto& site = visit.site;
    auto const address = [](store::PublicationId id, std::string const& done) {
        return "/history/one?done=" + done + "&id=" + std::to_string(store::number(id));
    };
    if (proposed.state == store::PublicationState::waiting)
        co_return redirect_to(address(proposed.id, "asked"));
    if (proposed.waits_beside != store::PublicationId::none)
        location = address(proposed.waits_beside, "rest");
    auto const work = [&site] { return site.services.publish_pending(); };
    auto const published = co_await run_aside(site, work);
    if (proposed.due_at > visit.instant())
        co_return redirect_to(proposed.waits_beside == store::PublicationId::none ? "/history?done=later" : location);
    auto const look = [id = proposed.id](store::Ledger& ledger) { return store::find_publication(ledger, id); };
    auto const now = co_await site.services.store.call(look);
    if (!now)
        co_return show_failure(visit, now.error());
    if (now->state == store::PublicationState::live && published.published)
        co_return redirect_to(std::move(location));
    Page page;
    page.has_problem = true;
    page.status = 409;
    if (now->state == store::PublicationState::refused) {
        page.title = "Not published";
        page.parts = {heading(page.title),
            paragraph(
                "The rules of the school do not hold with this change, so nothing of it is live. It is in the draft, where you "
                "can change it.")};
        page.parts.push_back(bullets({{Words::kept("problem", now->note)}}));
        page.parts.push_back(link("Go to the draft", "/draft"));
        co_return show(visit, page);
    }
    page.title = "Saved, but not live yet";
    page.parts = {heading(page.title),
        paragraph("Your change is saved. The gateway could not take it over yet, so the rules from before are still in force. "
                  "Please tell "
                  "the ICT lead.")};
    page.parts.push_back(problem_list(published.problems));
    page.parts.push_back(link("Go on", location));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
