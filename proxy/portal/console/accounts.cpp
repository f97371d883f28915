// Who may sign in to the console and to the proxy, and as what: for the ICT lead, who cannot change their own account and shows at each change
// that it is still them (proof.hpp). A role that was given here decides nothing for 24 hours.
#include "policy/policy.hpp"
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/second_factor.hpp"

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

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

Words role_of(store::Account const& account)
{
    if (account.console_role != ConsoleRole::none)
        return role_title(account.console_role);
    return account.subject_role.empty() ? "-" : words("{}, on the web only", account.subject_role);
}

Field role_field(std::string chosen, Words error)
{
    auto field = named_choice("role", "Role in these pages", role_options());
    field.value = chosen.empty() ? std::string(store::to_text(ConsoleRole::none)) : std::move(chosen);
    field.error = std::move(error);
    field.folded = false; // the one choice that nobody may overlook
    return field;
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
        role_field(typed("role"), problem_with(problems, "role")),
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

/// What the page says of an account that was opened just now: with its role, or while that waits.
std::string_view opened_as(Ledger& ledger, store::AccountId id, store::Instant now)
{
    if (store::waiting_role(ledger, id))
        return "opened-asked";
    auto const account = store::find_account(ledger, id);
    return account && account->role_changed_at == now ? "opened-role" : "opened";
}

} // namespace

Response issued_password_page(Visit const& visit, store::IssuedAccount const& issued, ConsoleRole wanted, std::string back)
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
    if (issued.account.is_held(visit.instant()))
        page.parts.push_back(paragraph(
            "Their account decides nothing until a second person confirms that it is really them, or for 24 hours from when one "
            "of those was told. The page Roles says who could."));
    page.parts.push_back(link("Go on", std::move(back)));
    return show(visit, page);
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
            state_cell(account), {account.has_second_factor ? "Yes" : "No"},
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
    if (!issued && issued.error() == store::errc::invalid_value && !made.person.empty())
        co_return show(visit, new_account_page(visit, {{"person", "No account has this user name"}}));
    if (!issued && issued.error() == store::errc::already_exists)
        co_return show(
            visit, new_account_page(visit, {{"login", "This user name, or the name at the school's sign-on, is taken"}}));
    if (!issued)
        co_return show_failure(visit, issued.error());
    co_return issued_password_page(visit, *issued, made.console_role, "/accounts");
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
        auto const was = store::find_account(ledger, id);
        if (auto const set = store::set_console_role(ledger, id, *role, actor, now); !set)
            return set.error();
        if (was && was->console_role == *role)
            return "same-role";
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
    auto const work = [id, disable, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<std::string_view> {
        if (auto const set = store::set_disabled(ledger, id, disable, actor, now); !set)
            return set.error();
        return disable ? "closed" : opened_as(ledger, id, now);
    };
    auto const done = co_await visit.site.services.store.call(work);
    co_return done ? redirect_to(address_of(id, *done)) : show_failure(visit, done.error());
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
    co_return issued ? issued_password_page(visit, *issued, issued->account.console_role, "/accounts")
                     : show_failure(visit, issued.error());
}

} // namespace gatehouse::portal::console
