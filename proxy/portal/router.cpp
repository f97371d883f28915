#include "proxy/portal/router.hpp"

#include "proxy/portal/api.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/language_choice.hpp"
#include "proxy/portal/no_records.hpp"
#include "proxy/portal/portal_pages.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/call_within.hpp"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace gatehouse::portal {

namespace {

using store::Ledger;

constexpr int most_looks = 3; ///< at a hold that others end meanwhile

bool matches(Route const& route, std::string_view path)
{
    if (route.path == path)
        return true;
    return route.path.size() > 1 && route.path.ends_with('/') && path.starts_with(route.path)
        && path.find('/', route.path.size()) == std::string_view::npos;
}

/// The route for method and path; if only the path fits, `path_known` is set.
Route const* find_route(Side side, Request const& request, bool& path_known)
{
    auto const method = request.method == Method::head ? Method::get : request.method;
    for (auto const& route : side == Side::console ? console_routes() : portal_routes()) {
        if (!matches(route, request.path))
            continue;
        path_known = true;
        if (route.method == method)
            return &route;
    }
    return nullptr;
}

std::chrono::milliseconds patience_of(Visit const& visit)
{
    return visit.request.method == Method::post ? patience_for_forms : patience_for_pages;
}

/// Not what it says, but that it says nothing in time.
bool is_silence(error_code const& failure)
{
    return failure == store::errc::busy || failure == store::errc::locked || failure == store::errc::closed;
}

/// Errors: those of a store that does not answer.
task<result<void>> find_records(Visit const& visit)
{
    auto const work = [](Ledger&) -> result<void> { return {}; };
    co_return co_await store::call_within(visit.site.services.store, patience_of(visit), work);
}

/// Who is signed in, if anybody is. Errors: as find_records.
task<result<void>> find_person(Visit& visit)
{
    auto const token = std::string(value_of(visit.request.cookies, session_cookie));
    visit.session_token = std::string(value_of(visit.request.cookies, visitor_cookie));
    if (token.empty())
        co_return co_await find_records(visit);
    auto const work = [token, now = visit.instant()](Ledger& ledger) { return store::find_session(ledger, token, now); };
    auto const found = co_await store::call_within(visit.site.services.store, patience_of(visit), work);
    if (!found)
        co_return is_silence(found.error()) ? result<void>{found.error()} : result<void>{};
    (found->needs_code ? visit.unproved : visit.session) = *found;
    visit.session_token = token;
    co_return result<void>{};
}

/// Neither a style nor the choice of a language has to do with who asks.
bool asks_no_records(Route const& route)
{
    return route.handler == show_asset || route.handler == choose_language;
}

/// Read best while nothing else can be read.
bool is_help(Route const& route)
{
    return route.handler == show_help || route.handler == show_accessibility;
}

/// Finds out who asks, or why nobody can know now. On the portal nobody signs in, but forms and what became of them are in the store.
task<std::optional<Response>> meet(Visit& visit, Route const& route)
{
    if (asks_no_records(route))
        co_return std::nullopt;
    if (visit.side == Side::console) {
        auto const found = co_await find_person(visit);
        if (!found && !is_help(route))
            co_return show_no_records(visit);
        co_return std::nullopt;
    }
    if (visit.request.method != Method::post && route.handler != show_request_status)
        co_return std::nullopt;
    auto const found = co_await find_records(visit);
    co_return found ? std::optional<Response>{} : show_failure(visit, found.error());
}

/// A form that did not come from our own page is refused; if somebody is signed in, their name was misused and the audit says so.
task<std::optional<Response>> refuse_foreign_form(Visit const& visit)
{
    if (visit.request.method != Method::post)
        co_return std::nullopt;
    bool const own = is_from_own_page(visit.request, visit.side);
    bool const fits = visit.side == Side::portal || visit.site.tokens.fits(visit.session_token, visit.form("csrf"));
    if (own && fits)
        co_return std::nullopt;
    if (visit.session) {
        auto const work = [actor = visit.actor(), path = visit.request.path, now = visit.instant()](Ledger& ledger) {
            return store::record_event(
                ledger, actor, "console.form_refused", path, "the form did not come from the console's own page", now);
        };
        if (auto const recorded = co_await visit.site.services.store.call(work); !recorded)
            co_return show_failure(visit, recorded.error());
    }
    co_return show_message(visit, 403, "This form is too old",
        "For your safety we only take forms from a page that is open in front of you. Go back, load the page again and try once "
        "more.");
}

std::optional<Response> refuse_access(Visit const& visit, Route const& route)
{
    if (!route.access.needs_sign_in())
        return std::nullopt;
    if (!visit.session) {
        bool const comes_back = visit.request.method == Method::get && visit.request.path != "/";
        return redirect_to(
            with_query("/sign-in", {{"next", comes_back ? with_query(visit.request.path, visit.request.query) : std::string()}}));
    }
    bool const change_page = route.path == "/account/password" || route.path == "/sign-out";
    if (visit.session->account.must_change_password && !change_page)
        return redirect_to("/account/password");
    bool const set_up_page = route.path.starts_with("/account/second-factor");
    // Nobody sets one up who may be somebody else: what is open to an account that waits needs no code.
    if (!change_page && !set_up_page && !visit.is_held() && console::must_set_up_code(visit))
        return redirect_to("/account/second-factor");
    return std::nullopt;
}

/// Somebody who is signed in and whose role does not open this. What they only looked for is not on record, what they tried to do is.
task<std::optional<Response>> refuse_role(Visit const& visit, Route const& route)
{
    if (!route.access.needs_sign_in() || route.access.permits(visit.session->account.console_role))
        co_return std::nullopt;
    if (visit.request.method == Method::post) {
        auto const detail = "not permitted as " + std::string(store::to_text(visit.session->account.console_role));
        auto const work = [actor = visit.actor(), path = std::string(route.path), detail, now = visit.instant()](Ledger& ledger) {
            return store::record_event(ledger, actor, "console.role_refused", path, detail, now);
        };
        if (auto const recorded = co_await visit.site.services.store.call(work); !recorded)
            co_return show_failure(visit, recorded.error());
    }
    if (visit.request.as_data)
        co_return api_refusal(403, "The role of this account does not open this.");
    co_return show_message(
        visit, 403, "This page is for other roles", "Your role does not open this page. If you need it, ask the ICT lead.");
}

/// Somebody whose account waits for a word that it is really them. As with roles, what they tried to do is on record, not what they only looked for.
task<std::optional<Response>> refuse_held(Visit const& visit, Route const& route)
{
    if (!visit.is_held() || route.access.permits_held())
        co_return std::nullopt;
    if (visit.request.method == Method::post) {
        auto const work = [actor = visit.actor(), path = std::string(route.path), now = visit.instant()](Ledger& ledger) {
            return store::record_event(ledger, actor, "console.held_refused", path, "the account decides nothing yet", now);
        };
        if (auto const recorded = co_await visit.site.services.store.call(work); !recorded)
            co_return show_failure(visit, recorded.error());
    }
    co_return console::show_held(visit);
}

/// The person in whose name a program acts, or why it may not.
task<std::optional<Response>> find_caller(Visit& visit)
{
    auto const work = [token = visit.request.bearer, now = visit.instant()](
                          Ledger& ledger) { return store::find_api_caller(ledger, token, now); };
    auto const found = co_await store::call_within(visit.site.services.store, patience_of(visit), work);
    if (!found && is_silence(found.error()))
        co_return show_no_records(visit);
    if (!found && found.error() != store::errc::no_session)
        co_return api_refusal(503, failure_text(found.error()).english());
    if (!found)
        co_return api_refusal(
            401, "Send the key of an account: Authorization: Bearer KEY. People make keys on the page of their account.");
    if (visit.request.method == Method::post && !found->token.may_change)
        co_return api_refusal(403, "This key may read only.");
    visit.session.emplace();
    visit.session->account = found->account;
    visit.session->address = visit.request.peer;
    visit.key_name = found->token.name;
    if (console::must_set_up_code(visit))
        co_return api_refusal(403, "This account has to set up its second factor first.");
    co_return std::nullopt;
}

/// Finds out again who asks, who may be signed out by now.
task<std::optional<Response>> meet_again(Visit& visit)
{
    visit.session.reset();
    visit.unproved.reset();
    if (visit.request.as_data)
        co_return co_await find_caller(visit);
    auto const found = co_await find_person(visit);
    co_return found ? std::optional<Response>{} : show_no_records(visit);
}

/// Who could confirm that it is really them, if somebody else has given their account another way in. Between the two looks into the store somebody may
/// have said yes or no, or given something once more: then who asks is found out again.
task<std::optional<Response>> find_hold(Visit& visit)
{
    for (int look = 0; visit.is_held(); ++look) {
        auto const work = [id = visit.session->account.id, now = visit.instant()](
                              Ledger& ledger) { return store::find_access_hold(ledger, id, now); };
        auto found = co_await store::call_within(visit.site.services.store, patience_of(visit), work);
        if (found) {
            visit.hold = std::move(*found);
            co_return std::nullopt;
        }
        if (is_silence(found.error()))
            co_return show_no_records(visit);
        if (found.error() != store::errc::wrong_state || look == most_looks)
            co_return show_failure(visit, found.error());
        if (auto failed = co_await meet_again(visit))
            co_return *failed;
    }
    co_return std::nullopt;
}

/// A program's request: no cookie counts, so no page of another site can send one in somebody's name.
task<Response> dispatch_program(Visit& visit)
{
    if (visit.request.path == "/openapi.json") {
        auto const& settings = visit.site.services.settings;
        co_return Response{200, "application/json", openapi_text(visit.site.school(), settings.console_url), {}};
    }
    if (auto refused = co_await find_caller(visit))
        co_return *refused;
    if (auto failed = co_await find_hold(visit))
        co_return *failed;
    bool path_known = false;
    auto const* const route = find_route(Side::console, visit.request, path_known);
    if (route == nullptr && path_known)
        co_return api_refusal(405, "This address does not take that method.");
    if (route == nullptr || words_of(*route) == nullptr)
        co_return api_refusal(404, "There is nothing for programs at this address. See openapi.json.");
    if (auto refused = co_await refuse_role(visit, *route))
        co_return *refused;
    if (auto refused = co_await refuse_held(visit, *route))
        co_return for_program(*refused);
    co_return for_program(co_await route->handler(visit));
}

task<Response> dispatch(Visit& visit)
{
    auto const& allowed = visit.side == Side::console ? visit.site.console_authorities : visit.site.portal_authorities;
    if (std::find(allowed.begin(), allowed.end(), visit.request.host) == allowed.end())
        co_return Response{421, "text/plain; charset=utf-8", "This server is not known by that name.\n", {}};
    if (visit.request.as_data)
        co_return co_await dispatch_program(visit);
    bool path_known = false;
    auto const* route = find_route(visit.side, visit.request, path_known);
    if (!route && path_known)
        co_return show_message(visit, 405, "This does not work here", "This address does not take that kind of request.");
    if (!route)
        co_return show_message(
            visit, 404, "We cannot find this page", "There is no page at this address. Check it for spelling mistakes.");
    if (auto refused = co_await meet(visit, *route))
        co_return *refused;
    if (auto failed = co_await find_hold(visit))
        co_return *failed;
    if (auto refused = co_await refuse_foreign_form(visit))
        co_return *refused;
    if (auto refused = refuse_access(visit, *route))
        co_return *refused;
    if (auto refused = co_await refuse_role(visit, *route))
        co_return *refused;
    if (auto refused = co_await refuse_held(visit, *route))
        co_return *refused;
    co_return co_await route->handler(visit);
}

} // namespace

task<Response> answer(Site& site, Side side, Request const& request)
{
    auto asked = request;
    if (side == Side::console && asked.path.starts_with(api_prefix)) {
        asked.path.erase(0, api_prefix.size());
        asked.as_data = asked.path.starts_with('/');
    }
    Visit visit{site, side, asked, site.clock.now(), {}, {}, {}, {}, {}};
    visit.language = language_for(side, asked);
    // The last resort of ASVS 16.5.4: whatever a page throws ends here, is written down without its data, and the person gets a plain page.
    try {
        co_return co_await dispatch(visit);
    } catch (std::exception const& failure) {
        spdlog::error("portal.page_failed path={} what={}", shown_text(request.path, 100), shown_text(failure.what(), 200));
    }
    co_return show_message(visit, 500, "Something went wrong", failure_text(error_code()));
}

} // namespace gatehouse::portal
