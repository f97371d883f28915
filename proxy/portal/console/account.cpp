#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/sign_in.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

Page password_page(Visit const& visit, std::vector<Problem> const& problems)
{
    bool const first = visit.session->account.must_change_password;
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    Form form;
    form.action = "/account/password";
    form.button = "Change password";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::password, "old", first ? "The password you were given" : "The password you have now", "", "", {},
                       error_of("old"), "current-password", 256},
        {Field::Kind::password, "new", "New password",
            "At least 12 characters. Three words that you will remember are a good choice.", "", {}, error_of("new"),
            "new-password", 256},
        {Field::Kind::password, "again", "New password again", "", "", {}, error_of("again"), "new-password", 256}};
    Page page;
    page.title = first ? "Choose your own password" : "Change your password";
    page.back = first ? "" : "/account";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    if (first)
        page.parts.push_back(paragraph(
            "You signed in with a password that somebody else has seen. Choose one that only you know; then you can go on."));
    page.parts.push_back(portal::form(form));
    return page;
}

Problem problem_of(error_code const& failure)
{
    bool const old = failure == store::errc::wrong_password || failure == store::errc::throttled;
    return {old ? "old" : "new", failure_text(failure)};
}

} // namespace

task<Response> show_account(Visit const& visit)
{
    auto const& account = visit.session->account;
    auto const work = [id = account.id, now = visit.instant()](Ledger& ledger) { return store::list_sessions(ledger, id, now); };
    auto const sessions = co_await visit.site.services.store.call(work);
    if (!sessions)
        co_return show_failure(visit, sessions.error());
    Table table;
    table.caption = "Where you are signed in";
    table.head = {"Address", "Since", "Last used", "Which"};
    for (auto const& session : *sessions)
        table.rows.push_back({{session.address, {}, {}, true}, {shown_time(visit.site, session.created_at)},
            {shown_time(visit.site, session.last_seen)}, {session.id == visit.session->id ? "This one" : "Another one"}});
    Form end_one;
    end_one.action = "/account/end-session";
    end_one.button = "Sign out there";
    end_one.csrf = visit.csrf();
    end_one.is_secondary = true;
    std::vector<Option> others;
    for (auto const& session : *sessions)
        if (session.id != visit.session->id)
            others.push_back({std::to_string(store::number(session.id)), session.address,
                words("Since {}", shown_time(visit.site, session.created_at))});
    end_one.fields = {named_choice("session", "Which one?", others)};
    Form end;
    end.action = "/account/end-sessions";
    end.button = "Sign out everywhere";
    end.csrf = visit.csrf();
    end.is_secondary = true;
    Page page;
    page.title = "Your account";
    if (visit.query("done") == "password")
        page.parts.push_back(
            notice("Done", "Your password is changed. All other places are signed out, and your keys for programs have ended."));
    if (visit.query("done") == "session")
        page.parts.push_back(notice("Done", "That place is signed out."));
    if (visit.query("done") == "second-factor-off")
        page.parts.push_back(notice("Done", "You sign in with your password alone again."));
    page.parts.push_back(heading("Your account"));
    page.parts.push_back(
        summary({{"Name", {account.display_name}}, {"User name", {account.login}}, {"Role", {role_title(account.console_role)}},
            {"Signing in", {account.has_second_factor ? "Password and code" : "Password"}},
            {"School account", {shown_sign_on(account)}}}));
    page.parts.push_back(link("Change your password", "/account/password"));
    if (!visit.is_held()) { // the banner says why
        page.parts.push_back(link("Sign in with a code as well", "/account/second-factor"));
        page.parts.push_back(link("Keys for programs", "/account/tokens"));
    }
    page.parts.push_back(portal::table(table));
    if (!others.empty())
        page.parts.push_back(portal::form(end_one));
    page.parts.push_back(
        paragraph("Keys for programs are not signed out: end them one by one, or all of them with a new password."));
    page.parts.push_back(portal::form(end));
    co_return show(visit, page);
}

task<Response> take_end_session(Visit const& visit)
{
    if (visit.form("session").empty())
        co_return nothing_chosen(visit);
    auto const id = static_cast<store::SessionId>(parse_id(visit.form("session")).value_or(0));
    auto const look = [of = visit.session->account.id, now = visit.instant()](
                          Ledger& ledger) { return store::list_sessions(ledger, of, now); };
    auto const own = co_await visit.site.services.store.call(look);
    if (!own)
        co_return show_failure(visit, own.error());
    bool const is_own = std::any_of(own->begin(), own->end(), [id](store::Session const& each) { return each.id == id; });
    if (auto refused = co_await refuse_unproved_end(visit, is_own, "session_proof"))
        co_return std::move(*refused);
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::end_session_of(ledger, id, actor, now); };
    auto const ended = co_await visit.site.services.store.call(work);
    if (!ended)
        co_return show_failure(visit, ended.error());
    auto const of = parse_id(visit.form("account"));
    co_return redirect_to(of ? "/accounts/one?done=session&id=" + std::to_string(*of) : "/account?done=session");
}

task<Response> take_end_sessions(Visit const& visit)
{
    auto const work = [actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::end_all_sessions_of(ledger, actor, now); };
    if (auto const ended = co_await visit.site.services.store.call(work); !ended)
        co_return show_failure(visit, ended.error());
    auto response = redirect_to("/sign-in?done=out");
    response.headers.emplace_back("Set-Cookie", clear_cookie(session_cookie));
    co_return response;
}

task<Response> show_password(Visit const& visit)
{
    co_return show(visit, password_page(visit, {}));
}

task<Response> take_password(Visit const& visit)
{
    if (visit.form("new") != visit.form("again"))
        co_return show(visit, password_page(visit, {{"again", "The two new passwords are not the same"}}));
    store::PasswordChange const change{visit.session->account.id, std::string(visit.form("old")), std::string(visit.form("new")),
        visit.request.peer, visit.instant()};
    bool const first = visit.session->account.must_change_password;
    auto const token = co_await store::change_password(visit.site.services.store, change);
    if (!token)
        co_return show(visit, password_page(visit, {problem_of(token.error())}));
    auto response = redirect_to(first ? "/" : "/account?done=password");
    response.headers.emplace_back("Set-Cookie", set_cookie(session_cookie, *token));
    co_return response;
}

} // namespace gatehouse::portal::console
