// The page of one account of somebody else: how it is, what waits for it, where it is signed in, and every form that changes it.
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/token_view.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/role_grants.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

constexpr std::array console_roles{ConsoleRole::none, ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::ict_lead,
    ConsoleRole::dsl, ConsoleRole::dpo, ConsoleRole::chief_executive, ConsoleRole::marketing, ConsoleRole::auditor,
    ConsoleRole::supervisor};

void add_password(Page& page, Visit const& visit, store::Account const& account, std::vector<Problem> const& problems)
{
    if (account.is_break_glass) {
        page.parts.push_back(subheading("Its next password"));
        page.parts.push_back(paragraph(
            words("On the machine: gatehouse account new-password {}. Nobody gives it one here: whoever did could act as "
                  "two people.",
                account.login)));
        return;
    }
    auto password = change_form(visit, account, "/accounts/password", "Give a first password");
    add_proof(password, visit, "proof", problems);
    page.parts.push_back(subheading("A password that is forgotten"));
    page.parts.push_back(portal::form(password));
}

void add_changes(Page& page, Visit const& visit, store::Account const& account, std::vector<Problem> const& problems)
{
    auto role = change_form(visit, account, "/accounts/role", "Change the role");
    auto field = named_choice("role", "Role in these pages", role_options());
    field.hint = "A role that decides waits for a second person. A new role decides nothing for 24 hours, and signs them out.";
    field.value = store::to_text(account.console_role);
    role.fields.push_back(std::move(field));
    add_proof(role, visit, "password", problems);
    page.parts.push_back(subheading("Role"));
    page.parts.push_back(portal::form(role));
    auto sign_on = change_form(visit, account, "/accounts/sign-on", "Save the name");
    sign_on.fields.push_back({Field::Kind::text, "sign_on", "Name at the school's sign-on",
        "Such as their e-mail address. Empty: they sign in with a password only.", account.sign_on, {},
        problem_with(problems, "sign_on"), "off", 254});
    add_proof(sign_on, visit, "same", problems);
    page.parts.push_back(subheading("School account"));
    page.parts.push_back(portal::form(sign_on));
    add_password(page, visit, account, problems);
    if (account.has_second_factor) {
        auto code = change_form(visit, account, "/accounts/code", "Take the code off");
        code.is_warning = true;
        add_proof(code, visit, "known", problems);
        page.parts.push_back(subheading("A phone that is lost"));
        page.parts.push_back(
            paragraph("Be sure that it is really them who asks: without the code their password alone opens the account."));
        page.parts.push_back(portal::form(code));
    }
    auto state = change_form(visit, account, "/accounts/state", account.disabled ? "Open the account" : "Close the account");
    state.is_warning = !account.disabled;
    add_proof(state, visit, "sure", problems);
    state.fields.push_back({Field::Kind::hidden, "disabled", "", "", account.disabled ? "no" : "yes"});
    page.parts.push_back(subheading(account.disabled ? "Open it again" : "Somebody who leaves"));
    page.parts.push_back(portal::form(state));
    if (account.disabled)
        add_forget_form(page, visit, account, problems);
}

void add_sessions(Page& page, Visit const& visit, store::Account const& account, std::vector<store::Session> const& sessions,
    std::vector<Problem> const& problems)
{
    Table table;
    table.caption = "Where they are signed in";
    table.head = {"Address", "Since", "Last used"};
    table.empty = "They are not signed in.";
    std::vector<Option> options;
    for (auto const& session : sessions) {
        table.rows.push_back({{session.address, {}, {}, true}, {shown_time(visit.site, session.created_at)},
            {shown_time(visit.site, session.last_seen)}});
        options.push_back({std::to_string(store::number(session.id)), session.address,
            words("Since {}", shown_time(visit.site, session.created_at))});
    }
    page.parts.push_back(portal::table(table));
    if (options.empty())
        return;
    auto form = change_form(visit, account, "/account/end-session", "Sign them out there");
    form.fields = {{Field::Kind::hidden, "account", "", "", std::to_string(store::number(account.id))},
        named_choice("session", "Which one?", options)};
    if (account.id != visit.session->account.id)
        add_proof(form, visit, "session_proof", problems);
    page.parts.push_back(portal::form(form));
}

Words done_text(std::string_view done)
{
    if (done == "role")
        return "The role is changed and they are signed out.";
    if (done == "asked")
        return "The role is asked for. The account has its old role until somebody else confirms it.";
    if (done == "same-role")
        return "The account has this role already and keeps it. If another one was asked for, that is taken back.";
    if (done == "sign-on")
        return "The name is saved and they are signed out.";
    if (done == "code")
        return "The code is off and they are signed out. They sign in without it until they set up a new one.";
    if (done == "key")
        return "The key opens nothing any more.";
    if (done == "closed")
        return "The account is closed and signed out everywhere.";
    if (done == "opened")
        return "The account is open again.";
    if (done == "opened-role")
        return "The account is open again, with its role. It decides nothing for 24 hours.";
    if (done == "opened-asked")
        return "The account is open again without its role, which waits for a second person. Until then they cannot sign in to "
               "these pages.";
    if (done == "session")
        return "That place is signed out.";
    return "";
}

struct FoundAccount {
    store::Account account;
    std::vector<store::Session> sessions;
    std::vector<store::ApiToken> tokens;
    std::optional<store::RoleGrant> waiting;
    store::ComingConfirmers confirmers; ///< of what waits
    std::optional<store::AccessHold> hold;
};

/// What waits for the account, and for whom.
result<void> read_waiting(Ledger& ledger, FoundAccount& found, store::Instant now)
{
    if (found.account.is_held(now)) {
        auto hold = store::find_access_hold(ledger, found.account.id, now);
        if (!hold)
            return hold.error();
        found.hold = std::move(*hold);
    }
    auto waiting = store::waiting_role(ledger, found.account.id);
    if (!waiting)
        return waiting.error() == store::errc::not_found ? result<void>{} : result<void>{waiting.error()};
    if (!waiting->waits(now)) // over, and housekeeping has not been there
        return {};
    auto confirmers = store::coming_role_confirmers(ledger, waiting->id, now);
    if (!confirmers)
        return confirmers.error();
    found.waiting = std::move(*waiting);
    found.confirmers = std::move(*confirmers);
    return {};
}

void add_waiting(Page& page, Visit const& visit, FoundAccount const& found)
{
    if (found.hold)
        page.parts.push_back(inset(words("Decides nothing until {}: {}. Who could confirm that it is really them: {}.",
            end_of_hold(visit, *found.hold), given_text(found.hold->given.back()), names_of_hold_confirmers(*found.hold))));
    if (!found.waiting)
        return;
    page.parts.push_back(inset(words("Waits for a second person: {}. Who could confirm it: {}.", role_title(found.waiting->role),
        names_of_role_confirmers(visit, *found.waiting, found.confirmers))));
    page.parts.push_back(link("Roles", "/roles"));
}

} // namespace

std::vector<Option> role_options()
{
    std::vector<Option> options;
    for (auto const role : console_roles)
        options.push_back({std::string(store::to_text(role)), role_title(role), ""});
    return options;
}

Cell state_cell(store::Account const& account)
{
    if (account.forgotten_at)
        return {"Closed, without a name", {}, "grey"};
    if (account.access_refused)
        return {"Closed: it is not them", {}, "red"};
    if (account.disabled)
        return {"Closed", {}, "grey"};
    if (account.must_change_password)
        return {"First password", {}, "yellow"};
    return {"Open", {}, "green"};
}

Words shown_person(store::Account const& account)
{
    return shown_person(account.display_name, account.login);
}

Words shown_person(std::string const& display_name, std::string const& login)
{
    bool const says_more = !display_name.empty() && display_name != login;
    return says_more ? words("{} ({})", display_name, login) : Words(login);
}

Words names_of(std::vector<store::Account> const& accounts)
{
    std::vector<Words> names;
    for (auto const& each : accounts)
        names.push_back(shown_person(each));
    return joined(std::move(names));
}

Words shown_sign_on(store::Account const& account)
{
    return account.sign_on.empty() ? "none" : Words(account.sign_on);
}

std::string address_of(store::AccountId id, std::string_view done)
{
    return "/accounts/one?id=" + std::to_string(store::number(id)) + (done.empty() ? "" : "&done=" + std::string(done));
}

store::AccountId account_id_of(Fields const& fields)
{
    return static_cast<store::AccountId>(parse_id(value_of(fields, "id")).value_or(0));
}

Form change_form(Visit const& visit, store::Account const& account, std::string action, Words button)
{
    Form form;
    form.action = std::move(action);
    form.button = std::move(button);
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(account.id))}};
    return form;
}

task<Response> account_page(Visit const& visit, store::AccountId id, std::vector<Problem> problems)
{
    auto const work = [id, now = visit.instant()](Ledger& ledger) -> result<FoundAccount> {
        auto account = store::find_account(ledger, id);
        if (!account)
            return account.error();
        auto sessions = store::list_sessions(ledger, id, now);
        if (!sessions)
            return sessions.error();
        auto tokens = store::list_api_tokens(ledger, id);
        if (!tokens)
            return tokens.error();
        FoundAccount found{std::move(*account), std::move(*sessions), std::move(*tokens), {}, {}, {}};
        if (auto const waiting = read_waiting(ledger, found, now); !waiting)
            return waiting.error();
        return found;
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& account = found->account;
    if (account.forgotten_at)
        co_return show(visit, forgotten_page(visit, account));
    auto const groups = joined(std::vector<Words>(account.groups.begin(), account.groups.end()));
    Page page;
    page.title = account.display_name;
    page.back = "/accounts";
    if (auto const done = done_text(visit.query("done")); !done.empty())
        page.parts.push_back(notice("Done", done));
    add_problems(page, problems);
    page.parts.push_back(heading(account.display_name, "Account"));
    page.parts.push_back(summary({{"User name", {account.login}}, {"State", state_cell(account)},
        {"Role in these pages", {role_title(account.console_role)}},
        {"Role on the web", {account.subject_role.empty() ? "none" : Words(account.subject_role)}},
        {"Groups", {groups.empty() ? "none" : groups}},
        {"Signing in", {account.has_second_factor ? "Password and code" : "Password"}},
        {"School account", {shown_sign_on(account)}},
        {"For emergencies", {account.is_break_glass ? "Yes: its password works once" : "No"}},
        {"Last signed in", {account.last_sign_in ? shown_time(visit.site, *account.last_sign_in) : "Never"}}}));
    add_waiting(page, visit, *found);
    if (account.id == visit.session->account.id)
        page.parts.push_back(inset("This is your own account. Somebody else, or the command line of the machine, changes it."));
    else if (account.access_refused) {
        page.parts.push_back(
            inset("Somebody said that it is not them who got another way to sign in. The account is closed until "
                  "it gets a new password from somebody who did not give that one."));
        page.parts.push_back(
            link("What happened, and what to do", "/roles/access?id=" + std::to_string(store::number(account.id))));
    } else if (!add_way_to_sign_in(page, visit, address_of(account.id)))
        add_changes(page, visit, account, problems);
    add_sessions(page, visit, account, found->sessions, problems);
    for (auto const& part : token_parts(visit, found->tokens, &account, problems))
        page.parts.push_back(part);
    co_return show(visit, page);
}

task<std::optional<Response>> refuse_unproved_end(Visit const& visit, bool is_own, std::string field)
{
    if (is_own || !visit.has_role(ConsoleRole::ict_lead) || visit.is_held()) // the store says no to everybody else, on record
        co_return std::nullopt;
    auto const of = parse_id(visit.form("account"));
    if (!of)
        co_return show_failure(visit, store::errc::not_found);
    if (auto const wrong = co_await find_unproved(visit, std::move(field)))
        co_return co_await account_page(visit, static_cast<store::AccountId>(*of), one_problem(wrong->field, wrong->text));
    co_return std::nullopt;
}

} // namespace gatehouse::portal::console
