// Asking for a blocked site, and seeing what became of it.
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/console/seen_part.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/html.hpp"
#include "proxy/portal/portal_pages.hpp"
#include "proxy/portal/test_site.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::portal {

namespace {

using store::Ledger;
using store::RequestState;

constexpr std::size_t longest_site = 253; ///< characters of the form's field

/// Who sits at the address that sent the form, for forms that no block page led to.
AskToken token_of_visitor(Visit const& visit)
{
    AskToken token;
    token.at = visit.instant().time_since_epoch().count();
    token.address = visit.request.peer;
    auto const address = policy::IpAddress::parse(visit.request.peer);
    if (!address)
        return token;
    auto const subject = visit.site.services.current_policy()->subject_at(*address);
    token.role = subject.role;
    token.group = subject.groups.empty() ? std::string() : subject.groups.front();
    token.user = subject.user;
    token.network = subject.network;
    token.device = subject.device;
    return token;
}

Part ask_form(Visit const& visit, AskToken const& token, std::string_view sealed, std::vector<Problem> const& problems)
{
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    Form form;
    form.action = "/ask";
    form.button = "Send";
    if (token.host.empty())
        form.fields.push_back({Field::Kind::text, "site", "Which site do you need?", "For example www.bbc.co.uk",
            std::string(visit.request.method == Method::post ? visit.form("site") : visit.query("site")), {}, error_of("site"),
            "off", longest_site});
    else
        form.fields.push_back({Field::Kind::hidden, "t", "", "", std::string(sealed), {}, "", "", 8192});
    form.fields.push_back({Field::Kind::area, "why", "Why do you need it?",
        "One or two sentences are enough. For example: I need it for my history homework.", std::string(visit.form("why")), {},
        error_of("why"), "off", 1000});
    if (token.user.empty())
        form.fields.push_back({Field::Kind::text, "name", "What is your name, and what class are you in?",
            "You can leave this empty.", std::string(visit.form("name")), {}, error_of("name"), "name", 100});
    return portal::form(form);
}

Page ask_page(Visit const& visit, AskToken const& token, std::string_view sealed, std::vector<Problem> const& problems = {})
{
    Page page;
    page.title = token.host.empty() ? Words("Ask for a site") : words("Ask for {}", token.host);
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph("The online safety officer reads what you write. The headteacher then says yes or no. You can "
                                   "see the answer on a page of your own."));
    page.parts.push_back(ask_form(visit, token, sealed, problems));
    return page;
}

Response refuse_token(Visit const& visit, error_code const& failure)
{
    if (failure == token_errc::expired)
        return show_message(visit, 410, "This link is too old", "Open the blocked site again and use the new link on its page.");
    return show_message(visit, 400, "This link is not complete", "Open the blocked site again and use the link on its page.");
}

store::NewRequest request_of(Visit const& visit, AskToken const& token)
{
    store::NewRequest request;
    request.requester = {token.user, token.role, token.group, token.device, token.network, token.address,
        trimmed_value(visit.request.form, "name"),
        visit.site.services.current_policy()->people_of(token.role) == policy::People::pupils};
    request.url = token.host.empty() ? trimmed_value(visit.request.form, "site") : token.url;
    request.why = trimmed_value(visit.request.form, "why");
    request.decision_id = token.decision_id;
    request.category = token.category;
    request.rule = token.rule;
    request.clause = token.clause;
    return request;
}

struct StateText {
    char const* tag;
    char const* title;
    char const* text;
};

constexpr char const* also_asked = "Somebody else asked for the same site. One decision is made for all of you.";

/// Clause 11: a few requests are decided by the chief executive, and their askers read so.
StateText state_text(RequestState state, store::ConsoleRole decider)
{
    bool const by_chief = decider == store::ConsoleRole::chief_executive;
    switch (state) {
    case RequestState::submitted: return {"purple", "Waiting", "The online safety officer has not looked at it yet."};
    case RequestState::recommended:
        return {"purple", "Almost there",
            by_chief ? "The officer has looked at it. Now the chief executive decides."
                     : "The officer has looked at it. Now the headteacher decides."};
    case RequestState::approved:
        return {"green", "Yes", by_chief ? "The chief executive said yes." : "The headteacher said yes."};
    case RequestState::refused: return {"red", "No", by_chief ? "The chief executive said no." : "The headteacher said no."};
    case RequestState::closed: return {"grey", "Answered", "The officer has answered it."};
    case RequestState::withdrawn: return {"grey", "Taken back", "You took this request back."};
    case RequestState::expired: return {"grey", "Too old", "Nobody decided in time. You can ask again."};
    case RequestState::merged: return {"purple", "Waiting", also_asked};
    }
    return {"grey", "Unknown", ""};
}

/// A yes that is not for whoever reads it, or not for all that they asked for.
StateText state_text(store::Opening opening, StateText yes)
{
    switch (opening) {
    case store::Opening::all: break;
    case store::Opening::part: return {"green", "Yes, in part", "A part of what you asked for was opened for you."};
    case store::Opening::elsewhere:
        return {"grey", "Not opened for you",
            "Something else was opened, not what you asked for. If you still need it, you can ask again."};
    case store::Opening::for_others:
        return {"grey", "Not opened for you",
            "This site was opened for others, not for you. If you still need it, you can ask again."};
    }
    return yes;
}

/// At which times of the school day, where not at all of them: as the officer's form has them.
Words times_text(std::vector<std::string> const& when)
{
    constexpr std::string_view period = "period:";
    if (when.empty())
        return {};
    if (when.front().starts_with(period))
        return words("Only during {}", spoken(when.front().substr(period.size())));
    if (when.front() == "lesson")
        return "In lessons only";
    return when.front() == "outside" ? "Outside the school day only" : "At break and lunch only";
}

/// What an approved request opened: until when, and what else has to fit before the site opens.
void add_opening(std::vector<SummaryRow>& rows, Visit const& visit, store::Recommendation const& opened)
{
    if (opened.from > visit.instant())
        rows.push_back({"Open from", {shown_time(visit.site, opened.from)}});
    rows.push_back({"Open until", {shown_time(visit.site, opened.until)}});
    if (auto const times = times_text(opened.when); !times.empty())
        rows.push_back({"When", {times}});
}

/// A request, who decides on it, and of which groups whoever asked is.
struct Asked {
    store::UnblockRequest request;
    store::ConsoleRole decider;
    std::vector<std::string> groups;
};

result<Asked> find_asked(Ledger& ledger, std::string const& reference, std::string const& key)
{
    auto request = store::find_request(ledger, reference, key);
    if (!request)
        return request.error();
    auto const decider = store::decider_of(ledger, request->merged_into.value_or(request->id));
    if (!decider)
        return decider.error();
    auto groups = store::groups_of_asker(ledger, *request);
    if (!groups)
        return groups.error();
    return Asked{std::move(*request), *decider, std::move(*groups)};
}

/// What became of it for whoever asked after somebody else, for whom the yes may be alone. Who asked first was answered themselves, also where it opens
/// for others: a teacher asks for a class.
store::Opening opening_of(Visit const& visit, Asked const& asked)
{
    auto const& request = asked.request;
    if (!request.merged_into || request.state != RequestState::approved || !request.recommendation)
        return store::Opening::all;
    return console::opens_for_asker(visit, request, *request.recommendation, asked.groups);
}

bool gets_nothing(store::Opening opening)
{
    return opening == store::Opening::elsewhere || opening == store::Opening::for_others;
}

/// The form with what they asked for, as long as it takes it.
std::string ask_again(store::UnblockRequest const& asked)
{
    auto const place = asked.host + asked.path;
    return "/ask?site=" + percent_encode(place.size() <= longest_site ? place : asked.host);
}

Response show_status_form(Visit const& visit)
{
    Form form;
    form.action = "/status/";
    form.button = "Show it";
    form.is_search = true;
    form.fields = {{Field::Kind::text, "reference", "Number of your request", "It looks like K7QF-3M9P", "", {}, "", "off", 12},
        {Field::Kind::text, "key", "Key", "The last part of the link you were given", "", {}, "", "off", 40}};
    Page page;
    page.title = "What became of your request?";
    page.parts = {heading(page.title),
        paragraph("The easiest way is the link you were given when you asked. If you do not have it, type its two parts here."),
        portal::form(form)};
    return show(visit, page);
}

} // namespace

task<Response> show_ask(Visit const& visit)
{
    auto const sealed = visit.query("t");
    if (sealed.empty())
        co_return show(visit, ask_page(visit, token_of_visitor(visit), {}));
    auto const token = open_token(sealed, visit.instant().time_since_epoch().count());
    if (!token)
        co_return refuse_token(visit, token.error());
    if (!token->may_ask)
        co_return show_message(visit, 403, "This site cannot be asked for",
            "It is closed to everybody. If something worries you, tell someone about it.");
    co_return show(visit, ask_page(visit, *token, sealed));
}

task<Response> take_ask(Visit const& visit)
{
    auto const sealed = visit.form("t");
    auto const token = sealed.empty() ? result<AskToken>(token_of_visitor(visit))
                                      : open_token(sealed, visit.instant().time_since_epoch().count());
    if (!token)
        co_return refuse_token(visit, token.error());
    if (!token->may_ask)
        co_return show_message(visit, 403, "This site cannot be asked for", "It is closed to everybody.");
    auto const request = request_of(visit, *token);
    std::vector<Problem> problems;
    if (request.url.empty())
        problems.push_back({"site", "Write which site you need"});
    else if (names_test_site(request.url))
        problems.push_back({token->host.empty() ? "site" : "why", no_test_site});
    if (request.why.empty())
        problems.push_back({"why", "Write why you need it"});
    add_unreadable(problems, visit.request.form, {"site", "why", "name"});
    if (!problems.empty())
        co_return show(visit, ask_page(visit, *token, sealed, problems));
    if (!visit.site.forms.admit(visit.request.peer, visit.instant()))
        co_return show_message(visit, 429, "That was a lot",
            "Many requests came from here in a short time. Please wait an hour, or ask your teacher.");
    auto const work = [request, now = visit.instant()](Ledger& ledger) { return store::submit_request(ledger, request, now); };
    auto const submitted = co_await visit.site.services.store.call(work);
    if (!submitted && submitted.error() == store::errc::invalid_value)
        co_return show(visit,
            ask_page(visit, *token, sealed,
                {{token->host.empty() ? "site" : "why", "Write the name of one site, and not more than 1,000 letters"}}));
    if (!submitted)
        co_return show_failure(visit, submitted.error());
    co_return redirect_to("/status/" + submitted->reference + "?key=" + submitted->status_token + "&new=1");
}

task<Response> show_request_status(Visit const& visit)
{
    auto const segment = std::string_view(visit.request.path).substr(std::string_view("/status/").size());
    auto const typed = std::string(visit.query("reference"));
    auto const key = std::string(visit.query("key"));
    if (segment.empty() && typed.empty())
        co_return show_status_form(visit);
    auto const reference = segment.empty() ? typed : std::string(segment);
    auto const work = [reference, key](Ledger& ledger) { return find_asked(ledger, reference, key); };
    auto const asked = co_await visit.site.services.store.call(work);
    if (!asked)
        co_return asked.error() == store::errc::not_found || asked.error() == store::errc::invalid_value
            ? show_message(visit, 404, "We cannot find this request",
                "Look at the number and the key again. Both must be exactly as you were given them.")
            : show_failure(visit, asked.error());
    auto const* const found = &asked->request;
    auto const opening = opening_of(visit, *asked);
    auto const state = state_text(opening, state_text(found->state, asked->decider));
    bool const is_for_others = gets_nothing(opening); // and so is what was written with the yes
    bool const is_open = found->state == RequestState::submitted || found->state == RequestState::recommended;
    Page page;
    page.title = words("Your request {}", reference);
    if (!visit.query("new").empty())
        page.parts.push_back(notice("Sent", "Thank you. Keep this page or its link: it will show the answer."));
    page.parts.push_back(heading("Your request", reference));
    std::vector<SummaryRow> rows{{"Site", {found->host + found->path}}, {"State", {state.title, {}, state.tag}},
        {"What this means", {state.text}}, {"You wrote", {found->why}}, {"Sent", {shown_time(visit.site, found->submitted_at)}}};
    if (!found->answer.empty() && !is_for_others)
        rows.push_back({"Answer", {found->answer}});
    if (found->state == RequestState::approved && found->recommendation && !is_for_others)
        add_opening(rows, visit, *found->recommendation);
    if (found->merged_into && is_open)
        page.parts.push_back(paragraph(also_asked));
    page.parts.push_back(summary(rows));
    if (is_for_others)
        page.parts.push_back(link("Ask for this site again", ask_again(*found)));
    if (is_open) {
        Form form;
        form.action = "/withdraw";
        form.button = "Take the request back";
        form.is_secondary = true;
        form.fields = {{Field::Kind::hidden, "reference", "", "", reference}, {Field::Kind::hidden, "key", "", "", key}};
        page.parts.push_back(portal::form(form));
    }
    co_return show(visit, page);
}

task<Response> withdraw(Visit const& visit)
{
    auto const reference = std::string(visit.form("reference"));
    auto const key = std::string(visit.form("key"));
    auto const work = [reference, key, now = visit.instant()](
                          Ledger& ledger) { return store::withdraw_request(ledger, reference, key, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/status/" + percent_encode(reference) + "?key=" + percent_encode(key));
}

} // namespace gatehouse::portal
