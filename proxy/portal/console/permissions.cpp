// Permissions that take two keys (clause 10): the headteacher permits, the officer confirms that the measures are in place.
#include "proxy/store/permissions.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/portal/form_data.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

std::string address_of(store::PermissionId id, std::string_view done = {})
{
    return "/permission?id=" + std::to_string(store::number(id)) + (done.empty() ? "" : "&done=" + std::string(done));
}

bool holds_a_key(Visit const& visit)
{
    return visit.has_role(ConsoleRole::headteacher) || visit.has_role(ConsoleRole::officer);
}

/// "Year 9", "YouTube": what a selector means to people.
Words spoken_column(Visit const& visit, std::string_view column, std::string const& selector)
{
    return spoken_selector(*visit.site.services.current_policy(), column, selector);
}

Cell key_state(std::optional<store::GivenKey> const& key, store::Instant now)
{
    if (!key)
        return {"Missing", {}, "purple"};
    return key->until <= now ? Cell{"Over", {}, "grey"} : Cell{"Given", {}, "green"};
}

Cell state_of(store::Permission const& permission, store::Instant now)
{
    if (permission.closed_at)
        return {"Closed", {}, "grey"};
    if (permission.is_open(now))
        return {"Open", {}, "green"};
    auto const is_live = [now](auto const& key) { return key && now < key->until; };
    if (is_live(permission.headteacher) && is_live(permission.officer))
        return {"Ended by hand", {}, "grey"};
    if (is_live(permission.officer))
        return {"Waits for the headteacher", {}, "purple"};
    if (is_live(permission.headteacher))
        return {"Waits for the officer", {}, "purple"};
    if (permission.is_over(now))
        return {"Over", {}, "grey"};
    return {"Waits for both keys", {}, "purple"};
}

template <class Table>
void add_options(std::vector<Option>& options, Table const& table, std::string_view prefix, Words const& group = {})
{
    for (auto const& row : table)
        options.push_back({std::string(prefix) + row.id, row.title.empty() ? row.id : row.title, {}, group});
}

/// Social media first, each by itself and all of them, and whatever else has services.
std::vector<Option> what_options(policy::Policy const& policy)
{
    std::vector<Option> options{{"", "Choose", ""}};
    add_options(options, policy.services, "service:", "One service");
    add_options(options, policy.categories, "category:", "All of a kind");
    return options;
}

Page proposal_page(Visit const& visit, std::vector<Problem> const& problems)
{
    auto const policy = visit.site.services.current_policy();
    std::vector<Option> groups{{"", "Nobody", ""}}, networks{{"", "Anywhere at school", ""}};
    add_options(groups, policy->groups, "group:");
    add_options(networks, policy->networks, "network:");
    auto const typed = [&](std::string_view name) { return std::string(visit.form(name)); };
    Form form;
    form.action = "/permission/new";
    form.button = "Go on";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::text, "user", "For one pupil", "The user name. Leave it empty if it is for a group.",
                       typed("user"), {}, problem_with(problems, "user"), "off", 128},
        {Field::Kind::select, "group", "For a group", "Only if no pupil is named.", typed("group"), groups},
        {Field::Kind::select, "what", "What may they use?", "", typed("what"), what_options(*policy),
            problem_with(problems, "what")},
        {Field::Kind::select, "where", "Where?", "", typed("where"), networks},
        {Field::Kind::area, "reason", "What is it for?", "The activity, and who leads it.", typed("reason"), {},
            problem_with(problems, "reason"), "", 1000}};
    Page page;
    page.title = "A permission with two keys";
    page.back = "/permissions";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(
        paragraph("Nothing opens yet. It opens when the headteacher has permitted it and the online safety officer has confirmed "
                  "that the measures are in place, and closes when either of the two runs out."));
    page.parts.push_back(portal::form(form));
    return page;
}

/// Everything that the selector opens and that knows a minimum age.
std::vector<policy::Service const*> services_in(policy::Policy const& policy, std::string_view what)
{
    constexpr std::string_view one = "service:", kind = "category:";
    std::vector<policy::Service const*> found;
    auto const category = what.starts_with(kind)
        ? policy.index_of({policy::Selector::Kind::category, std::string(what.substr(kind.size())), 0})
        : policy::none;
    for (auto const& service : policy.services) {
        bool const named = what.starts_with(one) && what.substr(one.size()) == service.id;
        if (named || (category != policy::none && policy.is_within(service.category_index, category)))
            found.push_back(&service);
    }
    return found;
}

/// Clause 10: nobody signs up below a service's minimum age. Empty if nothing is known against it.
Words age_problem(policy::Policy const& policy, std::string_view what, std::vector<std::string> const& groups)
{
    auto const services = services_in(policy, what);
    for (auto const& group : policy.groups) {
        if (group.youngest_age == 0 || std::find(groups.begin(), groups.end(), group.id) == groups.end())
            continue;
        for (auto const* service : services)
            if (group.youngest_age < service->minimum_age)
                return words("{} takes nobody below {}, and the youngest of {} are {}", service->title, service->minimum_age,
                    group.title, group.youngest_age);
    }
    return {};
}

/// The groups of whoever it is for: of one person those of the account, and of the computers that are theirs.
task<result<std::vector<std::string>>> groups_of(Visit const& visit, std::string who)
{
    constexpr std::string_view of_group = "group:", of_user = "user:";
    std::vector<std::string> groups;
    if (who.starts_with(of_group))
        groups.push_back(who.substr(of_group.size()));
    if (!who.starts_with(of_user))
        co_return groups;
    auto const user = who.substr(of_user.size());
    auto const work = [user](Ledger& ledger) { return store::find_account(ledger, user); };
    auto const account = co_await visit.site.services.store.call(work);
    if (!account && account.error() != store::errc::not_found) // not everybody at school has an account here
        co_return account.error();
    if (account)
        groups = account->groups;
    for (auto const& device : visit.site.services.current_policy()->devices)
        if (device.user == user)
            groups.insert(groups.end(), device.groups.begin(), device.groups.end());
    co_return groups;
}

bool fits(policy::Policy const& policy, std::string_view column, std::string const& selector)
{
    return std::holds_alternative<policy::Selector>(policy::parse_selector(policy, column, selector));
}

std::optional<store::NewPermission> proposal_of(Visit const& visit, std::vector<Problem>& problems)
{
    auto const policy = visit.site.services.current_policy();
    auto const user = trimmed_value(visit.request.form, "user");
    store::NewPermission made;
    made.who = user.empty() ? std::string(visit.form("group")) : "user:" + policy::folded_user(user);
    made.what = visit.form("what");
    made.where = visit.form("where");
    made.reason = trimmed_value(visit.request.form, "reason");
    if (!fits(*policy, "who", made.who))
        problems.push_back({"user", made.who.empty() ? "Name a pupil or choose a group" : "This is no user name"});
    bool const is_offered = made.what.starts_with("service:") || made.what.starts_with("category:");
    if (!is_offered || !fits(*policy, "what", made.what)) // of anything else it is not known from which age it may be used
        problems.push_back({"what", "Choose what they may use"});
    if (!made.where.empty() && !fits(*policy, "where", made.where))
        problems.push_back({"where", "Choose where"});
    if (made.reason.empty())
        problems.push_back({"reason", "Write what it is for"});
    return problems.empty() ? std::optional{std::move(made)} : std::nullopt;
}

/// Of one that was written down before: its groups, their ages and the services may have changed since.
task<Words> age_problem_now(Visit const& visit, store::PermissionId id)
{
    auto const work = [id](Ledger& ledger) { return store::find_permission(ledger, id); };
    auto const permission = co_await visit.site.services.store.call(work);
    if (!permission)
        co_return Words(); // the step itself says what is wrong
    auto const groups = co_await groups_of(visit, permission->who);
    co_return groups ? age_problem(*visit.site.services.current_policy(), permission->what, *groups) : Words();
}

Words key_text(Visit const& visit, std::optional<store::GivenKey> const& key)
{
    return key ? words("by {} on {}, until {}", Words::kept("login", key->by), shown_time(visit.site, key->at),
               shown_time(visit.site, key->until))
               : "Not given yet";
}

Part facts(Visit const& visit, store::Permission const& permission)
{
    auto const now = visit.instant();
    std::vector<SummaryRow> rows{{"State", state_of(permission, now)},
        {"For whom", {spoken_column(visit, "who", permission.who)}}, {"What", {spoken_column(visit, "what", permission.what)}},
        {"Where", {permission.where.empty() ? Words("Anywhere at school") : spoken_column(visit, "where", permission.where)}},
        {"What for", {permission.reason}}, {"Asked for by", {permission.made_by}},
        {"Headteacher's key", {key_text(visit, permission.headteacher)}},
        {"Officer's key", {key_text(visit, permission.officer)}}};
    if (!permission.measures.empty())
        rows.push_back({"Measures", {permission.measures}});
    if (permission.grant != store::OverrideId::none)
        rows.push_back({"What it opened", {"See the grant", "/grant?id=" + std::to_string(store::number(permission.grant))}});
    if (permission.closed_at)
        rows.push_back({"Closed",
            {words(
                "{} by {}: {}", shown_time(visit.site, *permission.closed_at), permission.closed_by, permission.close_reason)}});
    return summary(rows);
}

Form step_form(Visit const& visit, store::Permission const& permission, std::string action, char const* button)
{
    Form form;
    form.action = std::move(action);
    form.button = button;
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(permission.id))},
        {Field::Kind::hidden, "version", "", "", std::to_string(permission.version)}};
    return form;
}

void add_forms(Page& page, Visit const& visit, store::Permission const& permission, std::vector<Problem> const& problems)
{
    bool const is_officer = visit.has_role(ConsoleRole::officer);
    auto const& mine = is_officer ? permission.officer : permission.headteacher;
    auto give = step_form(visit, permission, "/permission/key", is_officer ? "Confirm the measures" : "Permit it");
    if (is_officer)
        give.fields.push_back({Field::Kind::area, "measures", "Which measures are in place?",
            "For example safe search, a teacher who looks on, settings of the account.", std::string(visit.form("measures")), {},
            problem_with(problems, "measures"), "", 1000});
    give.fields.push_back({Field::Kind::radios, "days", "For how long?", "It closes when the shorter of the two keys runs out.",
        std::string(visit.form("days")), {{"1", "One day"}, {"7", "One week"}, {"42", "Half a term"}, {"98", "One term"}},
        problem_with(problems, "days")});
    page.parts.push_back(subheading(mine && visit.instant() < mine->until ? "Give your key anew" : "Your key"));
    page.parts.push_back(portal::form(give));
    auto close = step_form(visit, permission, "/permission/close", "Close it for good");
    close.is_warning = true;
    close.fields.push_back({Field::Kind::text, "reason", "Why does it close?", "", std::string(visit.form("reason")), {},
        problem_with(problems, "reason"), "", 500});
    page.parts.push_back(subheading("Close it"));
    page.parts.push_back(portal::form(close));
}

Words done_text(std::string_view done)
{
    if (done == "proposed")
        return "It is written down. It opens when both keys are given.";
    if (done == "key")
        return "Your key is given.";
    if (done == "closed")
        return "It is closed for good.";
    return {};
}

task<Response> permission_page(Visit const& visit, store::PermissionId id, std::vector<Problem> problems)
{
    auto const work = [id](Ledger& ledger) { return store::find_permission(ledger, id); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Page page;
    page.title = words("{} for {}", spoken_column(visit, "what", found->what), spoken_column(visit, "who", found->who));
    page.back = "/permissions";
    if (auto const done = done_text(visit.query("done")); !done.empty())
        page.parts.push_back(notice("Done", found->is_open(visit.instant()) ? words("{} It is open now.", done) : done));
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, "Permission with two keys"));
    page.parts.push_back(facts(visit, *found));
    if (!found->closed_at && holds_a_key(visit))
        add_forms(page, visit, *found, problems);
    co_return show(visit, page);
}

store::PermissionStep step_of_form(Visit const& visit)
{
    return {static_cast<store::PermissionId>(parse_id(visit.form("id")).value_or(0)), parse_id(visit.form("version")).value_or(0),
        visit.actor(), visit.instant()};
}

} // namespace

task<Response> show_permissions(Visit const& visit)
{
    auto const work = [asked = std::string(visit.query("page"))](Ledger& ledger) {
        return read_page(
            asked, [&] { return store::count_permissions(ledger); },
            [&](std::size_t limit, std::size_t skipped) { return store::list_permissions(ledger, limit, skipped); });
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    Table table;
    table.caption = "Newest first";
    table.head = {"What", "For whom", "State", "Headteacher's key", "Officer's key"};
    table.empty = "Nothing has been asked for.";
    for (auto const& each : found->rows)
        table.rows.push_back({{spoken_column(visit, "what", each.what), address_of(each.id), {}, false, false,
                                  words("for {}", spoken_column(visit, "who", each.who))},
            {spoken_column(visit, "who", each.who)}, state_of(each, visit.instant()),
            key_state(each.headteacher, visit.instant()), key_state(each.officer, visit.instant())});
    Page page;
    page.title = "Permissions";
    page.parts = {heading("Permissions"),
        paragraph("What pupils may use only if the headteacher permits it and the online safety officer confirms that the "
                  "measures are in place.")};
    if (holds_a_key(visit))
        page.parts.push_back(link("Write down a new one", "/permission/new"));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, found->paging, "/permissions");
    co_return show(visit, page);
}

task<Response> show_permission(Visit const& visit)
{
    co_return co_await permission_page(visit, static_cast<store::PermissionId>(parse_id(visit.query("id")).value_or(0)), {});
}

task<Response> show_permission_proposal(Visit const& visit)
{
    co_return show(visit, proposal_page(visit, {}));
}

task<Response> take_permission_proposal(Visit const& visit)
{
    std::vector<Problem> problems;
    auto const made = proposal_of(visit, problems);
    if (!made)
        co_return show(visit, proposal_page(visit, problems));
    auto const groups = co_await groups_of(visit, made->who);
    if (!groups)
        co_return show_failure(visit, groups.error());
    auto const age = age_problem(*visit.site.services.current_policy(), made->what, *groups);
    if (!age.empty())
        co_return show(visit, proposal_page(visit, one_problem("what", age)));
    auto const work = [made, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::propose_permission(ledger, *made, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to(address_of(done->id, "proposed"));
}

task<Response> take_permission_key(Visit const& visit)
{
    auto const step = step_of_form(visit);
    auto const measures = trimmed_value(visit.request.form, "measures");
    auto const days = parse_id(visit.form("days")).value_or(0);
    std::vector<Problem> problems;
    if (visit.has_role(ConsoleRole::officer) && measures.empty())
        problems.push_back({"measures", "Write which measures are in place"});
    if (days < 1 || days > 98)
        problems.push_back({"days", "Choose how long"});
    auto const age = co_await age_problem_now(visit, step.id);
    if (!age.empty())
        problems.push_back({"days", age});
    if (!problems.empty())
        co_return co_await permission_page(visit, step.id, problems);
    auto const until = visit.instant() + std::chrono::days(days);
    auto const work = [step, until, measures](Ledger& ledger) { return store::give_key(ledger, step, until, measures); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    auto const published = co_await publish_now(visit.site, "a key of a permission");
    co_return after_publication(visit, published, address_of(step.id, "key"));
}

task<Response> take_permission_close(Visit const& visit)
{
    auto const step = step_of_form(visit);
    auto const reason = trimmed_value(visit.request.form, "reason");
    if (reason.empty())
        co_return co_await permission_page(visit, step.id, one_problem("reason", "Write why it closes"));
    auto const work = [step, reason](Ledger& ledger) { return store::close_permission(ledger, step, reason); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    auto const published = co_await publish_now(visit.site, "a permission is closed");
    co_return after_publication(visit, published, address_of(step.id, "closed"));
}

} // namespace gatehouse::portal::console
