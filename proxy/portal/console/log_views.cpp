#include "proxy/portal/console/log_views.hpp"

#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/store/log_views.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;
using store::LogView;

/// The search of this page without what is of one visit only. Days that were chosen are soon over; "the last 7 days" are not.
std::string kept_query(Visit const& visit)
{
    static constexpr std::array<std::string_view, 5> passing{"cursor", "purpose", "done", "from", "to"};
    Fields kept;
    for (auto const& field : visit.request.query)
        if (std::find(passing.begin(), passing.end(), field.first) == passing.end() && !field.second.empty())
            kept.push_back(field);
    auto const text = with_query("", kept);
    return text.empty() ? text : text.substr(1);
}

bool is_own(Visit const& visit, LogView const& view)
{
    return view.owner == visit.session->account.id;
}

/// Its owner's; one that is shared also the ICT lead's.
bool may_change(Visit const& visit, LogView const& view)
{
    return is_own(visit, view) || visit.has_role(store::ConsoleRole::ict_lead);
}

Part list_of_views(std::vector<LogView> const& views, Words nothing, bool own)
{
    std::vector<Cell> links;
    for (auto const& view : views) {
        Words text = view.name;
        if (!own)
            text = words("{}, shared by {}", view.name, view.owner_name);
        else if (view.is_shared)
            text = words("{}, shared with everybody who may read this log", view.name);
        links.push_back({std::move(text), "/log" + (view.query.empty() ? "" : "?" + view.query)});
    }
    return links.empty() ? paragraph(std::move(nothing)) : bullets(std::move(links));
}

Form form_of(Visit const& visit, std::string action, Words button)
{
    Form form;
    form.action = std::move(action);
    form.button = std::move(button);
    form.csrf = visit.csrf();
    form.is_secondary = true;
    return form;
}

Part save_form(Visit const& visit)
{
    auto form = form_of(visit, "/log/views", "Save this search");
    form.fields = {{Field::Kind::text, "name", "Name for this search", "With its columns; not what you look for it for.", "", {},
                       "", "off", 100},
        {Field::Kind::hidden, "query", "", "", kept_query(visit)}};
    return portal::form(form);
}

std::vector<Option> options_of(Visit const& visit, std::vector<LogView> const& views)
{
    std::vector<Option> options;
    for (auto const& view : views)
        options.push_back({std::to_string(store::number(view.id)), view.name,
            is_own(visit, view) ? Words() : words("Shared by {}", view.owner_name)});
    return options;
}

Part share_form(Visit const& visit, std::vector<LogView> const& views)
{
    auto form = form_of(visit, "/log/views/share", "Change who sees it");
    form.fields = {named_choice("view", "Which search?", options_of(visit, views)),
        {Field::Kind::radios, "shared", "Who sees it?",
            "One for a person, a device, an address or a single blocked page stays with its owner.", "yes",
            {{"yes", "Everybody who may read this log", "With your name beside it"}, {"no", "Its owner only", ""}}}};
    return portal::form(form);
}

Part removal_form(Visit const& visit, std::vector<LogView> const& views)
{
    auto form = form_of(visit, "/log/views/remove", "Remove it");
    form.fields = {named_choice("id", "Which search goes?", options_of(visit, views))};
    return portal::form(form);
}

/// Those that may be shared or are: the others would only be refused.
std::vector<LogView> shareable(std::vector<LogView> views)
{
    std::erase_if(views, [](LogView const& view) { return !view.is_shared && !store::is_about_nobody(view.query); });
    return views;
}

store::LogViewId view_of_form(Visit const& visit, std::string_view name)
{
    return static_cast<store::LogViewId>(parse_id(visit.form(name)).value_or(0));
}

Response not_shared(Visit const& visit)
{
    return show_message(visit, 422, "This search is not for everybody",
        "A search that others see names nobody: no person, device, address or single blocked page, and no name of a person in "
        "what "
        "it is called. Give it another name, or save one without them, and share that.");
}

} // namespace

task<std::vector<Part>> view_parts(Visit const& visit)
{
    auto const work = [id = visit.session->account.id](Ledger& ledger) { return store::list_log_views(ledger, id); };
    auto const views = co_await visit.site.services.store.call(work);
    if (!views)
        co_return std::vector<Part>{};
    std::vector<LogView> own, others, changeable;
    for (auto const& view : *views) {
        (is_own(visit, view) ? own : others).push_back(view);
        if (may_change(visit, view))
            changeable.push_back(view);
    }
    std::vector<Part> parts{subheading("Searches you saved"), list_of_views(own, "None yet.", true)};
    if (!others.empty()) {
        parts.push_back(subheading("Searches that others share"));
        parts.push_back(list_of_views(others, {}, false));
    }
    parts.push_back(save_form(visit));
    if (auto const open = shareable(changeable); !open.empty())
        parts.push_back(share_form(visit, open));
    if (!changeable.empty())
        parts.push_back(removal_form(visit, changeable));
    co_return parts;
}

task<Response> take_log_view(Visit const& visit)
{
    auto const work
        = [id = visit.session->account.id, name = trimmed_value(visit.request.form, "name"),
              query = std::string(visit.form("query"))](Ledger& ledger) { return store::save_log_view(ledger, id, name, query); };
    auto const saved = co_await visit.site.services.store.call(work);
    if (!saved && saved.error() == store::errc::invalid_value)
        co_return show_message(visit, 422, "Give it a name", "A saved search needs a name. You can keep up to 50 of them.");
    if (!saved && saved.error() == store::errc::wrong_state)
        co_return not_shared(visit);
    co_return saved ? redirect_to("/log?done=saved") : show_failure(visit, saved.error());
}

task<Response> take_log_view_sharing(Visit const& visit)
{
    if (visit.form("view").empty())
        co_return nothing_chosen(visit);
    auto const shared = visit.form("shared");
    if (shared != "yes" && shared != "no")
        co_return show_message(visit, 422, "Choose who sees it", "Go back, and choose everybody or its owner only.");
    auto const seen = shared == "yes" ? store::Seen::by_all : store::Seen::by_owner;
    auto const work = [id = view_of_form(visit, "view"), seen, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::set_log_view_seen(ledger, id, seen, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::wrong_state)
        co_return not_shared(visit);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to(shared == "yes" ? "/log?done=shared" : "/log?done=unshared");
}

task<Response> take_log_view_removal(Visit const& visit)
{
    if (visit.form("id").empty())
        co_return nothing_chosen(visit);
    auto const work = [id = view_of_form(visit, "id"), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::remove_log_view(ledger, id, actor, now); };
    auto const gone = co_await visit.site.services.store.call(work);
    co_return gone ? redirect_to("/log?done=removed") : show_failure(visit, gone.error());
}

} // namespace gatehouse::portal::console
