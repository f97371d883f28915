// The school's own lists: add and remove with a reason and a review date, into the draft or at once.
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/seen_part.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;
using store::SchoolList;

SchoolList chosen_list(std::string_view text)
{
    return store::parse_school_list(text).value_or(SchoolList::block);
}

constexpr std::size_t most_lines = 500;
constexpr std::size_t lines_told = 5; ///< of those that cannot be taken

Words fault_text(std::vector<store::RefusedLine> const& refused, std::size_t lines)
{
    std::vector<Words> faults;
    for (std::size_t i = 0; i < std::min(refused.size(), lines_told); ++i) {
        auto const& line = refused[i];
        bool const known = line.why == store::errc::already_exists;
        if (lines == 1)
            faults.push_back(known ? "This is on that list or in the draft already."
                                   : "This is not the name of a site. Write it like example.org.");
        else
            faults.push_back(words(known ? "Line {}, {}, is on that list or in the draft already."
                                         : "Line {}, {}, is not the name of a site. Write it like example.org.",
                line.number, shown_text(line.text)));
    }
    if (refused.size() > lines_told)
        faults.push_back(words("And {} more lines.", refused.size() - lines_told));
    return joined(faults, " ");
}

Page add_page(Visit const& visit, std::vector<Problem> const& problems)
{
    auto const list = chosen_list(visit.request.method == Method::post ? visit.form("list") : visit.query("list"));
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    auto const typed_or = [&](std::string_view name, std::string_view query) {
        return std::string(visit.request.method == Method::post ? visit.form(name) : visit.query(query));
    };
    auto const review
        = visit.form("review").empty() ? visit.now.local.date.next_year().to_text() : std::string(visit.form("review"));
    Form form;
    form.action = "/lists/add";
    form.button = "Add";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::radios, "list", "Which list?", "", std::string(store::to_text(list)),
                       {{"school-block", "Block it", "Closed for everyone the rules name"},
                           {"school-allow", "Allow it", "Open although another list names it"},
                           {"school-private", "Leave it alone", "Nobody looks inside; the rules go by its name only"}}},
        {Field::Kind::area, "target", "Sites, one on a line",
            "A name such as example.org, which covers everything below it, or a part such as example.org/games",
            typed_or("target", "target"), {}, error_of("target"), "", 50000},
        {Field::Kind::area, "reason", "Reason", "It stays on record.", typed_or("reason", "reason"), {}, error_of("reason"), "",
            500},
        {Field::Kind::date, "review", "Look at it again by", "", review, {}, error_of("review"), "", 10}, when_field(visit)};
    Page page;
    page.title = "Add sites";
    page.back = "/lists?list=" + std::string(store::to_text(list));
    add_problems(page, problems);
    page.parts.push_back(heading("Add sites to the school's list"));
    page.parts.push_back(portal::form(form));
    return page;
}

/// What an entry covers on encrypted pages.
Cell reach_cell(Visit const& visit, std::string const& place)
{
    auto const unseen = unseen_in(visit, place);
    if (unseen.everywhere)
        return {"Not on https", {}, "yellow"};
    if (unseen.networks.empty())
        return {"Everywhere"};
    return {words("Not on https at: {}", joined(unseen.networks))};
}

Words list_notice(std::string_view done)
{
    if (done == "added")
        return "It is on the list, and the change is live.";
    if (done == "removed")
        return "The site is off the list, and the change is live.";
    return {};
}

} // namespace

task<Response> show_lists(Visit const& visit)
{
    auto const list = chosen_list(visit.query("list"));
    auto const work = [list](Ledger& ledger) { return store::list_school_entries(ledger, list, store::Removed::without); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = list_title(list);
    table.head = {"Site", "Where it works", "Reason", "Added by", "Review by"};
    table.empty = "This list is empty.";
    for (auto const& entry : *found) {
        bool const overdue = entry.review_by < visit.now.local.date;
        auto const review = shown_date(entry.review_by);
        table.rows.push_back({{entry.host + entry.path, "/lists/entry?id=" + std::to_string(store::number(entry.id))},
            reach_cell(visit, entry.host + entry.path), {entry.reason}, {entry.added_by},
            {overdue ? words("{}, overdue", review) : review, {}, overdue ? "yellow" : ""}});
    }
    Page page;
    page.title = "School lists";
    if (auto const text = list_notice(visit.query("done")); !text.empty())
        page.parts.push_back(notice("Done", text));
    page.parts.push_back(heading("School lists"));
    page.parts.push_back(portal::table(table));
    if (visit.has_role(ConsoleRole::officer))
        page.parts.push_back(link("Add sites", "/lists/add?list=" + std::string(store::to_text(list))));
    for (auto const other : store::all_school_lists)
        if (other != list)
            page.parts.push_back(
                link(words("Show the list: {}", list_title(other)), "/lists?list=" + std::string(store::to_text(other))));
    co_return show(visit, page);
}

task<Response> show_list_add(Visit const& visit)
{
    co_return show(visit, add_page(visit, {}));
}

task<Response> take_list_add(Visit const& visit)
{
    store::NewChanges changes;
    changes.list = chosen_list(visit.form("list"));
    changes.targets = lines_of(visit.form("target"));
    changes.reason = trimmed_value(visit.request.form, "reason");
    auto const review = policy::Date::parse(visit.form("review"));
    std::vector<Problem> problems;
    if (changes.targets.empty())
        problems.push_back({"target", "Write the name of a site"});
    if (changes.targets.size() > most_lines)
        problems.push_back({"target", "These are too many at once. Add 500 sites at most, then the next ones"});
    if (changes.reason.empty())
        problems.push_back({"reason", "Write the reason"});
    if (!review || *review <= visit.now.local.date)
        problems.push_back({"review", "Choose a day after today"});
    if (!problems.empty())
        co_return show(visit, add_page(visit, problems));
    changes.review_by = *review;
    struct Taken {
        std::vector<store::RefusedLine> refused;
        std::optional<store::Publication> proposed; ///< nothing: it is in the draft
    };
    auto const work = [changes, at_once = wants_at_once(visit), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) -> result<Taken> {
        Taken taken;
        error_code failure;
        if (at_once) {
            auto proposed = store::propose_additions(ledger, changes, taken.refused, actor, now);
            if (proposed)
                taken.proposed = std::move(*proposed);
            else
                failure = proposed.error();
        } else if (auto const drafted = store::draft_additions(ledger, changes, taken.refused, actor, now); !drafted) {
            failure = drafted.error();
        }
        if (failure && taken.refused.empty())
            return failure;
        return taken;
    };
    auto const taken = co_await visit.site.services.store.call(work);
    if (!taken)
        co_return show_failure(visit, taken.error());
    if (!taken->refused.empty())
        co_return show(visit, add_page(visit, {{"target", fault_text(taken->refused, changes.targets.size())}}));
    if (!taken->proposed)
        co_return redirect_to("/draft?done=added");
    co_return co_await after_proposal(
        visit, *taken->proposed, "/lists?done=added&list=" + std::string(store::to_text(changes.list)));
}

task<Response> show_list_entry(Visit const& visit)
{
    auto const id = static_cast<store::ListEntryId>(parse_id(visit.query("id")).value_or(0));
    auto const work = [id](Ledger& ledger) { return store::find_school_entry(ledger, id); };
    auto const entry = co_await visit.site.services.store.call(work);
    if (!entry)
        co_return show_failure(visit, entry.error());
    Page page;
    page.title = entry->host + entry->path;
    page.back = "/lists?list=" + std::string(store::to_text(entry->list));
    page.parts = {heading(page.title, list_title(entry->list))};
    std::vector<SummaryRow> rows{{"Reason", {entry->reason}}, {"Review by", {shown_date(entry->review_by)}},
        {"Added", {words("{} by {}", shown_time(visit.site, entry->added_at), entry->added_by)}}};
    if (entry->removed_at)
        rows.push_back({"Removed",
            {words("{} by {}: {}", shown_time(visit.site, *entry->removed_at), entry->removed_by, entry->remove_reason)}});
    page.parts.push_back(summary(rows));
    if (auto const text = entry_warning(visit, entry->host, entry->path); !text.empty() && !entry->removed_at)
        page.parts.push_back(warning(text));
    if (visit.has_role(ConsoleRole::officer) && !entry->removed_at) {
        Form form;
        form.action = "/lists/remove";
        form.button = "Remove";
        form.is_warning = true;
        form.csrf = visit.csrf();
        form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(entry->id))},
            {Field::Kind::hidden, "list", "", "", std::string(store::to_text(entry->list))},
            {Field::Kind::text, "reason", "Why does it go?", "", "", {}, "", "", 500}, when_field(visit)};
        page.parts.push_back(subheading("Take it off the list"));
        page.parts.push_back(portal::form(form));
    }
    co_return show(visit, page);
}

task<Response> take_list_remove(Visit const& visit)
{
    auto const id = static_cast<store::ListEntryId>(parse_id(visit.form("id")).value_or(0));
    auto const reason = trimmed_value(visit.request.form, "reason");
    auto const work = [id, reason, at_once = wants_at_once(visit), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) -> result<std::optional<store::Publication>> {
        if (!at_once) {
            auto const drafted = store::draft_removal(ledger, id, reason, actor, now);
            return drafted ? result<std::optional<store::Publication>>{std::nullopt} : drafted.error();
        }
        auto proposed = store::propose_removal(ledger, id, reason, actor, now);
        return proposed ? result<std::optional<store::Publication>>{std::move(*proposed)} : proposed.error();
    };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value)
        co_return show_message(visit, 422, "Write a reason",
            "The record needs to say why the site went off the list. Go back and write a sentence.");
    if (!done)
        co_return show_failure(visit, done.error());
    if (!*done)
        co_return redirect_to("/draft?done=added");
    co_return co_await after_proposal(
        visit, **done, "/lists?done=removed&list=" + std::string(store::to_text(chosen_list(visit.form("list")))));
}

} // namespace gatehouse::portal::console
