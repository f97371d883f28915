// Signing in with the school's account: to the provider, and back with what it says.
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/sign_in.hpp"

#include <spdlog/spdlog.h>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

Response not_now(Visit const& visit, unsigned status, char const* text)
{
    Page page;
    page.title = "You are not signed in";
    page.status = status;
    page.parts = {heading(page.title), paragraph(text), link("Back to signing in", "/sign-in")};
    return show(visit, page);
}

/// The person is told little; the diagnostic log has the rest, without the token.
Response failed(Visit const& visit, sign_on::Fault const& fault)
{
    spdlog::warn("sign_on.failed reason=\"{}\"", shown_text(fault.text, 300));
    return not_now(visit, 502,
        "The school's sign-on did not answer as it should. Please try again in a minute; if it stays so, tell the ICT lead.");
}

/// The session's cookie is not sent along a way that another site began (SameSite=Strict), so the browser starts anew from a page of ours.
Response go_on(Visit const& visit, store::SignInOutcome const& outcome, std::string const& wanted)
{
    std::string const next = outcome.account.has_second_factor ? code_address(wanted) : wanted;
    Page page;
    page.title = "You are signed in";
    auto const& account = outcome.account;
    page.parts
        = {heading(page.title), summary({{"Name", {account.display_name}}, {"User name", {account.login}}}), link("Go on", next)};
    auto response = show(visit, page);
    response.headers.emplace_back("Refresh", "0; url=" + next);
    response.headers.emplace_back("Set-Cookie", set_cookie(session_cookie, outcome.token));
    response.headers.emplace_back("Set-Cookie", clear_cookie(visitor_cookie));
    response.headers.emplace_back("Set-Cookie", clear_cookie(way_cookie));
    return response;
}

} // namespace

task<Response> begin_school_sign_on(Visit const& visit)
{
    auto& site = visit.site;
    if (!site.provider)
        co_return not_now(visit, 404, "This school signs in with passwords.");
    auto const flow = site.flows.begin(visit.instant(), safe_next(visit.query("next")), visit.query("again") == "1");
    auto const work = [&site, flow, now = visit.instant()] { return site.provider->address_for(flow, now); };
    auto const address = co_await run_outside(site, work);
    if (auto const* const fault = std::get_if<sign_on::Fault>(&address))
        co_return failed(visit, *fault);
    auto response = redirect_to(std::get<std::string>(address));
    response.headers.emplace_back("Set-Cookie", set_way_cookie(flow.browser));
    co_return response;
}

task<Response> end_school_sign_on(Visit const& visit)
{
    auto& site = visit.site;
    if (!site.provider)
        co_return not_now(visit, 404, "This school signs in with passwords.");
    auto const flow
        = site.flows.take(std::string(visit.query("state")), value_of(visit.request.cookies, way_cookie), visit.instant());
    if (!flow)
        co_return not_now(visit, 403, "This way of signing in was begun elsewhere or too long ago. Please begin again.");
    auto const issuer = visit.query("iss"); // RFC 9207
    bool const is_other = !issuer.empty() && issuer != site.services.settings.sign_on.issuer;
    if (is_other || visit.query("code").empty())
        co_return not_now(visit, 403, "The school's sign-on did not let you in.");
    auto const work = [&site, flow, code = std::string(visit.query("code")), now = visit.instant()] {
        return site.provider->who_came(*flow, code, now);
    };
    auto const came = co_await run_outside(site, work);
    if (auto const* const fault = std::get_if<sign_on::Fault>(&came))
        co_return failed(visit, *fault);
    auto const shown_at = std::get<sign_on::Name>(came).shown_at;
    if (flow->again && shown_at && *shown_at + proof_is_fresh <= visit.instant())
        co_return not_now(visit, 403,
            "The school's sign-on let you through without asking who you are, so that proves nothing. Sign out there, then try "
            "again.");
    auto const enter = [name = std::get<sign_on::Name>(came), peer = visit.request.peer, now = visit.instant()](
                           Ledger& ledger) { return store::sign_in_by_name(ledger, name.text, name.shown_at, peer, now); };
    auto const outcome = co_await site.services.store.call(enter);
    if (!outcome)
        co_return show_failure(visit, outcome.error());
    if (outcome->status == store::SignInOutcome::Status::waits)
        co_return show_own_wait(visit, *outcome->wait);
    if (outcome->status != store::SignInOutcome::Status::signed_in)
        co_return not_now(visit, 403,
            "The school's sign-on knows you, but there is no account of this console with your name. The ICT lead can make one.");
    co_return go_on(visit, *outcome, flow->next);
}

} // namespace gatehouse::portal::console
