// Roles that two people give: what waits, and the word of the second person, who shows that it is really them (proof.hpp).
#include "proxy/store/role_grants.hpp"
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/second_word.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/unconfirmed_access.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;
using store::RoleGrantState;

struct FoundGrant {
    store::RoleGrant grant;
    store::ComingConfirmers confirmers;
    std::vector<store::Account> said_to_be; ///< the other accounts of the same human being, as was typed
    error_code refused;                     ///< why this reader cannot confirm it
    bool may_refuse = false;
    store::Account account;
    std::vector<store::GivenAccess> given; ///< ways in of which nobody said yet that it is them
    store::Instant left_out_until{};
};

store::RoleGrantId grant_id_of(Fields const& fields)
{
    return static_cast<store::RoleGrantId>(parse_id(value_of(fields, "id")).value_or(0));
}

std::string address_of(store::RoleGrant const& grant)
{
    return "/roles/one?id=" + std::to_string(store::number(grant.id));
}

Words shown_person(store::RoleGrant const& grant)
{
    return console::shown_person(grant.display_name, grant.login);
}

Cell state_of(store::RoleGrant const& grant, store::Instant now)
{
    bool const is_over = grant.state == RoleGrantState::waiting && !grant.waits(now);
    switch (is_over ? RoleGrantState::expired : grant.state) {
    case RoleGrantState::waiting: return {"Waits for a second person", {}, "purple"};
    case RoleGrantState::confirmed: return {"Confirmed", {}, "green"};
    case RoleGrantState::refused: return {"Refused", {}, "grey"};
    case RoleGrantState::expired: return {"Expired", {}, "grey"};
    case RoleGrantState::withdrawn: break;
    }
    return {"Withdrawn", {}, "grey"};
}

Part facts(Visit const& visit, FoundGrant const& found)
{
    auto const& grant = found.grant;
    std::vector<SummaryRow> rows{{"Person", {shown_person(grant)}}, {"State", state_of(grant, visit.instant())},
        {"Role that is asked for", {role_title(grant.role)}}, {"Role now", {role_title(grant.role_now)}},
        {"Asked by", {words("{}, {}", grant.asked_by, shown_time(visit.site, grant.asked_at))}}};
    if (!found.said_to_be.empty())
        rows.push_back({"Said to be the same person as", {names_of(found.said_to_be)}});
    if (grant.waits(visit.instant())) {
        rows.push_back({"School account", {shown_sign_on(found.account)}});
        if (!found.given.empty())
            rows.push_back({"Ways to sign in", {all_given(found.given)}});
        rows.push_back({"Who could confirm it", {names_of_role_confirmers(visit, grant, found.confirmers)}});
        rows.push_back({"Expires on", {shown_time(visit.site, grant.expires_at())}});
    }
    if (!grant.decided_by.empty() && grant.decided_at)
        rows.push_back({"Decided by", {words("{}, {}", grant.decided_by, shown_time(visit.site, *grant.decided_at))}});
    if (!grant.answer.empty())
        rows.push_back({"Reason", {grant.answer}});
    return summary(rows);
}

Part decision_form(Visit const& visit, FoundGrant const& found, std::vector<Problem> const& problems)
{
    WordChoice choice{found.said_to_be.empty() || found.refused
            ? "Ask the person, if you did not expect this. Anybody who can sign in as them decides with this role."
            : "Ask the person face to face or on the telephone: is this account theirs too, and did they want the role?",
        "Give the role", "It decides nothing for 24 hours", "The account stays as it is"};
    choice.only_refuse = static_cast<bool>(found.refused);
    return second_word_form(visit, "/roles/decide", store::number(found.grant.id), std::move(choice), problems);
}

/// Why this reader cannot confirm it; nothing if they can.
Words why_not(Visit const& visit, FoundGrant const& found)
{
    auto const is = [&](store::errc code) { return found.refused == store::make_error_code(code); };
    bool const is_named = std::any_of(found.said_to_be.begin(), found.said_to_be.end(),
        [&](store::Account const& each) { return each.id == visit.session->account.id; });
    if (is_named && found.may_refuse)
        return "This account is said to be yours too, so somebody else confirms it. Say no if it is not yours, or if you did not "
               "want the role.";
    if (is(store::errc::same_person))
        return "You asked for this role, or it is yours: somebody else confirms it. Nobody gives a role that decides alone.";
    if (is(store::errc::way_in_unsaid))
        return unsaid_text(visit, found.left_out_until);
    if (is(store::errc::wrong_state))
        return "Who asked for it sees to accounts no longer. Choose the role again on the page of the account.";
    if (is(store::errc::not_permitted) && found.may_refuse)
        return words("Who could confirm it: {}. You can say no.", names_of_role_confirmers(visit, found.grant, found.confirmers));
    return found.refused ? Words(failure_text(found.refused)) : Words();
}

void add_turn(Page& page, Visit const& visit, FoundGrant const& found, std::vector<Problem> const& problems)
{
    if (!found.grant.waits(visit.instant()))
        return;
    if (found.refused)
        page.parts.push_back(inset(why_not(visit, found)));
    if (found.refused == store::make_error_code(store::errc::way_in_unsaid) && found.may_refuse)
        page.parts.push_back(paragraph("You can say no."));
    if (found.may_refuse && !add_way_to_sign_in(page, visit, address_of(found.grant)))
        page.parts.push_back(decision_form(visit, found, problems));
}

task<Response> grant_page(Visit const& visit, store::RoleGrantId id, std::vector<Problem> problems)
{
    auto const work = [id, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<FoundGrant> {
        auto grant = store::find_role_grant(ledger, id);
        auto confirmers = store::coming_role_confirmers(ledger, id, now);
        if (!grant || !confirmers)
            return !grant ? grant.error() : confirmers.error();
        auto others = store::other_accounts(ledger, grant->account);
        if (!others)
            return others.error();
        auto account = store::find_account(ledger, grant->account);
        auto given = store::unconfirmed_access(ledger, grant->account, now);
        if (!account || !given)
            return !account ? account.error() : given.error();
        auto const turn = store::check_role_turn(ledger, {id, actor, now});
        bool const may_refuse = store::check_role_refusal(ledger, {id, actor, now}).has_value();
        auto const until = !turn && turn.error() == store::errc::way_in_unsaid
            ? store::role_left_out_until(ledger, {id, actor, now})
            : result<store::Instant>{store::Instant{}};
        if (!until)
            return until.error();
        return FoundGrant{std::move(*grant), std::move(*confirmers), std::move(*others), turn ? error_code{} : turn.error(),
            may_refuse, std::move(*account), std::move(*given), *until};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Page page;
    page.title = "A role for somebody";
    page.back = "/roles";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, shown_person(found->grant)));
    page.parts.push_back(facts(visit, *found));
    add_turn(page, visit, *found, problems);
    co_return show(visit, page);
}

} // namespace

Words names_of_confirmers(std::vector<store::Account> const& accounts)
{
    return accounts.empty() ? "Nobody at the moment." : names_of(accounts);
}

Words names_of_role_confirmers(Visit const& visit, store::RoleGrant const& grant, store::ComingConfirmers const& coming)
{
    if (coming.accounts.empty())
        return words(
            "nobody before it expires, unless an account on the page Roles gets its yes first. On the machine: gatehouse "
            "account role {} {}",
            grant.login, store::to_text(grant.role));
    return coming.from
        ? words("nobody at the moment; from {}: {}", shown_time(visit.site, *coming.from), names_of(coming.accounts))
        : names_of(coming.accounts);
}

Response show_own_wait(Visit const& visit, store::RoleWait const& wait)
{
    auto const end = shown_time(visit.site, wait.grant.expires_at());
    auto const text = wait.confirmers.accounts.empty()
        ? words("It is you: nothing is wrong. Your role waits for a second person to say yes, and as it is nobody can before it "
                "expires on {}. Tell the ICT lead.",
            end)
        : words("It is you: nothing is wrong. Your role waits for a second person to say yes, at the latest on {}. You need do "
                "nothing. Who can say yes: {}",
            end, names_of_role_confirmers(visit, wait.grant, wait.confirmers));
    return show_message(visit, 403, "Your account is there, and waits", text);
}

task<Response> show_roles(Visit const& visit)
{
    struct Shown {
        PageOf<store::RoleGrant> grants;
        std::vector<store::AccessHold> holds, late;
        std::vector<store::Account> refused;
    };
    co_await note_holds_seen(visit);
    auto const work = [asked = std::string(visit.query("page")), now = visit.instant()](Ledger& ledger) -> result<Shown> {
        auto grants = read_page(
            asked, [&] { return store::count_role_grants(ledger); },
            [&](std::size_t limit, std::size_t skipped) { return store::list_role_grants(ledger, limit, skipped); });
        auto holds = store::list_access_holds(ledger, now);
        auto late = store::list_late_access(ledger, now);
        auto accounts = store::list_accounts(ledger);
        if (!grants || !holds)
            return !grants ? grants.error() : holds.error();
        if (!late || !accounts)
            return !late ? late.error() : accounts.error();
        std::erase_if(*accounts, [](store::Account const& each) { return !each.access_refused; });
        return Shown{std::move(*grants), std::move(*holds), std::move(*late), std::move(*accounts)};
    };
    auto const shown = co_await visit.site.services.store.call(work);
    if (!shown)
        co_return show_failure(visit, shown.error());
    Table table;
    table.caption = "Newest first";
    table.head = {"Person", "Role", "State", "Asked by", "When", "Expires on"};
    table.empty = "Nobody asked for a role yet.";
    for (auto const& grant : shown->grants.rows)
        table.rows.push_back({{shown_person(grant), address_of(grant)}, {role_title(grant.role)},
            state_of(grant, visit.instant()), {grant.asked_by}, {shown_time(visit.site, grant.asked_at)},
            {grant.waits(visit.instant()) ? shown_time(visit.site, grant.expires_at()) : Words()}});
    Page page;
    page.title = "Roles";
    if (visit.query("done") == "confirmed")
        page.parts.push_back(notice("Done", "The account has the role. It decides nothing for 24 hours."));
    if (visit.query("done") == "refused")
        page.parts.push_back(notice("Done", "The account stays as it is."));
    if (visit.query("done") == "known")
        page.parts.push_back(notice("Done", "It is confirmed that it is really them. If the account waited, it decides again."));
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph(
        "A role that decides about people or rules is given by two people: the ICT lead asks, another ICT lead or the "
        "headteacher confirms; where that leaves nobody, or one alone who does not for a day, the chief executive. Until then "
        "the account has its old role. "
        "After 14 days without an answer it expires."));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, shown->grants.paging, "/roles");
    page.parts.push_back(hold_table(visit, shown->holds));
    if (!shown->late.empty())
        page.parts.push_back(late_table(visit, shown->late));
    if (!shown->refused.empty())
        page.parts.push_back(refused_table(shown->refused));
    co_return show(visit, page);
}

task<Response> show_role_grant(Visit const& visit)
{
    co_return co_await grant_page(visit, grant_id_of(visit.request.query), {});
}

task<Response> take_role_decision(Visit const& visit)
{
    auto const id = grant_id_of(visit.request.form);
    auto const word = co_await read_second_word(visit);
    if (!word.problems.empty())
        co_return co_await grant_page(visit, id, word.problems);
    auto const work = [id, word, actor = visit.actor(), now = visit.instant()](Ledger& ledger) {
        store::RoleGrantStep const step{id, actor, now};
        return word.confirms ? store::confirm_role(ledger, step) : store::refuse_role(ledger, step, word.reason);
    };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to(word.confirms ? "/roles?done=confirmed" : "/roles?done=refused")
                   : show_failure(visit, done.error());
}

} // namespace gatehouse::portal::console
