#include "proxy/store/sign_in.hpp"
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/settings.hpp"

#include <algorithm>
#include <cctype>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

Response sign_in_page(Visit const& visit, Words const& problem, unsigned status)
{
    // The form's token needs something of this browser that no other site can set.
    auto visitor = visit.session ? std::string() : visit.session_token;
    bool const is_new = visitor.size() != 32;
    if (is_new)
        visitor = random_token();
    Form form;
    form.action = "/sign-in";
    form.button = "Sign in";
    form.csrf = visit.site.tokens.token_for(visitor);
    auto const next = safe_next(visit.request.method == Method::post ? visit.form("next") : visit.query("next"));
    form.fields = {{Field::Kind::hidden, "next", "", "", next},
        {Field::Kind::username, "login", "User name", "", std::string(visit.form("login")), {}, "", "username", 64},
        {Field::Kind::password, "password", "Password", "", "", {}, "", "current-password", 256}};
    Page page;
    page.title = "Sign in";
    page.status = status;
    if (!problem.empty()) {
        page.parts.push_back(error_summary(one_problem("login", problem)));
        page.has_problem = true;
    }
    page.parts.push_back(heading("Sign in"));
    if (visit.query("done") == "out")
        page.parts.push_back(inset("You are signed out."));
    auto const& sign_on = visit.site.services.settings.sign_on;
    if (visit.site.provider)
        page.parts.push_back(link(words("Sign in with {}", Words::perhaps_ours(sign_on.title)),
            with_query("/sign-in/school", {{"next", next == "/" ? "" : next}})));
    if (sign_on.only)
        page.parts.push_back(subheading("With the account for emergencies"));
    else if (visit.site.provider)
        page.parts.push_back(subheading("With a password"));
    page.parts.push_back(portal::form(form));
    page.parts.push_back(paragraph("If you have forgotten your password, the ICT lead can give you a new one."));
    auto response = show(visit, page);
    if (is_new)
        response.headers.emplace_back("Set-Cookie", set_cookie(visitor_cookie, visitor));
    return response;
}

Words wait_text(std::chrono::seconds wait)
{
    auto const minutes = (wait.count() + 59) / 60;
    if (wait.count() == 1)
        return "There were too many wrong passwords. Wait one second, then try again.";
    if (wait.count() == 60)
        return "There were too many wrong passwords. Wait one minute, then try again.";
    return wait.count() < 60 ? words("There were too many wrong passwords. Wait {} seconds, then try again.", wait.count())
                             : words("There were too many wrong passwords. Wait {} minutes, then try again.", minutes);
}

} // namespace

std::string safe_next(std::string_view next)
{
    constexpr std::size_t longest = 1000;
    bool const plain = std::all_of(next.begin(), next.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0
            || std::string_view("-_.~/?=&%+:@").find(c) != std::string_view::npos;
    });
    return plain && next.starts_with('/') && !next.starts_with("//") && next.size() < longest ? std::string(next) : "/";
}

std::string code_address(std::string const& next)
{
    return with_query("/sign-in/code", {{"next", next == "/" ? "" : next}});
}

task<Response> show_sign_in(Visit const& visit)
{
    if (visit.session || visit.unproved)
        co_return redirect_to(visit.session ? "/" : code_address(safe_next(visit.query("next"))));
    co_return sign_in_page(visit, {}, 200);
}

task<Response> take_sign_in(Visit const& visit)
{
    if (visit.session)
        co_return redirect_to("/");
    store::SignInAttempt const attempt{
        trimmed_value(visit.request.form, "login"), std::string(visit.form("password")), visit.request.peer, visit.instant()};
    auto const outcome = co_await store::sign_in_console(visit.site.services.store, attempt,
        visit.site.services.settings.sign_on.only ? store::Passwords::break_glass : store::Passwords::all);
    if (!outcome)
        co_return show_failure(visit, outcome.error());
    if (outcome->status == store::SignInOutcome::Status::throttled) {
        auto response = sign_in_page(visit, wait_text(outcome->retry_after), 429);
        response.headers.emplace_back("Retry-After", std::to_string(outcome->retry_after.count()));
        co_return response;
    }
    if (outcome->status == store::SignInOutcome::Status::waits)
        co_return show_own_wait(visit, *outcome->wait);
    if (outcome->status == store::SignInOutcome::Status::refused)
        co_return sign_in_page(visit, "The user name or the password is not right.", 403);
    auto const& account = outcome->account;
    auto const next = safe_next(visit.form("next"));
    auto response = redirect_to(account.has_second_factor ? code_address(next)
            : account.must_change_password                ? "/account/password"
                                                          : next);
    response.headers.emplace_back("Set-Cookie", set_cookie(session_cookie, outcome->token));
    response.headers.emplace_back("Set-Cookie", clear_cookie(visitor_cookie));
    co_return response;
}

task<Response> take_sign_out(Visit const& visit)
{
    if (!visit.session && !visit.unproved)
        co_return redirect_to("/sign-in");
    auto const& session = visit.session ? *visit.session : *visit.unproved;
    auto const work = [id = session.id](Ledger& ledger) { return store::end_session(ledger, id); };
    if (auto const ended = co_await visit.site.services.store.call(work); !ended)
        co_return show_failure(visit, ended.error());
    auto response = redirect_to("/sign-in?done=out");
    response.headers.emplace_back("Set-Cookie", clear_cookie(session_cookie));
    response.headers.emplace_back("Clear-Site-Data", "\"cache\", \"cookies\"");
    co_return response;
}

} // namespace gatehouse::portal::console
