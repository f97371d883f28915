// Who may sign in to the console and to the proxy, and as what: for the ICT lead, who cannot change their own account and shows at each change
// that it is still them (proof.hpp). A role that was given here decides nothing for 24 hours.
#include "policy/policy.hpp"
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/token_view.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/second_factor.hpp"
#include "proxy/store/sign_in.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

constexpr std::array console_roles{ConsoleRole::none, ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::ict_lead,
    ConsoleRole::dsl, ConsoleRole::dpo, ConsoleRole::chief_executive, ConsoleRole::marketing, ConsoleRole::auditor,
    ConsoleRole::supervisor};

std::vector<Option> role_options()
{
    std::vector<Option> options;
    for (auto const role : console_roles)
        options.push_back({std::string(store::to_text(role)), role_title(role), ""});
    return options;
}

std::vector<Option> subject_options(policy::Policy const& policy)
{
    std::vector<Option> options{{"", "Does not sign in to the proxy", ""}};
    for (auto const& role : policy.roles)
        options.push_back({role.id, role.title.empty() ? role.id : role.title, ""});
    return options;
}

std::vector<Option> group_options(policy::Policy const& policy)
{
    std::vector<Option> options{{"", "None", ""}};
    for (auto const& group : policy.groups)
        options.push_back({group.id, group.title.empty() ? group.id : group.title, ""});
    return options;
}

Cell state_of(store::Account const& account)
{
    if (account.forgotten_at)
        return {"Closed, without a name", {}, "grey"};
    if (account.disabled)
        return {"Closed", {}, "grey"};
    if (account.must_change_password)
        return {"First password", {}, "yellow"};
    return {"Open", {}, "green"};
}

Words role_of(store::Account const& account)
{
    if (account.console_role != ConsoleRole::none)
        return role_title(account.console_role);
    return account.subject_role.empty() ? "-" : words("{}, on the web only", account.subject_role);
}

Page new_account_page(Visit const& visit, std::vector<Problem> const& problems)
{
    auto const policy = visit.site.services.current_policy();
    auto const typed = [&](std::string_view name) { return std::string(visit.form(name)); };
    Page page;
    page.title = "Make an account";
    page.back = "/accounts";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    if (add_way_to_sign_in(page, visit, "/accounts/add"))
        return page;
    Form form;
    form.action = "/accounts/add";
    form.button = "Make the account";
    form.csrf = visit.csrf();
    form.fields = {
        {Field::Kind::text, "name", "Name", "As people know it.", typed("name"), {}, problem_with(problems, "name"), "off", 100},
        {Field::Kind::text, "login", "User name", "Letters, digits, dots and hyphens.", typed("login"), {},
            problem_with(problems, "login"), "off", 64},
        {Field::Kind::text, "person", "User name of their other account",
            "Only if this human being has an account already: nobody approves their own request with a second one.",
            typed("person"), {}, problem_with(problems, "person"), "off", 64},
        {Field::Kind::select, "role", "Role in these pages", "", typed("role"), role_options(), problem_with(problems, "role")},
        {Field::Kind::select, "subject", "Role on the web", "", typed("subject"), subject_options(*policy),
            problem_with(problems, "subject")},
        {Field::Kind::select, "group", "Group on the web", "", typed("group"), group_options(*policy)},
        {Field::Kind::text, "sign_on", "Name at the school's sign-on", "Only if they sign in with their school account.",
            typed("sign_on"), {}, problem_with(problems, "sign_on"), "off", 254}};
    add_proof(form, visit, "password", problems);
    page.parts.push_back(portal::form(form));
    return page;
}

store::NewAccount account_of(Visit const& visit, std::vector<Problem>& problems)
{
    auto const policy = visit.site.services.current_policy();
    store::NewAccount made;
    made.login = trimmed_value(visit.request.form, "login");
    made.display_name = trimmed_value(visit.request.form, "name");
    made.person = trimmed_value(visit.request.form, "person");
    made.console_role = store::parse_console_role(visit.form("role")).value_or(ConsoleRole::none);
    made.subject_role = visit.form("subject");
    made.sign_on = trimmed_value(visit.request.form, "sign_on");
    if (!visit.form("group").empty())
        made.groups = {std::string(visit.form("group"))};
    if (made.display_name.empty())
        problems.push_back({"name", "Write the name"});
    if (!store::canonical_login(made.login))
        problems.push_back({"login", "Write a user name of letters, digits, dots and hyphens"});
    if (made.console_role == ConsoleRole::none && made.subject_role.empty())
        problems.push_back({"role", "Choose a role in these pages or on the web"});
    if (!made.subject_role.empty() && policy->role(made.subject_role) == nullptr)
        problems.push_back({"subject", "Choose a role that the policy has"});
    return made;
}

/// The one time that a password is shown.
Response password_page(Visit const& visit, store::IssuedAccount const& issued, ConsoleRole wanted)
{
    Page page;
    page.title = words("First password of {}", issued.account.login);
    page.parts = {notice("Done", words("Give this password to {} in person. It is shown only now.", issued.account.display_name)),
        heading(page.title),
        summary({{"User name", {issued.account.login, {}, {}, true}}, {"Password", {issued.password, {}, {}, true}}}),
        paragraph(issued.account.must_change_password ? "It opens nothing but the page where they choose their own."
                                                      : "It stays theirs.")};
    if (wanted != issued.account.console_role)
        page.parts.push_back(paragraph(
            "The role waits for a second person; until then they cannot sign in to these pages. The account's page says "
            "who could confirm it."));
    if (issued.account.access_given_at)
        page.parts.push_back(paragraph(
            "Their account decides nothing for 24 hours, unless a second person confirms that it is really them. The account's "
            "page says who could."));
    page.parts.push_back(link("All accounts", "/accounts"));
    return show(visit, page);
}

void add_changes(Page& page, Visit const& visit, store::Account const& account, std::vector<Problem> const& problems)
{
    auto role = change_form(visit, account, "/accounts/role", "Change the role");
    role.fields.push_back({Field::Kind::select, "role", "Role in these pages",
        "A role that decides waits for a second person. A new role decides nothing for 24 hours, and signs them out.",
        std::string(store::to_text(account.console_role)), role_options()});
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
    auto password = change_form(visit, account, "/accounts/password", "Give a first password");
    add_proof(password, visit, "proof", problems);
    page.parts.push_back(subheading("A password that is forgotten"));
    page.parts.push_back(portal::form(password));
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

void add_sessions(Page& page, Visit const& visit, store::Account const& account, std::vector<store::Session> const& sessions)
{
    Table table;
    table.caption = "Where they are signed in";
    table.head = {"Address", "Since", "Last used"};
    table.empty = "They are not signed in.";
    std::vector<Option> options;
    for (auto const& session : sessions) {
        table.rows.push_back({{session.address, {}, {}, true}, {shown_time(visit.site, session.created_at)},
            {shown_time(visit.site, session.last_seen)}});
        options.push_back({std::to_string(store::number(session.id)),
            words("{}, since {}", session.address, shown_time(visit.site, session.created_at)), ""});
    }
    page.parts.push_back(portal::table(table));
    if (options.empty())
        return;
    auto form = change_form(visit, account, "/account/end-session", "Sign them out there");
    form.fields = {{Field::Kind::hidden, "account", "", "", std::to_string(store::number(account.id))},
        {Field::Kind::select, "session", "Which one?", "", "", options}};
    page.parts.push_back(portal::form(form));
}

Words done_text(std::string_view done)
{
    if (done == "role")
        return "The role is changed and they are signed out.";
    if (done == "asked")
        return "The role is asked for. The account has its old role until somebody else confirms it.";
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
    if (done == "session")
        return "That place is signed out.";
    return "";
}

struct Found {
    store::Account account;
    std::vector<store::Session> sessions;
    std::vector<store::ApiToken> tokens;
    std::optional<store::RoleGrant> waiting;
    std::vector<store::Account> confirmers; ///< of what waits
    std::optional<store::AccessHold> hold;
};

/// What waits for the account, and for whom.
result<void> read_waiting(Ledger& ledger, Found& found, store::Instant now)
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
    auto confirmers = store::role_confirmers(ledger, waiting->id, now);
    if (!confirmers)
        return confirmers.error();
    found.waiting = std::move(*waiting);
    found.confirmers = std::move(*confirmers);
    return {};
}

void add_waiting(Page& page, Visit const& visit, Found const& found)
{
    if (found.hold)
        page.parts.push_back(inset(words("Decides nothing until {}: {}. Who could confirm sooner that it is really them: {}.",
            shown_time(visit.site, found.hold->until), given_text(found.hold->given.back()),
            names_of_hold_confirmers(*found.hold))));
    if (!found.waiting)
        return;
    page.parts.push_back(inset(words("Waits for a second person: {}. Who could confirm it: {}.", role_title(found.waiting->role),
        names_of_confirmers(found.confirmers))));
    page.parts.push_back(link("Roles", "/roles"));
}

} // namespace

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
    auto const work = [id, now = visit.instant()](Ledger& ledger) -> result<Found> {
        auto account = store::find_account(ledger, id);
        if (!account)
            return account.error();
        auto sessions = store::list_sessions(ledger, id, now);
        if (!sessions)
            return sessions.error();
        auto tokens = store::list_api_tokens(ledger, id);
        if (!tokens)
            return tokens.error();
        Found found{std::move(*account), std::move(*sessions), std::move(*tokens), {}, {}, {}};
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
    page.parts.push_back(summary({{"User name", {account.login}}, {"State", state_of(account)},
        {"Role in these pages", {role_title(account.console_role)}},
        {"Role on the web", {account.subject_role.empty() ? "none" : Words(account.subject_role)}},
        {"Groups", {groups.empty() ? "none" : groups}},
        {"Signing in", {account.has_second_factor ? "Password and code" : "Password"}},
        {"School account", {account.sign_on.empty() ? "none" : Words(account.sign_on)}},
        {"For emergencies", {account.is_break_glass ? "Yes: its password works once" : "No"}},
        {"Last signed in", {account.last_sign_in ? shown_time(visit.site, *account.last_sign_in) : "Never"}}}));
    add_waiting(page, visit, *found);
    if (account.id == visit.session->account.id)
        page.parts.push_back(inset("This is your own account. Somebody else, or the command line of the machine, changes it."));
    else if (!add_way_to_sign_in(page, visit, address_of(account.id)))
        add_changes(page, visit, account, problems);
    add_sessions(page, visit, account, found->sessions);
    for (auto const& part : token_parts(visit, found->tokens, std::to_string(store::number(account.id))))
        page.parts.push_back(part);
    co_return show(visit, page);
}

task<Response> show_accounts(Visit const& visit)
{
    auto const work = [](Ledger& ledger) { return store::list_accounts(ledger); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = "By user name";
    table.head = {"User name", "Name", "Role", "State", "Code", "Last signed in"};
    for (auto const& account : *found)
        table.rows.push_back({{shown_login(account), address_of(account.id)}, {account.display_name}, {role_of(account)},
            state_of(account), {account.has_second_factor ? "Yes" : "No"},
            {account.last_sign_in ? shown_time(visit.site, *account.last_sign_in) : "Never"}});
    Page page;
    page.title = "Accounts";
    page.parts = {heading(page.title), link("Make an account", "/accounts/add"), portal::table(table)};
    co_return show(visit, page);
}

task<Response> show_one_account(Visit const& visit)
{
    co_return co_await account_page(visit, account_id_of(visit.request.query), {});
}

task<Response> show_account_form(Visit const& visit)
{
    co_return show(visit, new_account_page(visit, {}));
}

task<Response> take_new_account(Visit const& visit)
{
    std::vector<Problem> problems;
    auto const made = account_of(visit, problems);
    if (problems.empty())
        if (auto const wrong = co_await find_unproved(visit, "password"))
            problems.push_back(*wrong);
    if (!problems.empty())
        co_return show(visit, new_account_page(visit, problems));
    auto const issued
        = co_await store::issue_account(visit.site.services.store, made, std::nullopt, visit.actor(), visit.instant());
    if (!issued && issued.error() == store::errc::already_exists)
        co_return show(
            visit, new_account_page(visit, {{"login", "This user name, or the name at the school's sign-on, is taken"}}));
    if (!issued)
        co_return show_failure(visit, issued.error());
    co_return password_page(visit, *issued, made.console_role);
}

task<Response> take_account_role(Visit const& visit)
{
    auto const id = account_id_of(visit.request.form);
    auto const role = store::parse_console_role(visit.form("role"));
    if (!role)
        co_return show_failure(visit, store::errc::invalid_value);
    if (auto const wrong = co_await find_unproved(visit, "password"))
        co_return co_await account_page(visit, id, one_problem(wrong->field, wrong->text));
    auto const work = [id, role, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<std::string_view> {
        if (auto const set = store::set_console_role(ledger, id, *role, actor, now); !set)
            return set.error();
        return store::waiting_role(ledger, id) ? "asked" : "role";
    };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to(address_of(id, *done)) : show_failure(visit, done.error());
}

task<Response> take_account_sign_on(Visit const& visit)
{
    auto const id = account_id_of(visit.request.form);
    if (auto const wrong = co_await find_unproved(visit, "same"))
        co_return co_await account_page(visit, id, one_problem(wrong->field, wrong->text));
    auto const work = [id, name = trimmed_value(visit.request.form, "sign_on"), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::set_sign_on(ledger, id, name, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::already_exists)
        co_return co_await account_page(visit, id, one_problem("sign_on", "Another account has this name"));
    co_return done ? redirect_to(address_of(id, "sign-on")) : show_failure(visit, done.error());
}

task<Response> take_account_state(Visit const& visit)
{
    auto const id = account_id_of(visit.request.form);
    bool const disable = visit.form("disabled") == "yes";
    if (auto const wrong = co_await find_unproved(visit, "sure"))
        co_return co_await account_page(visit, id, one_problem(wrong->field, wrong->text));
    auto const work = [id, disable, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::set_disabled(ledger, id, disable, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to(address_of(id, disable ? "closed" : "opened")) : show_failure(visit, done.error());
}

task<Response> take_account_code(Visit const& visit)
{
    auto const id = account_id_of(visit.request.form);
    if (auto const wrong = co_await find_unproved(visit, "known"))
        co_return co_await account_page(visit, id, one_problem(wrong->field, wrong->text));
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::clear_second_factor(ledger, id, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to(address_of(id, "code")) : show_failure(visit, done.error());
}

task<Response> take_new_password(Visit const& visit)
{
    auto const id = account_id_of(visit.request.form);
    if (auto const wrong = co_await find_unproved(visit, "proof"))
        co_return co_await account_page(visit, id, one_problem(wrong->field, wrong->text));
    auto const issued = co_await store::issue_new_password(visit.site.services.store, id, visit.actor(), visit.instant());
    co_return issued ? password_page(visit, *issued, issued->account.console_role) : show_failure(visit, issued.error());
}

} // namespace gatehouse::portal::console
