// Accounts to which somebody else gave another way in: who could come in as that person, until when the account decides nothing, and the word of the
// second person that it is really them.
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/menu.hpp"

namespace gatehouse::portal::console {

namespace {

using store::AccessKind;
using store::Ledger;

struct Found {
    store::AccessHold hold;
    error_code refused; ///< why this reader cannot confirm it
};

std::string address_of_hold(store::AccountId account)
{
    return "/roles/access?id=" + std::to_string(store::number(account));
}

store::AccountId held_account(Fields const& fields)
{
    return static_cast<store::AccountId>(parse_id(value_of(fields, "id")).value_or(0));
}

Words shown_person(store::Account const& account)
{
    return account.display_name.empty() ? Words(account.login) : words("{} ({})", account.display_name, account.login);
}

Words all_given(store::AccessHold const& hold)
{
    std::vector<Words> all;
    for (auto const& each : hold.given)
        all.push_back(given_text(each));
    return joined(std::move(all));
}

Part confirm_form(Visit const& visit, store::AccessHold const& hold, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/roles/access";
    form.button = "Confirm that it is really them";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(hold.account.id))},
        {Field::Kind::hidden, "newest", "", "", std::to_string(store::number(hold.given.back().id))}};
    add_proof(form, visit, "password", problems);
    return portal::form(form);
}

void add_turn(Page& page, Visit const& visit, Found const& found, std::vector<Problem> const& problems)
{
    if (found.refused == store::make_error_code(store::errc::same_person))
        page.parts.push_back(inset("You gave it, or it is your own account: somebody else confirms it."));
    else if (visit.session->account.is_break_glass)
        page.parts.push_back(inset("The account for emergencies confirms nothing."));
    else if (found.refused == store::make_error_code(store::errc::not_permitted))
        page.parts.push_back(
            inset("It was given at the command line of the machine or with the account for emergencies. Nobody knows "
                  "whose hands those were, so only a headteacher confirms it."));
    else if (found.refused)
        page.parts.push_back(inset(failure_text(found.refused)));
    else if (!add_way_to_sign_in(page, visit, address_of_hold(found.hold.account.id))) {
        page.parts.push_back(
            warning("Ask them face to face or on the telephone: did they want this, and can they sign in with it? Confirm "
                    "nothing because of a mail or a message."));
        page.parts.push_back(confirm_form(visit, found.hold, problems));
    }
}

task<Response> hold_page(Visit const& visit, store::AccountId id, std::vector<Problem> problems)
{
    auto const work = [id, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<Found> {
        auto hold = store::find_access_hold(ledger, id, now);
        if (!hold)
            return hold.error();
        auto const turn = store::check_access_turn(ledger, {id, hold->given.back().id, actor, now});
        return Found{std::move(*hold), turn ? error_code{} : turn.error()};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found && found.error() == store::errc::wrong_state)
        co_return show_message(visit, 409, "This account decides again", "Somebody has confirmed it, or its 24 hours are over.");
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& hold = found->hold;
    Page page;
    page.title = "Is it really them?";
    page.back = "/roles";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, shown_person(hold.account)));
    page.parts.push_back(summary({{"Person", {shown_person(hold.account)}}, {"Role", {role_title(hold.account.console_role)}},
        {"What happened", {all_given(hold)}}, {"When", {shown_time(visit.site, hold.given.back().given_at)}},
        {"Decides nothing until", {shown_time(visit.site, hold.until)}},
        {"Who could confirm it", {names_of_hold_confirmers(hold)}}}));
    page.parts.push_back(paragraph("Whoever gives somebody another way to sign in could sign in as that person. So the account "
                                   "decides nothing for 24 hours, "
                                   "unless a second person confirms that it is really them."));
    add_turn(page, visit, *found, problems);
    co_return show(visit, page);
}

} // namespace

Words given_text(store::GivenAccess const& given)
{
    bool const by_machine = given.given_by.empty();
    switch (given.kind) {
    case AccessKind::password:
        return by_machine ? Words("somebody at the command line of the machine gave it a new password")
                          : words("{} gave it a new password", given.given_by);
    case AccessKind::code_off:
        return by_machine ? Words("somebody at the command line of the machine took its code off")
                          : words("{} took its code off", given.given_by);
    case AccessKind::sign_on: break;
    }
    return by_machine ? Words("somebody at the command line of the machine gave it another name at the school's sign-on")
                      : words("{} gave it another name at the school's sign-on", given.given_by);
}

Words names_of_hold_confirmers(store::AccessHold const& hold)
{
    std::vector<Words> names;
    for (auto const& each : hold.confirmers)
        names.push_back(shown_person(each));
    return names.empty() ? "nobody at the moment; it ends by itself" : joined(std::move(names));
}

Words own_hold_text(Visit const& visit)
{
    auto const& hold = *visit.hold;
    return words(
        "Your account decides nothing until {}: {}, and whoever does that could sign in as you. Who can confirm sooner that it "
        "is really you: {}.",
        shown_time(visit.site, hold.until), all_given(hold), names_of_hold_confirmers(hold));
}

Part hold_table(Visit const& visit, std::vector<store::AccessHold> const& holds)
{
    Table table;
    table.caption = "Accounts that decide nothing for a day";
    table.head = {"Person", "Role", "What happened", "Until"};
    table.empty = "Nobody was given another way to sign in during the last 24 hours.";
    for (auto const& hold : holds)
        table.rows.push_back({{shown_person(hold.account), address_of_hold(hold.account.id)},
            {role_title(hold.account.console_role)}, {all_given(hold)}, {shown_time(visit.site, hold.until)}});
    return portal::table(table);
}

task<Response> show_access_hold(Visit const& visit)
{
    co_return co_await hold_page(visit, held_account(visit.request.query), {});
}

task<Response> take_access_confirmation(Visit const& visit)
{
    auto const id = held_account(visit.request.form);
    if (auto const wrong = co_await find_unproved(visit, "password"))
        co_return co_await hold_page(visit, id, one_problem(wrong->field, wrong->text));
    store::AccessStep const step{
        id, static_cast<store::GivenAccessId>(parse_id(visit.form("newest")).value_or(0)), visit.actor(), visit.instant()};
    auto const work = [step](Ledger& ledger) { return store::confirm_access(ledger, step); };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to("/roles?done=known") : show_failure(visit, done.error());
}

} // namespace gatehouse::portal::console
