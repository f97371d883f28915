// Services as switches: what the rules say of each for each role, and opening or closing it on the way to the draft.
#include "policy/service_switch.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/menu.hpp"

#include <fmt/format.h>

namespace gatehouse::portal::console {

namespace {

using policy::Policy;
using policy::Role;
using policy::Service;
using policy::Standing;
using policy::Switch;
using store::ConsoleRole;

std::string title_of(auto const& row)
{
    return row.title.empty() ? row.id : row.title;
}

Cell standing_cell(Policy const& policy, Service const& service, Role const& role)
{
    auto const standing = policy::standing_of(policy, service, role);
    switch (standing.answer) {
    case Standing::Answer::open: return {"Open", {}, "green"};
    case Standing::Answer::blocked: return {"Blocked", {}, "red"};
    case Standing::Answer::depends: return {"At times", {}, "yellow"};
    }
    return {};
}

/// "13; not Year 7, Year 8"
Words shown_age(Policy const& policy, Service const& service)
{
    if (service.minimum_age == 0)
        return "-";
    std::vector<Words> below;
    for (auto const& group : policy.groups)
        if (group.youngest_age > 0 && group.youngest_age < service.minimum_age)
            below.push_back(title_of(group));
    return below.empty() ? to_words(service.minimum_age) : words("{}; not {}", service.minimum_age, joined(below));
}

/// The services of one subject, each with what the rules say.
Table services_of(Policy const& policy, policy::Category const& category)
{
    Table table{.caption = {}, .head = {"Service", "Youngest age"}, .rows = {}};
    for (auto const& role : policy.roles)
        table.head.push_back(title_of(role));
    for (auto const& service : policy.services) {
        if (service.category != category.id)
            continue;
        std::vector<Cell> cells{
            {title_of(service), with_query("/services/one", {{"id", service.id}})}, {shown_age(policy, service)}};
        for (auto const& role : policy.roles)
            cells.push_back(standing_cell(policy, service, role));
        table.rows.push_back(std::move(cells));
    }
    table.caption = words("{} ({})", title_of(category), table.rows.size());
    table.folded = category.parent != "social-media"; // what the school's policy is about lies open
    return table;
}

std::string field_of(Role const& role)
{
    return "role-" + role.id;
}

Field switch_field(Visit const& visit, Policy const& policy, Service const& service, Role const& role)
{
    auto const rules = policy::standing_of(policy, service, role).rules;
    auto const position = visit.request.method == Method::post ? std::string(visit.form(field_of(role)))
                                                               : std::string(to_text(policy::switch_of(policy, service, role)));
    return {Field::Kind::select, field_of(role), title_of(role),
        rules.empty() ? Words("No rule speaks of it; the role's own default decides.")
                      : words("The rules that have a say now: {}", joined({rules.begin(), rules.end()})),
        position,
        {{"rules", "As the rules say", ""}, {"blocked", "Blocked at any time", ""},
            {"breaks", "Open at break and lunch only", ""}, {"open", "Open at any time", ""}}};
}

/// What the form of a service is made from: how its switches stand.
std::string standing_switches(Policy const& policy, Service const& service)
{
    std::string all;
    for (auto const& role : policy.roles)
        all += fmt::format("{} {}\n", role.id, to_text(policy::switch_of(policy, service, role)));
    return all;
}

Page service_page(Visit const& visit, Policy const& policy, Service const& service, std::vector<Problem> const& problems)
{
    auto const* const category = policy.category(service.category);
    Page page;
    page.title = title_of(service);
    page.back = "/services";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, "Service"));
    page.parts.push_back(summary(
        {{"Subject", {category == nullptr ? "-" : title_of(*category)}}, {"Youngest age", {shown_age(policy, service)}}}));
    if (!visit.has_role(ConsoleRole::officer)) {
        Table table{.caption = "What the rules say", .head = {"For", "Answer"}, .rows = {}};
        for (auto const& role : policy.roles)
            table.rows.push_back({{title_of(role)}, standing_cell(policy, service, role)});
        page.parts.push_back(portal::table(table));
        return page;
    }
    page.parts.push_back(
        paragraph("Nothing changes until the draft is published. A switch stands before the rules that speak of the "
                  "service; ways round the filter, minimum ages and whole networks keep their say."));
    Form form;
    form.action = "/services/one";
    form.button = "Put it into the draft";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", service.id}, stood_field(standing_switches(policy, service))};
    for (auto const& role : policy.roles)
        form.fields.push_back(switch_field(visit, policy, service, role));
    auto const reason = visit.request.method == Method::post
        ? std::string(visit.form("reason"))
        : fmt::format("{} is not available to you on the school network at this time.", title_of(service));
    form.fields.push_back({Field::Kind::area, "reason", "What people read who find it closed", "", reason, {},
        problem_with(problems, "reason"), "", 500});
    form.fields.push_back(why_field(visit, problems));
    page.parts.push_back(portal::form(form));
    return page;
}

/// The changes that the form asks for, each made on top of those before.
std::vector<policy::Edit> typed_edits(Visit const& visit, Policy const& policy, Service const& service)
{
    std::vector<policy::Edit> edits;
    auto scratch = policy;
    for (auto const& role : policy.roles) {
        auto const position = policy::parse_switch(visit.form(field_of(role)));
        if (!position)
            continue;
        for (auto& edit : policy::edits_for(scratch, service, role,
                 {*position, policy::clause_for(policy, service, role), trimmed_value(visit.request.form, "reason")})) {
            policy::apply(scratch, edit);
            scratch.prepare();
            edits.push_back(std::move(edit));
        }
    }
    return edits;
}

task<std::optional<Response>> try_service(Visit const& visit)
{
    auto const base = co_await policy_to_edit(visit);
    auto const& policy = base.policy;
    auto const* const service = policy->service(visit.form("id"));
    if (service == nullptr)
        co_return show_message(visit, 404, "We cannot find this service", "Services are written in policy.toml.");
    store::NewPolicyChanges changes;
    changes.reason = trimmed_value(visit.request.form, "why");
    changes.edits = typed_edits(visit, *policy, *service);
    std::vector<Problem> problems;
    add_if_changed(problems, visit, standing_switches(*policy, *service), title_of(*service));
    if (trimmed_value(visit.request.form, "reason").empty())
        problems.push_back({"reason", "Write what people read"});
    if (changes.reason.empty())
        problems.push_back({"why", "Write why it is changed"});
    if (changes.edits.empty() && problems.empty())
        problems.push_back({field_of(policy->roles.front()), "Nothing is changed: choose something else for one of the roles"});
    for (auto& wrong : problems.empty() ? problems_with(*policy, changes.edits) : std::vector<Problem>{})
        problems.push_back(std::move(wrong));
    if (!problems.empty())
        co_return show(visit, service_page(visit, *policy, *service, problems));
    co_return co_await draft_them(visit, base, std::move(changes));
}

} // namespace

task<Response> show_services(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    Page page;
    page.title = "Services";
    page.parts = {heading(page.title),
        paragraph("What the rules say of each service for each role at large. \"At times\": it depends on the hour or the place. "
                  "The page of a "
                  "service names the rules, also those for some groups only.")};
    for (auto const& category : policy->categories)
        if (auto const table = services_of(*policy, category); !table.rows.empty())
            page.parts.push_back(portal::table(table));
    if (opens(visit, "/rules"))
        page.parts.push_back(link("The rules", "/rules"));
    co_return show(visit, page);
}

task<Response> show_service(Visit const& visit)
{
    auto const policy = co_await policy_with_draft(visit);
    auto const* const service = policy->service(visit.query("id"));
    if (service == nullptr)
        co_return show_message(visit, 404, "We cannot find this service", "Services are written in policy.toml.");
    co_return show(visit, service_page(visit, *policy, *service, {}));
}

task<Response> take_service(Visit const& visit)
{
    co_return co_await until_drafted(visit, try_service);
}

} // namespace gatehouse::portal::console
