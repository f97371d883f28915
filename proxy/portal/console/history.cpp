// What was published, by whom and what for; taking it back, and calling off what is to come.
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/publication_view.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;
using store::PublicationId;
using store::PublicationState;

constexpr std::size_t publications_of_page = 50;

Words notice_of(std::string_view done)
{
    if (done == "published")
        return "The change is live.";
    if (done == "later")
        return "The change will go live by itself at that time. Until then you can call it off here.";
    if (done == "undone")
        return "The change is taken back, and that is live.";
    if (done == "cancelled")
        return "It was called off. Its changes are in the draft again.";
    return {};
}

PublicationId asked_id(std::string_view text)
{
    return static_cast<PublicationId>(parse_id(text).value_or(0));
}

Part step_form(Visit const& visit, PublicationId id, std::string action, Words button)
{
    Form form;
    form.action = std::move(action);
    form.button = std::move(button);
    form.is_warning = true;
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(id))}};
    return portal::form(form);
}

/// All of them; those of rules and timetable each with what stood there before.
void add_changes(Page& page, Visit const& visit, Changes const& changes)
{
    if (changes.empty())
        page.parts.push_back(paragraph("Its changes went back to the draft."));
    add_list_changes(page, visit, changes.lists, "/history/one");
    if (!changes.policy.empty())
        page.parts.push_back(policy_changes_table(visit.site, "Changes of rules and timetable", changes.policy));
    auto const policy = visit.site.services.current_policy();
    for (auto const& change : changes.policy) {
        page.parts.push_back(subheading(title_of(change)));
        auto const& edit = change.edit;
        auto const before = change.outcome == store::ChangeOutcome::waiting ? policy::written_row(*policy, edit.table, edit.row)
                                                                            : change.back.text;
        page.parts.push_back(difference(*policy, edit, before));
    }
}

} // namespace

task<Response> show_history(Visit const& visit)
{
    auto const before = asked_id(visit.query("before"));
    auto const work = [before](Ledger& ledger) { return store::list_publications(ledger, before, publications_of_page + 1); };
    auto found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    bool const more = found->size() > publications_of_page;
    if (more)
        found->pop_back();
    Table table;
    table.caption = "Publications, newest first";
    table.head = {"What for", "When", "By", "State"};
    table.empty = "Nothing was published from the console yet.";
    for (auto const& one : *found)
        table.rows.push_back({{message_of(one), "/history/one?id=" + std::to_string(store::number(one.id))},
            {shown_time(visit.site, one.due_at)}, {one.made_by}, publication_state(one.state)});
    Page page;
    page.title = "History";
    page.back = "/draft";
    if (auto const text = notice_of(visit.query("done")); !text.empty())
        page.parts.push_back(notice("Done", text));
    page.parts.push_back(heading("History"));
    page.parts.push_back(portal::table(table));
    if (more)
        page.parts.push_back(pages("", "/history?before=" + std::to_string(store::number(found->back().id))));
    co_return show(visit, page);
}

task<Response> show_publication(Visit const& visit)
{
    auto const id = asked_id(visit.query("id"));
    struct Found {
        store::Publication publication;
        Changes changes;
    };
    auto const work = [id](Ledger& ledger) -> result<Found> {
        auto publication = store::find_publication(ledger, id);
        auto changes = read_changes(ledger, id);
        if (!publication || !changes)
            return !publication ? publication.error() : changes.error();
        return Found{std::move(*publication), std::move(*changes)};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& one = found->publication;
    Page page;
    page.title = words("Publication {}", store::number(one.id));
    page.back = "/history";
    std::vector<SummaryRow> rows{{"State", publication_state(one.state)},
        {one.state == PublicationState::pending ? "Goes live" : "When", {shown_time(visit.site, one.due_at)}},
        {"By", {words("{}, {}", one.made_by, shown_time(visit.site, one.made_at))}}};
    if (!one.note.empty())
        rows.push_back({"Because", {Words::kept("problem", one.note)}});
    if (one.undoes != PublicationId::none)
        rows.push_back({"Takes back",
            {words("Publication {}", store::number(one.undoes)),
                "/history/one?id=" + std::to_string(store::number(one.undoes))}});
    page.parts = {heading(message_of(one), page.title), summary(rows)};
    add_changes(page, visit, found->changes);
    if (visit.has_role(ConsoleRole::officer) && one.state == PublicationState::live)
        page.parts.push_back(step_form(visit, id, "/history/undo", "Take it back"));
    if (visit.has_role(ConsoleRole::officer) && one.state == PublicationState::pending)
        page.parts.push_back(step_form(visit, id, "/history/cancel", "Call it off"));
    co_return show(visit, page);
}

task<Response> take_undo(Visit const& visit)
{
    auto const work = [id = asked_id(visit.form("id")), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::propose_undo(ledger, id, actor, now); };
    auto const proposed = co_await visit.site.services.store.call(work);
    if (!proposed && proposed.error() == store::errc::wrong_state)
        co_return show_message(visit, 409, "There is nothing to take back",
            "Nothing of this publication is in force any more: it was taken back, or changed by a later one.");
    if (!proposed)
        co_return show_failure(visit, proposed.error());
    co_return co_await after_proposal(visit, *proposed, "/history?done=undone");
}

task<Response> take_cancel(Visit const& visit)
{
    auto const work = [id = asked_id(visit.form("id")), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::cancel_publication(ledger, id, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/history?done=cancelled");
}

} // namespace gatehouse::portal::console
