// What every page says of an account to which somebody else gave another way in: to the person above their own pages, and of all of them in tables.
#include "proxy/portal/console/given_access_view.hpp"

#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/menu.hpp"

#include <spdlog/spdlog.h>

namespace gatehouse::portal::console {

std::string address_of_hold(store::AccountId account)
{
    return "/roles/access?id=" + std::to_string(store::number(account));
}

Words given_text(store::GivenAccess const& given)
{
    bool const by_machine = given.given_by.empty();
    switch (given.kind) {
    case store::AccessKind::password:
        return by_machine ? Words("somebody at the command line of the machine gave it a new password")
                          : words("{} gave it a new password", given.given_by);
    case store::AccessKind::code_off:
        return by_machine ? Words("somebody at the command line of the machine took its code off")
                          : words("{} took its code off", given.given_by);
    case store::AccessKind::sign_on: break;
    }
    return by_machine ? Words("somebody at the command line of the machine gave it a name at the school's sign-on")
                      : words("{} gave it a name at the school's sign-on", given.given_by);
}

Words all_given(std::vector<store::GivenAccess> const& given)
{
    std::vector<Words> all;
    for (auto const& each : given)
        all.push_back(given_text(each));
    return joined(std::move(all));
}

Words names_of_hold_confirmers(store::AccessHold const& hold)
{
    if (!hold.confirmers.empty())
        return names_of(hold.confirmers);
    return hold.machine_may
        ? words("nobody in these pages at the moment; on the machine: gatehouse account confirm {}", hold.account.login)
        : words("nobody in these pages at the moment; if that is still so in 24 hours, on the machine: gatehouse account confirm "
                "{}",
            hold.account.login);
}

Words end_of_hold(Visit const& visit, store::AccessHold const& hold)
{
    return hold.until ? shown_time(visit.site, *hold.until)
                      : "somebody confirms it, or for 24 hours from when somebody else is told of it";
}

Words own_hold_text(Visit const& visit)
{
    auto const& hold = *visit.hold;
    return words(
        "Your account decides nothing until {}: {}, and whoever does that could sign in as you. Who can confirm that it is "
        "really you: {}.",
        end_of_hold(visit, hold), all_given(hold.given), names_of_hold_confirmers(hold));
}

Words unsaid_text(Visit const& visit, store::Instant until)
{
    return words("The same person might be behind your account and another that has a part in this: your account was given a way "
                 "to sign in, or you gave one, and nobody has said yet that it is really them. So somebody else says yes to "
                 "this. That ends on {}, or once a second person has said on the page Roles that it is really them.",
        shown_time(visit.site, until));
}

Part hold_table(Visit const& visit, std::vector<store::AccessHold> const& holds)
{
    Table table;
    table.caption = "Accounts that wait: is it really them?";
    table.head = {"Person", "Role", "What happened", "Until"};
    table.empty = "No account waits: nobody was given another way to sign in.";
    for (auto const& hold : holds)
        table.rows.push_back({{shown_person(hold.account), address_of_hold(hold.account.id)},
            {role_title(hold.account.console_role)}, {all_given(hold.given)}, {end_of_hold(visit, hold)}});
    return portal::table(table);
}

Part late_table(Visit const& visit, std::vector<store::AccessHold> const& late)
{
    Table table;
    table.caption = "Accounts of which nobody has said a word: is it really them?";
    table.head = {"Person", "Role", "What happened", "A word is possible until"};
    for (auto const& each : late)
        table.rows.push_back({{shown_person(each.account), address_of_hold(each.account.id)},
            {role_title(each.account.console_role)}, {all_given(each.given)}, {shown_time(visit.site, each.refusable_until())}});
    return portal::table(table);
}

Part refused_table(std::vector<store::Account> const& accounts)
{
    Table table;
    table.caption = "Accounts that are closed: it is not them";
    table.head = {"Person", "Role"};
    for (auto const& account : accounts)
        table.rows.push_back({{shown_person(account), address_of_hold(account.id)}, {role_title(account.console_role)}});
    return portal::table(table);
}

task<void> note_holds_seen(Visit const& visit)
{
    if (visit.request.as_data || !visit.session)
        co_return;
    auto const work = [id = visit.session->account.id, now = visit.instant()](
                          store::Ledger& ledger) { return store::note_holds_seen(ledger, id, now); };
    if (auto const noted = co_await visit.site.services.store.call(work); !noted)
        spdlog::warn("holds.not_noted reason=\"{}\"", shown_text(noted.error().message(), 200));
}

Response show_held(Visit const& visit)
{
    if (visit.request.as_data)
        return show_message(visit, 403, "Not while your account waits", own_hold_text(visit));
    return show_message(visit, 403, "Not while your account waits",
        "This page names people, decides something or gives a way in. It opens again once somebody has confirmed that it is "
        "really "
        "you. Nothing was changed.");
}

} // namespace gatehouse::portal::console
