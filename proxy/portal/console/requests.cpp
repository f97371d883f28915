#include "proxy/portal/console/came_with.hpp"
#include "proxy/portal/console/left_out.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/store/opening.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;
using store::RequestState;

struct Shown {
    char const *state, *queue; ///< of one request and of all in that state
    char const* tag = "grey";
};

Shown shown(RequestState state)
{
    switch (state) {
    case RequestState::submitted: return {"New", "New requests", "purple"};
    case RequestState::recommended: return {"Recommended", "Recommended requests", "purple"};
    case RequestState::approved: return {"Approved", "Approved requests", "green"};
    case RequestState::refused: return {"Refused", "Refused requests", "red"};
    case RequestState::closed: return {"Answered", "Answered requests"};
    case RequestState::withdrawn: return {"Taken back", "Taken back requests"};
    case RequestState::expired: return {"Too old", "Too old requests"};
    case RequestState::merged: return {"Merged", "Merged requests"};
    }
    return {"", "Requests"};
}

Words event_title(std::string const& event)
{
    std::string title = event;
    for (auto& c : title)
        c = c == '-' ? ' ' : c;
    if (!title.empty() && title[0] >= 'a' && title[0] <= 'z')
        title[0] = static_cast<char>(title[0] - 32);
    return Words::perhaps_ours(title);
}

/// The login of a person; the store has its own words for who has none.
Words event_actor(std::string const& actor)
{
    return actor == "requester" || actor == "system" ? Words::perhaps_ours(actor) : Words(actor);
}

/// What the person wrote. A recommendation's record begins with its selectors, which the page shows in words above.
Words event_words(store::RequestEvent const& event)
{
    if (event.actor == "system" || event.event == "merged")
        return Words::kept("event", event.text);
    auto const end = event.text.find(": ");
    if (event.event != "recommended" || end == std::string::npos)
        return event.text;
    return event.text.substr(end + 2);
}

/// What the policy calls it, for people; its id where the policy does not know it (any more).
template <class Table>
Words named(Visit const& visit, Table const& table, std::string const& id)
{
    for (auto const& each : table)
        if (!visit.request.as_data && each.id == id && !each.title.empty())
            return each.title;
    return id;
}

/// In the words of the form that chose it (triage.cpp), where it is one of its choices.
Words times_text(policy::Policy const& policy, std::vector<std::string> const& selectors)
{
    using Texts = std::vector<std::string>;
    if (selectors.empty())
        return "At any time";
    if (selectors == Texts{"lesson"})
        return "In lessons only";
    if (selectors == Texts{"break", "lunch"})
        return "At break and lunch only";
    if (selectors == Texts{"outside"})
        return "Outside the school day only";
    std::vector<Words> times;
    for (auto const& selector : selectors)
        times.push_back(spoken_selector(policy, "when", selector)); // "lesson 2"
    return words("In: {}", joined(times));
}

/// Which state the role's queue holds; `show` of the query picks another one.
RequestState wanted_state(Visit const& visit)
{
    if (auto const chosen = store::parse_request_state(visit.query("show")))
        return *chosen;
    return visit.has_role(ConsoleRole::officer) ? RequestState::submitted : RequestState::recommended;
}

Words queue_notice(std::string_view done)
{
    if (done == "recommended")
        return "Your recommendation is with the headteacher.";
    if (done == "recommended-chief")
        return "Your recommendation is with the chief executive: the headteacher asked for this site or may have asked for it.";
    if (done == "approved")
        return "Approved. The site opens as the officer proposed, and closes by itself.";
    if (done == "refused")
        return "Refused. The person can see your answer.";
    if (done == "sent-back")
        return "Sent back to the officer with your question.";
    if (done == "closed")
        return "Answered. The person can see it.";
    if (done == "merged")
        return "Merged. One decision is made for both people.";
    return {};
}

/// Why somebody whose role takes this step sees no form for it; empty for everybody else.
Words turn_text(Visit const& visit, RequestCase const& found)
{
    if (found.turn || found.turn.error() == store::errc::wrong_state)
        return {};
    if (found.turn.error() != store::errc::not_permitted)
        return failure_text(found.turn.error());
    return found.request.state == RequestState::recommended && visit.has_role(ConsoleRole::headteacher)
        ? "The chief executive decides on this request, because the headteacher asked for it or may have asked for it."
        : Words();
}

/// What each of the others asked for, which may be another page of the site.
Part others_table(Visit const& visit, std::vector<store::UnblockRequest> const& merged)
{
    Table table;
    table.caption = "Others who asked";
    table.head = {"Site", "Asked by", "Asked on", "Why"};
    for (auto const& other : merged)
        table.rows.push_back({{other.host + other.path}, {requester_text(visit, other.requester)},
            {shown_time(visit.site, other.submitted_at), {}, {}, false, true}, {shown_text(other.why, 120)}});
    return portal::table(table);
}

Part state_links(RequestState current)
{
    std::vector<Cell> items;
    for (auto const state : {RequestState::submitted, RequestState::recommended, RequestState::approved, RequestState::refused,
             RequestState::closed, RequestState::expired})
        if (state != current)
            items.push_back({shown(state).queue, "/requests?show=" + std::string(store::to_text(state))});
    return bullets(items);
}

} // namespace

result<RequestCase> read_case(Ledger& ledger, store::RequestStep const& reader)
{
    auto request = store::read_request(ledger, reader.id, reader.actor.account);
    if (!request)
        return request.error();
    auto merged = store::list_merged(ledger, reader.id);
    if (!merged)
        return merged.error();
    std::vector<std::vector<std::string>> groups;
    for (auto const& other : *merged) {
        auto of_other = store::groups_of_asker(ledger, other);
        if (!of_other)
            return of_other.error();
        groups.push_back(std::move(*of_other));
    }
    auto history = store::request_history(ledger, reader.id);
    if (!history)
        return history.error();
    auto const turn = store::check_turn(ledger, reader.id, reader.actor, reader.now);
    return RequestCase{std::move(*request), std::move(*merged), std::move(groups), std::move(*history), turn};
}

Words requester_text(Visit const& visit, store::Requester const& who)
{
    auto const policy = visit.site.services.current_policy();
    std::vector<Words> parts{who.role.empty() ? Words("Somebody") : named(visit, policy->roles, who.role),
        named(visit, policy->groups, who.group), who.user};
    if (who.user.empty() && !who.claimed_name.empty())
        parts.push_back(words("says: {}", who.claimed_name));
    return who.network.empty() ? joined(parts) : words("{}, at {}", joined(parts), named(visit, policy->networks, who.network));
}

Words scope_text(Visit const& visit, store::Recommendation const& recommendation)
{
    auto const policy = visit.site.services.current_policy();
    auto const& value = recommendation.scope_value;
    switch (recommendation.scope) {
    case store::Scope::person: return words("Only {}", value);
    case store::Scope::group: return words("The group {}", named(visit, policy->groups, value));
    case store::Scope::role: return words("Everyone with the role {}", named(visit, policy->roles, value));
    case store::Scope::everyone: return "Everyone";
    case store::Scope::network: return words("Everyone at {}", named(visit, policy->networks, value));
    }
    return "";
}

std::vector<SummaryRow> request_rows(Visit const& visit, RequestCase const& found)
{
    auto const& request = found.request;
    auto const state = shown(request.state);
    std::vector<SummaryRow> rows{{"Site", {request.host + request.path}}, {"State", {state.state, {}, state.tag}},
        {"Asked by", {requester_text(visit, request.requester)}}, {"Why they need it", {request.why}},
        {"Asked on", {shown_time(visit.site, request.submitted_at)}}};
    if (!request.rule.empty())
        rows.push_back({"Blocked by",
            {joined({words("rule {}", request.rule), request.clause.empty() ? Words() : words("clause {}", request.clause),
                request.category.empty() ? Words() : words("category {}", request.category)})}});
    if (!request.answer.empty())
        rows.push_back({"Answer", {request.answer}});
    return rows;
}

std::vector<SummaryRow> recommendation_rows(Visit const& visit, store::Recommendation const& recommendation)
{
    auto const policy = visit.site.services.current_policy();
    auto opens = recommendation.host + recommendation.path;
    for (auto const& other : recommendation.also)
        opens += ", " + other;
    return {
        {"The officer says", {recommendation.allow ? "Open it" : "Keep it closed", {}, recommendation.allow ? "green" : "red"}},
        {"Because", {recommendation.text}}, {"For whom", {scope_text(visit, recommendation)}}, {"What opens", {opens}},
        {"When", {times_text(*policy, recommendation.when)}}, {"From", {shown_time(visit.site, recommendation.from)}},
        {"Until", {shown_time(visit.site, recommendation.until)}}};
}

store::RequestStep step_of(Visit const& visit)
{
    auto const id = parse_id(visit.form("id"));
    auto const version = parse_id(visit.form("version"));
    return {static_cast<store::RequestId>(id.value_or(0)), version.value_or(0), visit.actor(), visit.instant()};
}

std::vector<Field> step_fields(store::UnblockRequest const& request)
{
    return {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(request.id))},
        {Field::Kind::hidden, "version", "", "", std::to_string(request.version)}};
}

Response after_publication(Visit const& visit, PublishResult const& published, std::string location)
{
    if (published.published)
        return redirect_to(std::move(location));
    Page page;
    page.title = "Saved, but not live yet";
    page.has_problem = true;
    page.parts = {heading(page.title),
        paragraph("Your change is saved. The gateway could not take it over, so the rules from before are still in force. Please "
                  "tell the ICT lead.")};
    std::vector<Cell> reasons;
    for (auto const& problem : published.problems)
        reasons.push_back({problem_text(problem)});
    if (!reasons.empty())
        page.parts.push_back(bullets(reasons));
    page.parts.push_back(link("Go on", location));
    return show(visit, page);
}

task<Response> show_requests(Visit const& visit)
{
    auto const state = wanted_state(visit);
    auto const work = [asked = std::string(visit.query("page")), state, id = visit.session->account.id](Ledger& ledger) {
        return read_page(
            asked, [&] { return store::count_requests(ledger, state, id); },
            [&](std::size_t limit, std::size_t skipped) { return store::list_requests(ledger, state, id, limit, skipped); });
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = shown(state).queue;
    table.head = {"Site", "Asked by", "Asked on", "Why"};
    table.empty = "No request is in this state.";
    for (auto const& request : found->rows)
        table.rows.push_back({{request.host + request.path, "/request?id=" + std::to_string(store::number(request.id)), {}, false,
                                  false, request.reference},
            {requester_text(visit, request.requester)}, {shown_time(visit.site, request.submitted_at), {}, {}, false, true},
            {shown_text(request.why, 120)}});
    Page page;
    page.title = table.caption;
    if (auto const text = queue_notice(visit.query("done")); !text.empty())
        page.parts.push_back(notice("Done", text));
    page.parts.push_back(heading("Requests"));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, found->paging, "/requests");
    page.parts.push_back(subheading("Other requests"));
    page.parts.push_back(state_links(state));
    co_return show(visit, page);
}

task<Response> request_page(Visit const& visit, store::RequestId id, std::vector<Problem> problems)
{
    store::RequestStep const reader{id, 0, visit.actor(), visit.instant()};
    auto const work = [reader](Ledger& ledger) { return read_case(ledger, reader); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& request = found->request;
    Page page;
    page.title = words("Request {}", request.reference);
    page.back = "/requests";
    add_problems(page, problems);
    page.parts.push_back(heading(request.host, page.title));
    page.parts.push_back(summary(request_rows(visit, *found)));
    if (!found->merged.empty())
        page.parts.push_back(others_table(visit, found->merged));
    if (request.recommendation) {
        page.parts.push_back(subheading("Recommendation"));
        page.parts.push_back(summary(recommendation_rows(visit, *request.recommendation)));
    }
    if (auto const text = turn_text(visit, *found); !text.empty())
        page.parts.push_back(inset(text));
    if (found->turn && request.state == RequestState::submitted) {
        auto const also = co_await blocked_companions(visit, request);
        page.parts.push_back(subheading("Your recommendation"));
        page.parts.push_back(portal::form(recommendation_form(visit, *found, also, problems)));
        auto const number = std::to_string(store::number(id));
        page.parts.push_back(link("Answer it without opening anything", "/request/close?id=" + number));
        page.parts.push_back(link("Merge it with another request", "/request/merge?id=" + number));
    }
    if (found->turn && request.state == RequestState::recommended) {
        if (auto const text = left_out_text(visit, *found, request.recommendation); !text.empty())
            page.parts.push_back(warning(text));
        page.parts.push_back(portal::form(decision_form(visit, request, problems)));
    }
    Table history;
    history.caption = "What happened so far";
    history.head = {"When", "What", "Who", "Words"};
    for (auto const& event : found->history)
        history.rows.push_back(
            {{shown_time(visit.site, event.at)}, {event_title(event.event)}, {event_actor(event.actor)}, {event_words(event)}});
    page.parts.push_back(portal::table(history));
    co_return show(visit, page);
}

task<Response> show_request(Visit const& visit)
{
    auto const id = parse_id(visit.query("id"));
    co_return co_await request_page(visit, static_cast<store::RequestId>(id.value_or(0)), {});
}

} // namespace gatehouse::portal::console
