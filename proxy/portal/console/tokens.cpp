// Keys with which programs use these pages in the name of the account: shown once, ended at any time.
#include "proxy/portal/api.hpp"
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/token_view.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/api_tokens.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

Page tokens_page(Visit const& visit, std::vector<store::ApiToken> const& tokens, std::vector<Problem> const& problems)
{
    auto const typed = [&](std::string_view name, std::string_view otherwise) {
        auto const given = visit.form(name);
        return std::string(given.empty() ? otherwise : given);
    };
    Page page;
    page.title = "Keys for programs";
    page.back = "/account";
    add_problems(page, problems);
    if (visit.query("done") == "ended")
        page.parts.push_back(notice("Done", "The key opens nothing any more."));
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph(words(
        "A program that sends a key does what you could do here, and the records name you and the key. Programs read and fill "
        "the same pages at {}; openapi.json there describes them.",
        visit.site.services.settings.console_url + std::string(api_prefix))));
    for (auto const& part : token_parts(visit, tokens))
        page.parts.push_back(part);
    if (visit.session->account.is_break_glass) {
        page.parts.push_back(inset("The account for emergencies has no keys: what it opens ends when it is signed out."));
        return page;
    }
    if (add_way_to_sign_in(page, visit, "/account/tokens"))
        return page;
    Form form;
    form.action = "/account/tokens";
    form.button = "Make a key";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::text, "name", "What is it for?", "Such as: evening export of the log.", typed("name", ""), {},
                       problem_with(problems, "name"), "off", 100},
        {Field::Kind::radios, "may", "What may it do?", "", typed("may", "read"),
            {{"read", "Read only", ""},
                {"change", "Also change things", "Everything that your role may do without your password"}}},
        {Field::Kind::select, "days", "How long does it last?", "", typed("days", "90"),
            {{"7", "A week", ""}, {"90", "Three months", ""}, {"365", "A year", ""}}}};
    add_proof(form, visit, "password", problems);
    page.parts.push_back(subheading("A new key"));
    page.parts.push_back(portal::form(form));
    return page;
}

task<Response> answer_with_tokens(Visit const& visit, std::vector<Problem> problems)
{
    auto const work = [id = visit.session->account.id](Ledger& ledger) { return store::list_api_tokens(ledger, id); };
    auto const tokens = co_await visit.site.services.store.call(work);
    if (!tokens)
        co_return show_failure(visit, tokens.error());
    co_return show(visit, tokens_page(visit, *tokens, problems));
}

} // namespace

std::vector<Part> token_parts(Visit const& visit, std::vector<store::ApiToken> const& tokens, store::Account const* account,
    std::vector<Problem> const& problems)
{
    Table table{.caption = "Keys",
        .head = {"For", "May##what a key may do", "Made", "Ends", "Last used"},
        .rows = {},
        .empty = "There is no key."};
    std::vector<Option> live;
    for (auto const& token : tokens) {
        bool const lives = token.is_live(visit.instant());
        Cell ends = lives ? Cell{shown_time(visit.site, token.ends_at)} : Cell{"Ended", {}, "grey"};
        table.rows.push_back(
            {{token.name}, {token.may_change ? "Change things" : "Read only"}, {shown_time(visit.site, token.created_at)},
                std::move(ends), {token.last_used ? shown_time(visit.site, *token.last_used) : "Never"}});
        if (lives)
            live.push_back({std::to_string(store::number(token.id)), token.name, ""});
    }
    std::vector<Part> parts{portal::table(table)};
    if (live.empty())
        return parts;
    Form form;
    form.action = "/account/tokens/end";
    form.button = "End the key";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = {named_choice("token", "Which one?", live)};
    if (account != nullptr)
        form.fields.push_back({Field::Kind::hidden, "account", "", "", std::to_string(store::number(account->id))});
    if (account != nullptr && account->id != visit.session->account.id)
        add_proof(form, visit, "key_proof", problems);
    parts.push_back(portal::form(form));
    return parts;
}

task<Response> show_tokens(Visit const& visit)
{
    co_return co_await answer_with_tokens(visit, {});
}

task<Response> take_token(Visit const& visit)
{
    if (visit.session->account.is_break_glass)
        co_return show_failure(visit, store::errc::not_permitted);
    auto const days = parse_id(visit.form("days")).value_or(0);
    store::NewApiToken const wanted{
        trimmed_value(visit.request.form, "name"), visit.form("may") == "change", visit.instant() + std::chrono::days(days)};
    std::vector<Problem> problems;
    if (wanted.name.empty())
        problems.push_back({"name", "Write what it is for"});
    if (days < 1 || days > 365)
        problems.push_back({"days", "Choose how long it lasts"});
    if (!problems.empty())
        co_return co_await answer_with_tokens(visit, std::move(problems));
    if (auto const unproved = co_await find_unproved(visit, "password"))
        co_return co_await answer_with_tokens(visit, one_problem(unproved->field, unproved->text));
    auto const work = [wanted, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::create_api_token(ledger, wanted, actor, now); };
    auto const made = co_await visit.site.services.store.call(work);
    if (!made)
        co_return show_failure(visit, made.error());
    Page page;
    page.title = "Your new key";
    page.parts = {notice("Done", "Copy the key now. It is shown only this once."), heading(page.title, wanted.name),
        summary({{"Key", {*made, {}, {}, true}}}),
        paragraph("Programs send it with each request: Authorization: Bearer, and the key. Whoever has it can do what it may."),
        link("All keys", "/account/tokens")};
    co_return show(visit, page);
}

task<Response> take_token_end(Visit const& visit)
{
    if (visit.form("token").empty())
        co_return nothing_chosen(visit);
    auto const id = static_cast<store::ApiTokenId>(parse_id(visit.form("token")).value_or(0));
    auto const look = [of = visit.session->account.id](Ledger& ledger) { return store::list_api_tokens(ledger, of); };
    auto const own = co_await visit.site.services.store.call(look);
    if (!own)
        co_return show_failure(visit, own.error());
    bool const is_own = std::any_of(own->begin(), own->end(), [id](store::ApiToken const& each) { return each.id == id; });
    if (auto refused = co_await refuse_unproved_end(visit, is_own, "key_proof"))
        co_return std::move(*refused);
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::end_api_token(ledger, id, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    auto const of = parse_id(visit.form("account"));
    co_return redirect_to(of ? "/accounts/one?done=key&id=" + std::to_string(*of) : "/account/tokens?done=ended");
}

} // namespace gatehouse::portal::console
