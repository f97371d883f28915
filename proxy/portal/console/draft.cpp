// Changes of lists, rules and timetable before they are live: what waits, and publishing it with a message.
#include "proxy/portal/console/draft_view.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/seen_part.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

/// What the officer saw elsewhere of this draft, such as what would change with it; nothing: they come from elsewhere.
std::optional<std::int64_t> looked_at_mark(Visit const& visit)
{
    return parse_id(visit.query("seen"));
}

/// Own changes are chosen beforehand; those of others too only for who comes from what would change with all of this very draft.
Field whose_field(Visit const& visit, Draft const& draft, Words error)
{
    Field field{Field::Kind::radios, "whose", "Whose changes?",
        "Changes that were made on top of somebody else's may not hold without them. Then nothing is published, and you read "
        "why.",
        "", whose_options(draft), std::move(error)};
    auto const typed = visit.form("whose");
    bool const looked_at_all = visit.query("whose") == "all" && looked_at_mark(visit) == draft.mark;
    field.value = !typed.empty() ? std::string(typed) : looked_at_all ? "all" : draft.own > 0 ? "own" : "";
    return field;
}

Part publish_form(Visit const& visit, Draft const& draft, std::vector<Problem> const& problems)
{
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    Form form;
    form.action = "/draft/publish";
    form.button = "Publish";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::text, "message", "What is this change for?", "One sentence for the history.",
                       std::string(visit.form("message")), {}, error_of("message"), "", 500},
        {Field::Kind::datetime, "due", "When?", "Leave it empty to publish now.", std::string(visit.form("due")), {},
            error_of("due"), "", 16}};
    if (!draft.doubts.empty())
        form.fields.push_back({Field::Kind::hidden, "whose", "", "", "own"});
    else if (draft.has_others())
        form.fields.insert(form.fields.begin(), whose_field(visit, draft, error_of("whose")));
    form.fields.push_back({Field::Kind::hidden, "seen", "", "", std::to_string(draft.mark)});
    return portal::form(form);
}

void add_publishing(Page& page, Visit const& visit, Draft const& draft, std::vector<Problem> const& problems)
{
    if (!draft.doubts.empty() && draft.own == 0) // the page says why
        return;
    page.parts.push_back(subheading(draft.doubts.empty() ? "Make it live" : "Make your own changes live"));
    page.parts.push_back(visit.role_counts_from() ? inset(failure_text(store::errc::role_changed_recently))
                                                  : publish_form(visit, draft, problems));
}

/// What it would have meant: where it is not all the reader's own, for either choice of those who publish.
void add_effect_links(Page& page, Draft const& draft)
{
    if (!draft.has_others() || draft.own == 0) {
        page.parts.push_back(link("What would change?", "/draft/effect"));
        return;
    }
    page.parts.push_back(link(words("What would change with mine only ({})?", draft.own), "/draft/effect?whose=own"));
    page.parts.push_back(link(words("What would change with all of them ({})?", draft.all()), "/draft/effect?whose=all"));
}

/// What goes on a list and does less than it says.
void warn_of_entries(Visit const& visit, Page& page, std::vector<store::Change> const& changes)
{
    constexpr std::size_t most_told = 5;
    std::vector<Words> warnings;
    for (auto const& change : changes)
        if (auto text = entry_warning(visit, change.host, change.path); change.kind == store::ChangeKind::add && !text.empty())
            warnings.push_back(std::move(text));
    for (std::size_t i = 0; i < std::min(warnings.size(), most_told); ++i)
        page.parts.push_back(warning(warnings[i]));
    if (warnings.size() > most_told)
        page.parts.push_back(paragraph(more_lines(warnings.size() - most_told)));
}

/// Who looked at what would change publishes that, or reads that it is something else by now.
void say_if_changed(Page& page, Visit const& visit, Draft const& draft)
{
    auto const seen = looked_at_mark(visit);
    if (!seen || *seen == draft.mark)
        return;
    page.parts.push_back(warning("The draft has changed since you looked at what would change."));
    if (!draft.changes.empty())
        page.parts.push_back(link("Look again at what would change",
            visit.query("whose") == "own" && draft.own > 0 ? "/draft/effect?whose=own" : "/draft/effect?whose=all"));
}

/// The page of the draft. Errors: the store's.
task<Response> draft_page(Visit const& visit, std::vector<Problem> problems)
{
    auto const work = [reader = visit.session->account.id, now = visit.instant()](
                          Ledger& ledger) { return look_at_draft(ledger, reader, now); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const* const draft = &found->changes;
    Page page;
    page.title = "Draft";
    add_problems(page, problems);
    if (auto const text = draft_notice(visit.query("done")); !text.empty())
        page.parts.push_back(notice("Done", text));
    say_if_changed(page, visit, *found);
    page.parts.push_back(heading("Draft"));
    page.parts.push_back(paragraph(
        draft->empty() ? "The draft is empty: whatever you change is gathered here first." : "Changes that are not live yet."));
    add_list_changes(page, visit, draft->lists, "/draft", "/draft/change?id=");
    warn_of_entries(visit, page, rows_on(paging_of(visit.query("page"), draft->lists.size()), draft->lists));
    if (!draft->policy.empty())
        page.parts.push_back(
            policy_changes_table(visit.site, "Changes of rules and timetable", draft->policy, "/draft/edit?id="));
    bool const officer = visit.has_role(ConsoleRole::officer);
    if (!found->doubts.empty())
        page.parts.push_back(warning(doubt_text(*found)));
    if (!draft->empty()) {
        add_effect_links(page, *found);
        if (officer && !visit.is_held()) // the banner says why
            add_publishing(page, visit, *found, problems);
    }
    if (officer) {
        page.parts.push_back(link("Add sites", "/lists/add"));
        page.parts.push_back(link("Change a rule", "/rules"));
        page.parts.push_back(link("Turn a service on or off", "/services"));
    }
    page.parts.push_back(link("What was published before", "/history"));
    co_return show(visit, page);
}

} // namespace

task<Response> show_draft(Visit const& visit)
{
    co_return co_await draft_page(visit, {});
}

task<Response> show_draft_change(Visit const& visit)
{
    auto const id = static_cast<store::ChangeId>(parse_id(visit.query("id")).value_or(0));
    struct Found {
        store::Change change;
        std::optional<store::Referred> referred;
    };
    auto const work = [id, reader = visit.session->account.console_role](Ledger& ledger) -> result<Found> {
        auto const draft = store::read_draft(ledger);
        if (!draft)
            return draft.error();
        for (auto const& change : *draft) {
            if (change.id != id)
                continue;
            auto const referred = store::find_referred(ledger, change.reference, reader);
            return referred ? result<Found>{Found{change, *referred}} : referred.error();
        }
        return store::errc::not_found;
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& change = found->change;
    Page page;
    page.title = change.host + change.path;
    page.back = "/draft";
    page.parts = {heading(page.title, "Not live yet"), summary(change_rows(visit, change, found->referred))};
    warn_of_entries(visit, page, {change});
    if (visit.has_role(ConsoleRole::officer)) {
        Form form;
        form.action = "/draft/drop";
        form.button = "Take it out of the draft";
        form.is_warning = true;
        form.csrf = visit.csrf();
        form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(change.id))}};
        page.parts.push_back(portal::form(form));
    }
    co_return show(visit, page);
}

task<Response> take_draft_drop(Visit const& visit)
{
    auto const id = static_cast<store::ChangeId>(parse_id(visit.form("id")).value_or(0));
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::drop_change(ledger, id, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/draft?done=dropped");
}

task<Response> show_draft_edit(Visit const& visit)
{
    auto const id = static_cast<store::PolicyChangeId>(parse_id(visit.query("id")).value_or(0));
    auto const work = [id](Ledger& ledger) -> result<store::PolicyChange> {
        auto const draft = store::policy_changes_of(ledger, store::PublicationId::none);
        if (!draft)
            return draft.error();
        for (auto const& change : *draft)
            if (change.id == id)
                return change;
        return store::errc::not_found;
    };
    auto const change = co_await visit.site.services.store.call(work);
    if (!change)
        co_return show_failure(visit, change.error());
    auto const policy = visit.site.services.current_policy();
    Page page;
    page.title = title_of(*change);
    page.back = "/draft";
    page.parts = {heading(page.title, "Not live yet"),
        summary(
            {{"Reason", {change->reason}}, {"By", {words("{}, {}", change->made_by, shown_time(visit.site, change->made_at))}}}),
        difference(*policy, change->edit, policy::written_row(*policy, change->edit.table, change->edit.row))};
    if (visit.has_role(ConsoleRole::officer)) {
        Form form;
        form.action = "/draft/edit/drop";
        form.button = "Take it out of the draft";
        form.is_warning = true;
        form.csrf = visit.csrf();
        form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(change->id))}};
        page.parts.push_back(portal::form(form));
    }
    co_return show(visit, page);
}

task<Response> take_draft_edit_drop(Visit const& visit)
{
    auto const id = static_cast<store::PolicyChangeId>(parse_id(visit.form("id")).value_or(0));
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::drop_policy_change(ledger, id, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/draft?done=dropped");
}

task<Response> take_draft_publish(Visit const& visit)
{
    store::NewPublication publication;
    publication.message = trimmed_value(visit.request.form, "message");
    std::vector<Problem> problems;
    if (publication.message.empty())
        problems.push_back({"message", "Write what the change is for"});
    if (auto const due = visit.form("due"); !due.empty()) {
        auto const local = policy::LocalTime::parse(due);
        if (local)
            publication.due_at = visit.site.clock.instant_of(*local);
        if (!local || publication.due_at <= visit.instant())
            problems.push_back({"due", "Choose a day and a time to come, or leave it empty"});
    }
    auto const look = [reader = visit.session->account.id, now = visit.instant()](
                          Ledger& ledger) { return look_at_draft(ledger, reader, now); };
    auto const draft = co_await visit.site.services.store.call(look);
    if (!draft)
        co_return show_failure(visit, draft.error());
    auto const whose = visit.form("whose");
    if (draft->has_others() && whose != "own" && whose != "all")
        problems.push_back({"whose", "Choose whose changes are published"});
    if (whose != "own" && !draft->doubts.empty())
        problems.push_back({"whose", doubt_text(*draft)});
    if (whose == "own")
        publication.whose = store::Whose::own;
    publication.seen
        = parse_id(visit.form("seen")).value_or(draft->mark); // a program that has looked at nothing means what stands there now
    if (!problems.empty())
        co_return co_await draft_page(visit, std::move(problems));
    auto const work = [publication, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::propose_draft(ledger, publication, actor, now); };
    auto const proposed = co_await visit.site.services.store.call(work);
    if (!proposed && proposed.error() == store::errc::stale)
        co_return co_await draft_page(
            visit, one_problem("message", "The draft is another one by now. Look at it again, then publish"));
    if (!proposed)
        co_return show_failure(visit, proposed.error());
    co_return co_await after_proposal(visit, *proposed, "/history?done=published");
}

} // namespace gatehouse::portal::console
