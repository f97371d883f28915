// The end of an account: the person is taken out of it, by the clock or here at once, and a row without a name stays.
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/forgotten_accounts.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

/// When it happens by itself.
Words when_by_itself(Visit const& visit, store::Account const& account)
{
    auto const days = visit.site.services.settings.retention.accounts;
    if (days == 0 || !account.disabled_at)
        return "The settings keep closed accounts for ever.";
    auto const day = visit.site.clock.moment_of(*account.disabled_at + std::chrono::days{days}).local.date;
    return words(days == 1 ? "It happens by itself once it was closed for {} day, on {}."
                           : "It happens by itself once it was closed for {} days, on {}.",
        days, shown_date(day));
}

} // namespace

Words shown_login(store::Account const& account)
{
    return account.forgotten_at ? words("A closed account ({})", store::number(account.id)) : Words(account.login);
}

void add_forget_form(Page& page, Visit const& visit, store::Account const& account, std::vector<Problem> const& problems)
{
    auto form = change_form(visit, account, "/accounts/forget", "Forget this person");
    form.is_warning = true;
    form.fields.push_back({Field::Kind::text, "reason", "Why now?",
        "For example: asked for by the person on 3 December. It is kept on record, so leave names out.",
        std::string(visit.form("reason")), {}, problem_with(problems, "reason"), "off", 300});
    add_proof(form, visit, "gone", problems);
    page.parts.push_back(subheading("Forget who it was"));
    page.parts.push_back(
        paragraph("Name, user names, groups, role, password, code, keys and kept searches go for good. An account without a name "
                  "stays, so that what was done with it stays true, and nobody else gets its user names."));
    page.parts.push_back(paragraph("Records about the person and the audit keep the user name for their own time."));
    page.parts.push_back(
        paragraph("With a role in these pages, a day after the account was closed at the earliest, and 14 days after if the role "
                  "decided: until then it can be opened again."));
    page.parts.push_back(paragraph(when_by_itself(visit, account)));
    page.parts.push_back(portal::form(form));
}

Page forgotten_page(Visit const& visit, store::Account const& account)
{
    Page page;
    page.title = shown_login(account);
    page.back = "/accounts";
    if (visit.query("done") == "forgotten")
        page.parts.push_back(notice("Done", "Nothing says any more whose account it was."));
    page.parts.push_back(heading(page.title, "Account"));
    page.parts.push_back(summary({{"State", {"Closed, without a name", {}, "grey"}},
        {"Closed", {account.disabled_at ? shown_time(visit.site, *account.disabled_at) : "Never"}},
        {"Person forgotten", {shown_time(visit.site, *account.forgotten_at)}}}));
    page.parts.push_back(
        inset("What was done with this account stays on record. It cannot be opened again: make a new one for somebody who comes "
              "back, with another user name."));
    return page;
}

task<Response> take_account_forget(Visit const& visit)
{
    auto const id = account_id_of(visit.request.form);
    auto const reason = trimmed_value(visit.request.form, "reason");
    if (reason.empty())
        co_return co_await account_page(visit, id, one_problem("reason", "Write why the person is forgotten now"));
    if (auto const wrong = co_await find_unproved(visit, "gone"))
        co_return co_await account_page(visit, id, one_problem(wrong->field, wrong->text));
    auto const work = [id, reason, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::forget_account(ledger, id, reason, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::wrong_state)
        co_return co_await account_page(visit, id,
            one_problem("reason",
                "The account is open, something that is not over needs it (a request, supervised use, a permission, a role that "
                "waits), or it had a role in these pages and was closed less than a day ago, or less than 14 days if the role "
                "decided"));
    co_return done ? redirect_to(address_of(id, "forgotten")) : show_failure(visit, done.error());
}

} // namespace gatehouse::portal::console
