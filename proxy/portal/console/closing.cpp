// What the online safety officer does with a request that needs no recommendation: answer it, or merge it with another.
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/store/same_request.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

/// `problems` are those of the form's fields.
Page reason_page(Words title, Words text, Form form, std::vector<Problem> const& problems)
{
    Page page;
    page.title = title;
    page.back = "/request?id=" + form.fields.front().value;
    add_problems(page, problems);
    page.parts.push_back(heading(title));
    page.parts.push_back(paragraph(text));
    page.parts.push_back(portal::form(form));
    return page;
}

/// Only if its next step is the reader's: nobody sees a form for a request of their own.
task<result<store::UnblockRequest>> find_own_turn(Visit const& visit, store::RequestId id)
{
    auto const work = [id, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<store::UnblockRequest> {
        if (auto const turn = store::check_turn(ledger, id, actor, now); !turn)
            return turn.error();
        return store::find_request(ledger, id);
    };
    co_return co_await visit.site.services.store.call(work);
}

task<Response> close_page(Visit const& visit, store::RequestId id, std::vector<Problem> problems)
{
    auto const request = co_await find_own_turn(visit, id);
    if (!request)
        co_return show_failure(visit, request.error());
    Form form;
    form.action = "/request/close";
    form.button = "Send the answer";
    form.csrf = visit.csrf();
    form.fields = step_fields(*request);
    form.fields.push_back({Field::Kind::area, "reason", "Your answer", "The person who asked reads this. Use plain words.",
        std::string(visit.form("reason")), {}, problem_with(problems, "reason"), "", 1000});
    co_return show(visit,
        reason_page("Answer without opening",
            "Use this if the site is not blocked, or if the answer is something else. For a yes or no, recommend to the "
            "headteacher instead.",
            form, problems));
}

/// The form that looks for one among them.
Part same_search_form(store::SameSearch const& search)
{
    Form form;
    form.action = "/request/merge";
    form.button = "Search";
    form.is_search = true;
    form.is_secondary = true;
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(search.than))},
        {Field::Kind::text, "find", "Part of a site or of a reference", "", search.part, {}, "", "", 200}};
    return portal::form(form);
}

/// Which of the others the page shows: as its address says, or as the form says that was sent from it.
struct SameAsked {
    std::string find, page;
};
SameAsked same_asked(Visit const& visit)
{
    auto const& from = visit.request.method == Method::post ? visit.request.form : visit.request.query;
    return {trimmed_value(from, "find"), std::string(value_of(from, "page"))};
}

Part same_form(Visit const& visit, store::UnblockRequest const& request, std::vector<store::UnblockRequest> const& others,
    std::vector<Problem> const& problems)
{
    constexpr std::size_t longest_why = 120;
    Field into{Field::Kind::radios, "into", "Which request shall it follow?", "", std::string(visit.form("into")), {},
        problem_with(problems, "into")};
    for (auto const& other : others)
        into.options.push_back(
            {std::to_string(store::number(other.id)), words("{} ({})", other.host + other.path, other.reference),
                words("Asked on {}: {}", shown_time(visit.site, other.submitted_at), shown_text(other.why, longest_why))});
    Form form;
    form.action = "/request/merge";
    form.button = "Merge";
    form.csrf = visit.csrf();
    form.fields = step_fields(request);
    auto const asked = same_asked(visit);
    form.fields.push_back({Field::Kind::hidden, "find", "", "", asked.find});
    form.fields.push_back({Field::Kind::hidden, "page", "", "", asked.page});
    form.fields.push_back(std::move(into));
    return portal::form(form);
}

task<Response> merge_page(Visit const& visit, store::RequestId id, std::vector<Problem> problems)
{
    auto const request = co_await find_own_turn(visit, id);
    if (!request)
        co_return show_failure(visit, request.error());
    auto const asked = same_asked(visit);
    store::SameSearch const search{id, asked.find};
    auto const work = [search, asked = asked.page](Ledger& ledger) {
        return read_page(
            asked, [&] { return store::count_same(ledger, search); },
            [&](std::size_t limit, std::size_t skipped) { return store::list_same(ledger, search, limit, skipped); });
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    if (found->rows.empty() && search.part.empty())
        co_return show_message(visit, 200, "There is nothing to merge with", "No other request is open.");
    Page page;
    page.title = words("Merge {}", request->host);
    page.back = "/request?id=" + std::to_string(store::number(id));
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph("One decision is then made for both people. Requests for the same site come first."));
    if (found->paging.last_number() > 1 || !search.part.empty())
        page.parts.push_back(same_search_form(search));
    if (found->rows.empty())
        page.parts.push_back(paragraph("No open request is like that. Search for less."));
    else
        page.parts.push_back(same_form(visit, *request, found->rows, problems));
    bool const was_sent = visit.request.method == Method::post; // then its query is not in the address
    add_paging(page, visit, found->paging,
        was_sent ? with_query("/request/merge", {{"id", std::to_string(store::number(id))}, {"find", asked.find}})
                 : "/request/merge");
    co_return show(visit, page);
}

} // namespace

task<Response> show_close(Visit const& visit)
{
    co_return co_await close_page(visit, static_cast<store::RequestId>(parse_id(visit.query("id")).value_or(0)), {});
}

task<Response> take_close(Visit const& visit)
{
    auto const step = step_of(visit);
    auto const reason = trimmed_value(visit.request.form, "reason");
    auto const work = [step, reason](Ledger& ledger) { return store::close_request(ledger, step, reason); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value)
        co_return co_await close_page(visit, step.id,
            one_problem("reason", reason.empty() ? "Write an answer" : "The answer is too long. Use at most 1,000 letters"));
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/requests?done=closed");
}

task<Response> show_merge(Visit const& visit)
{
    co_return co_await merge_page(visit, static_cast<store::RequestId>(parse_id(visit.query("id")).value_or(0)), {});
}

task<Response> take_merge(Visit const& visit)
{
    auto const step = step_of(visit);
    auto const into = parse_id(visit.form("into"));
    if (!into)
        co_return co_await merge_page(visit, step.id, one_problem("into", "Choose the request that it shall follow"));
    auto const work = [step, into = static_cast<store::RequestId>(*into)](
                          Ledger& ledger) { return store::merge_request(ledger, step, into); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/requests?done=merged");
}

} // namespace gatehouse::portal::console
