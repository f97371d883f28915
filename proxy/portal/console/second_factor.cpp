// A code of one's phone beside the password: asking for it, setting it up, taking it away.
#include "proxy/store/second_factor.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/qr_picture.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

bool is_about_code(error_code const& failure)
{
    return failure == store::errc::wrong_code || failure == store::errc::throttled;
}

Field code_field(Words const& problem)
{
    return {Field::Kind::text, "code", "Code", "Six digits from the app on your phone, or one of the codes on your paper", "", {},
        problem, "one-time-code", 20};
}

void add_problem(Page& page, std::string field, Words const& problem)
{
    if (!problem.empty())
        add_problems(page, one_problem(std::move(field), problem));
}

Response code_page(Visit const& visit, std::string const& next, Words const& problem)
{
    Form form;
    form.action = "/sign-in/code";
    form.button = "Go on";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "next", "", "", next}, code_field(problem)};
    Page page;
    page.title = "Your code";
    add_problem(page, "code", problem);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(portal::form(form));
    page.parts.push_back(paragraph("If your phone and your paper are gone, the ICT lead can take the code off your account."));
    Form other;
    other.action = "/sign-out";
    other.button = "Sign in as somebody else";
    other.is_secondary = true;
    other.csrf = visit.csrf();
    page.parts.push_back(portal::form(other));
    return show(visit, page);
}

/// "abcd efgh ...": what is typed where no picture can be read.
std::string in_groups(std::string const& secret)
{
    std::string text;
    for (std::size_t i = 0; i < secret.size(); i += 4)
        text += (i == 0 ? "" : " ") + secret.substr(i, 4);
    return text;
}

Page first_step(Visit const& visit, std::vector<Problem> const& problems)
{
    Page page;
    page.title = "Sign in with a code as well";
    page.back = "/account";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(
        paragraph("Somebody who learns your password still cannot sign in: a code from an app on your phone is asked for "
                  "beside it. Any app for such codes will do; it needs no internet."));
    if (visit.session->account.is_break_glass) {
        page.parts.push_back(inset("The account for emergencies has no code: whoever opens its envelope has no phone of it."));
        return page;
    }
    if (add_way_to_sign_in(page, visit, "/account/second-factor"))
        return page;
    Form form;
    form.action = "/account/second-factor/begin";
    form.button = "Set it up";
    form.csrf = visit.csrf();
    add_proof(form, visit, "password", problems);
    page.parts.push_back(portal::form(form));
    return page;
}

Page phone_step(Visit const& visit, std::string const& secret, Words const& problem)
{
    Form form;
    form.action = "/account/second-factor/confirm";
    form.button = "Turn it on";
    form.csrf = visit.csrf();
    form.fields
        = {{Field::Kind::text, "code", "Code", "The six digits that the app shows now", "", {}, problem, "one-time-code", 20}};
    Page page;
    page.title = "Tell your phone";
    page.back = "/account";
    add_problem(page, "code", problem);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(numbered({{"Open the app for codes on your phone and let it read this picture."},
        {words("Or type this key into it: {}", in_groups(secret))}, {"Then type the code that it shows."}}));
    page.parts.push_back(picture("/account/second-factor/picture.svg", "The key as a picture for your phone", {264, 264}));
    page.parts.push_back(portal::form(form));
    return page;
}

Page on_page(Visit const& visit, std::int64_t left, Words const& problem)
{
    Form form;
    form.action = "/account/second-factor/remove";
    form.button = "Turn it off";
    form.is_warning = true;
    form.csrf = visit.csrf();
    form.fields = {code_field(problem)};
    Page page;
    page.title = "Sign in with a code as well";
    page.back = "/account";
    add_problem(page, "code", problem);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph(left == 1
            ? "It is on. You have one code left on your paper. For a new phone or new paper, turn it off and set it up again."
            : words("It is on. You have {} codes left on your paper. For a new phone or new paper, turn it off and set it up "
                    "again.",
                left)));
    page.parts.push_back(portal::form(form));
    return page;
}

/// The page for where the account stands.
task<Response> state_page(Visit const& visit, Words problem)
{
    auto const id = visit.session->account.id;
    if (visit.session->account.has_second_factor) {
        auto const count = [id](Ledger& ledger) { return store::recovery_codes_left(ledger, id); };
        auto const left = co_await visit.site.services.store.call(count);
        co_return left ? show(visit, on_page(visit, *left, problem)) : show_failure(visit, left.error());
    }
    auto const look = [id, session = visit.session->id, now = visit.instant()](
                          Ledger& ledger) { return store::waiting_secret(ledger, session, id, now); };
    auto const secret = co_await visit.site.services.store.call(look);
    if (secret)
        co_return show(visit, phone_step(visit, *secret, problem));
    if (secret.error() != store::errc::not_found)
        co_return show_failure(visit, secret.error());
    co_return show(visit, first_step(visit, {}));
}

} // namespace

task<Response> show_code(Visit const& visit)
{
    if (!visit.unproved)
        co_return redirect_to(visit.session ? "/" : "/sign-in");
    co_return code_page(visit, safe_next(visit.query("next")), {});
}

task<Response> take_code(Visit const& visit)
{
    if (!visit.unproved)
        co_return redirect_to(visit.session ? "/" : "/sign-in");
    auto const next = safe_next(visit.form("next"));
    auto const work
        = [session = *visit.unproved, code = std::string(visit.form("code")), peer = visit.request.peer, now = visit.instant()](
              Ledger& ledger) { return store::pass_second_factor(ledger, session, code, peer, now); };
    auto const token = co_await visit.site.services.store.call(work);
    if (!token && is_about_code(token.error()))
        co_return code_page(visit, next, code_problem(token.error()));
    if (!token && token.error() == store::errc::no_session)
        co_return redirect_to("/sign-in");
    if (!token)
        co_return show_failure(visit, token.error());
    auto response = redirect_to(visit.unproved->account.must_change_password ? "/account/password" : next);
    response.headers.emplace_back("Set-Cookie", set_cookie(session_cookie, *token));
    co_return response;
}

task<Response> show_second_factor(Visit const& visit)
{
    co_return co_await state_page(visit, {});
}

task<Response> show_second_factor_picture(Visit const& visit)
{
    auto const look = [id = visit.session->account.id, session = visit.session->id, now = visit.instant()](
                          Ledger& ledger) { return store::waiting_secret(ledger, session, id, now); };
    auto const secret = co_await visit.site.services.store.call(look);
    if (!secret)
        co_return show_failure(visit, secret.error());
    auto const address = store::totp_address(visit.site.school(), visit.session->account.login, *secret);
    co_return Response{200, "image/svg+xml", qr_picture(address), {}};
}

task<Response> begin_second_factor(Visit const& visit)
{
    if (auto const unproved = co_await find_unproved(visit, "password"))
        co_return show(visit, first_step(visit, one_problem(unproved->field, unproved->text)));
    auto const work = [session = visit.session->id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::begin_second_factor(ledger, session, actor, now); };
    auto const begun = co_await visit.site.services.store.call(work);
    if (!begun)
        co_return show_failure(visit, begun.error());
    co_return redirect_to("/account/second-factor");
}

task<Response> confirm_second_factor(Visit const& visit)
{
    auto const work
        = [code = std::string(visit.form("code")), session = visit.session->id, actor = visit.actor(), now = visit.instant()](
              Ledger& ledger) { return store::confirm_second_factor(ledger, code, session, actor, now); };
    auto const codes = co_await visit.site.services.store.call(work);
    if (!codes && is_about_code(codes.error()))
        co_return co_await state_page(visit, code_problem(codes.error()));
    if (!codes && codes.error() == store::errc::not_found)
        co_return show(visit, first_step(visit, one_problem({}, "That took more than ten minutes. Please begin again.")));
    if (!codes)
        co_return show_failure(visit, codes.error());
    Page page;
    page.title = "Write these codes down";
    std::vector<Cell> items;
    for (auto const& code : *codes)
        items.push_back({.text = code, .mono = true});
    page.parts = {notice("Done", "From now on you sign in with your password and a code."), heading(page.title),
        paragraph("If your phone is gone, each of them lets you in once. They are shown only now: write them on paper, or print "
                  "this page, and keep it where you keep your keys."),
        bullets(items), link("I have written them down", "/")};
    co_return show(visit, page);
}

task<Response> remove_second_factor(Visit const& visit)
{
    auto const work = [code = std::string(visit.form("code")), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::remove_second_factor(ledger, code, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && is_about_code(done.error()))
        co_return co_await state_page(visit, code_problem(done.error()));
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/account?done=second-factor-off");
}

bool must_set_up_code(Visit const& visit)
{
    auto const& account = visit.session->account;
    auto const& roles = visit.site.services.settings.second_factor;
    return !account.has_second_factor && !account.is_break_glass
        && std::find(roles.begin(), roles.end(), store::to_text(account.console_role)) != roles.end();
}

} // namespace gatehouse::portal::console
