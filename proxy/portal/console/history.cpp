// What was published, by whom and what for; taking it back, and calling off what is to come.
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/second_word.hpp"

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
    if (done == "turned-down")
        return "It does not go live. Its changes are in the draft again.";
    return {};
}

/// Of a publication that waits for a second person.
Words notice_of_one(std::string_view done)
{
    if (done == "asked")
        return "It is asked for. The gateway goes on looking into these sites until a second person confirms.";
    if (done == "rest")
        return "All other changes went their way. These sites wait for a second person: until then the gateway goes on looking "
               "into "
               "them.";
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

struct FoundPublication {
    store::Publication publication;
    Changes changes;
    std::vector<store::Account> confirmers;
    error_code refused; ///< why this reader cannot confirm it
};

result<FoundPublication> find_one(Ledger& ledger, store::PublicationStep const& step)
{
    auto publication = store::find_publication(ledger, step.id);
    auto changes = read_changes(ledger, step.id);
    auto confirmers = store::publication_confirmers(ledger, step.id, step.now);
    if (!publication || !changes || !confirmers)
        return !publication ? publication.error() : !changes ? changes.error() : confirmers.error();
    auto const turn = store::check_publication_turn(ledger, step);
    return FoundPublication{
        std::move(*publication), std::move(*changes), std::move(*confirmers), turn ? error_code{} : turn.error()};
}

Part confirmation_form(Visit const& visit, PublicationId id, std::vector<Problem> const& problems)
{
    return second_word_form(visit, "/history/decide", store::number(id),
        {"Whatever is done on these sites, nobody sees it but their names.", "Leave them alone",
            "The gateway looks into them no longer", "They go back to the draft; the gateway goes on looking into them"},
        problems);
}

/// What a reader can do about one that waits for a second person.
void add_turn(Page& page, Visit const& visit, FoundPublication const& found, std::vector<Problem> const& problems)
{
    if (!found.publication.waits(visit.instant()) || visit.is_held()) // the banner says why
        return;
    page.parts.push_back(paragraph("Sites that nobody looks into take two people: another officer or a headteacher confirms what "
                                   "an officer published. After "
                                   "14 days without an answer it expires and they go back to the draft."));
    if (found.refused == store::make_error_code(store::errc::same_person))
        page.parts.push_back(inset("You published it or drafted one of its sites: somebody else confirms it."));
    else if (found.refused == store::make_error_code(store::errc::wrong_state))
        page.parts.push_back(
            inset("Who published it is no officer any more. Call it off; its changes go back to the draft then."));
    else if (found.refused == store::make_error_code(store::errc::not_permitted))
        return; // other roles only read it
    else if (found.refused)
        page.parts.push_back(inset(failure_text(found.refused)));
    else if (!add_way_to_sign_in(page, visit, "/history/one?id=" + std::to_string(store::number(found.publication.id))))
        page.parts.push_back(confirmation_form(visit, found.publication.id, problems));
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

std::vector<SummaryRow> rows_of(Visit const& visit, FoundPublication const& found)
{
    auto const& one = found.publication;
    bool const is_to_come = one.state == PublicationState::pending || one.state == PublicationState::waiting;
    std::vector<SummaryRow> rows{{"State", publication_state(one, visit.instant())},
        {is_to_come ? "Goes live" : "When", {shown_time(visit.site, one.due_at)}},
        {"By", {words("{}, {}", one.made_by, shown_time(visit.site, one.made_at))}}};
    if (one.waits(visit.instant())) {
        rows.push_back({"Who could confirm it", {names_of_confirmers(found.confirmers)}});
        rows.push_back({"Expires on", {shown_time(visit.site, one.expires_at())}});
    }
    if (!one.confirmed_by.empty())
        rows.push_back({"Confirmed by", {Words::kept("login", one.confirmed_by)}});
    if (!one.note.empty())
        rows.push_back({"Because", {Words::kept("problem", one.note)}});
    if (one.undoes != PublicationId::none)
        rows.push_back({"Takes back",
            {words("Publication {}", store::number(one.undoes)),
                "/history/one?id=" + std::to_string(store::number(one.undoes))}});
    return rows;
}

task<Response> publication_page(Visit const& visit, PublicationId id, std::vector<Problem> problems)
{
    store::PublicationStep const step{id, visit.actor(), visit.instant()};
    auto const work = [step](Ledger& ledger) { return find_one(ledger, step); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& one = found->publication;
    Page page;
    page.title = words("Publication {}", store::number(one.id));
    page.back = "/history";
    add_problems(page, problems);
    if (auto const text = notice_of_one(visit.query("done")); !text.empty())
        page.parts.push_back(notice("Done", text));
    page.parts.push_back(heading(message_of(one), page.title));
    page.parts.push_back(summary(rows_of(visit, *found)));
    add_changes(page, visit, found->changes);
    add_turn(page, visit, *found, problems);
    bool const officer = visit.has_role(ConsoleRole::officer) && !visit.is_held();
    if (officer && one.state == PublicationState::live)
        page.parts.push_back(step_form(visit, id, "/history/undo", "Take it back"));
    if (officer && (one.state == PublicationState::pending || one.waits(visit.instant())))
        page.parts.push_back(step_form(visit, id, "/history/cancel", "Call it off"));
    co_return show(visit, page);
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
    table.head = {"What for", "When", "By", "State", "Expires on"};
    table.empty = "Nothing was published from the console yet.";
    for (auto const& one : *found)
        table.rows.push_back({{message_of(one), "/history/one?id=" + std::to_string(store::number(one.id))},
            {shown_time(visit.site, one.due_at)}, {one.made_by}, publication_state(one, visit.instant()),
            {one.waits(visit.instant()) ? shown_time(visit.site, one.expires_at()) : Words()}});
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
    co_return co_await publication_page(visit, asked_id(visit.query("id")), {});
}

task<Response> take_publication_decision(Visit const& visit)
{
    auto const word = co_await read_second_word(visit);
    store::PublicationStep const step{asked_id(visit.form("id")), visit.actor(), visit.instant()};
    if (!word.problems.empty())
        co_return co_await publication_page(visit, step.id, word.problems);
    if (!word.confirms) {
        auto const work
            = [step, reason = word.reason](Ledger& ledger) { return store::turn_down_publication(ledger, step, reason); };
        auto const done = co_await visit.site.services.store.call(work);
        co_return done ? redirect_to("/history?done=turned-down") : show_failure(visit, done.error());
    }
    auto const work = [step](Ledger& ledger) { return store::confirm_publication(ledger, step); };
    auto const confirmed = co_await visit.site.services.store.call(work);
    if (!confirmed)
        co_return show_failure(visit, confirmed.error());
    co_return co_await after_proposal(visit, *confirmed, "/history?done=published");
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
