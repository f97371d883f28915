// The school's own lists: searched, and read fifty entries at a time.
#include "proxy/portal/console/list_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/seen_part.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

constexpr std::string_view every_list = "all";

store::EntrySearch search_of(Visit const& visit)
{
    store::EntrySearch search;
    if (visit.query("list") != every_list)
        search.list = chosen_list(visit.query("list"));
    search.text = trimmed_value(visit.request.query, "find");
    search.who = trimmed_value(visit.request.query, "who");
    if (visit.query("only") == "overdue")
        search.overdue_on = visit.now.local.date;
    return search;
}

std::string name_of(store::EntrySearch const& search)
{
    return std::string(search.list ? store::to_text(*search.list) : every_list);
}

Part search_form(store::EntrySearch const& search)
{
    Form form;
    form.action = "/lists";
    form.button = "Search";
    form.is_search = true;
    form.is_secondary = true;
    Field lists{Field::Kind::select, "list", "Which list?", "", name_of(search)};
    for (auto const list : store::all_school_lists)
        lists.options.push_back({std::string(store::to_text(list)), list_title(list), ""});
    lists.options.push_back({std::string(every_list), "All lists", ""});
    form.fields = {std::move(lists), {Field::Kind::text, "find", "Part of a site, a reason or a reference", "", search.text},
        {Field::Kind::text, "who", "Who added it or answers for it", "", search.who, {}, "", "", 200},
        {Field::Kind::select, "only", "Which entries?", "", search.overdue_on ? "overdue" : "",
            {{"", "All of them", ""}, {"overdue", "Overdue for review", ""}}}};
    return portal::form(form);
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

Table entry_table(Visit const& visit, store::EntrySearch const& search, std::vector<store::SchoolEntry> const& entries)
{
    bool const is_narrowed = !search.text.empty() || !search.who.empty() || search.overdue_on;
    Table table;
    table.caption = search.list ? list_title(*search.list) : Words("All lists");
    table.head = {"Site", "Where it works", "Reason", "Added by", "Answers for it", "Review by"};
    table.empty = is_narrowed ? "No entry is like that. Search for less, or in all lists." : "This list is empty.";
    if (!search.list)
        table.head.insert(table.head.begin() + 1, "List");
    for (auto const& entry : entries) {
        bool const overdue = entry.review_by < visit.now.local.date;
        auto const review = shown_date(entry.review_by);
        std::vector<Cell> cells{{entry.host + entry.path, "/lists/entry?id=" + std::to_string(store::number(entry.id))},
            reach_cell(visit, entry.host + entry.path), {entry.reason}, {entry.added_by}, {entry.owner},
            {overdue ? words("{}, overdue", review) : review, {}, overdue ? "yellow" : ""}};
        if (!search.list)
            cells.insert(cells.begin() + 1, {list_title(entry.list)});
        table.rows.push_back(std::move(cells));
    }
    return table;
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
    auto const search = search_of(visit);
    struct Found {
        Paging paging;
        std::vector<store::SchoolEntry> entries;
    };
    auto const work = [search, asked = std::string(visit.query("page"))](Ledger& ledger) -> result<Found> {
        auto const all = store::count_school_entries(ledger, search);
        if (!all)
            return all.error();
        auto const paging = paging_of(asked, *all);
        auto entries = store::find_school_entries(ledger, search, paging.skipped(), rows_of_page);
        return entries ? result<Found>{Found{paging, std::move(*entries)}} : entries.error();
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Page page;
    page.title = "School lists";
    if (auto const text = list_notice(visit.query("done")); !text.empty())
        page.parts.push_back(notice("Done", text));
    page.parts.push_back(heading("School lists"));
    page.parts.push_back(search_form(search));
    auto const all = found->paging.all;
    page.parts.push_back(paragraph(words(all == 1 ? "{} entry" : "{} entries", shown_number(all))));
    page.parts.push_back(portal::table(entry_table(visit, search, found->entries)));
    add_paging(page, visit, found->paging, "/lists");
    if (visit.has_role(ConsoleRole::officer))
        page.parts.push_back(link("Add sites", search.list ? "/lists/add?list=" + name_of(search) : std::string("/lists/add")));
    for (auto const other : store::all_school_lists)
        if (other != search.list)
            page.parts.push_back(
                link(words("Show the list: {}", list_title(other)), "/lists?list=" + std::string(store::to_text(other))));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
