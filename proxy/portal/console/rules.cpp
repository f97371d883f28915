// The rules in words, in the order in which they are asked, or by the clause of the school's policy that they serve. They are written in policy.toml,
// and changed here by drafts.
#include "policy/policy.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/portal/form_data.hpp"

#include <map>

namespace gatehouse::portal::console {

namespace {

Cell action_cell(policy::Verdict action)
{
    return action == policy::Verdict::allow ? Cell{"Open", {}, "green"} : Cell{"Blocked", {}, "red"};
}

std::vector<Cell> cells_of(policy::Policy const& policy, std::size_t index)
{
    auto const& rule = policy.rules[index];
    return {{std::to_string(index + 1)}, {spoken_column(policy, rule.who, "Everyone")},
        {spoken_column(policy, rule.what, "Everything")}, {spoken_column(policy, rule.where, "Anywhere")},
        {spoken_column(policy, rule.when, "At any time")}, action_cell(rule.action), {rule.clause.empty() ? "-" : rule.clause},
        {rule.id, with_query("/rules/one", {{"id", rule.id}}), {}, true}};
}

std::vector<Words> head()
{
    return {"Order", "Who", "What", "Where", "When", "Then", "Clause", "Name"};
}

Table in_order(policy::Policy const& policy)
{
    Table table{.caption = "In the order in which they are asked",
        .head = head(),
        .rows = {},
        .empty = "There are no rules: what a role may do decides."};
    for (std::size_t i = 0; i < policy.rules.size(); ++i)
        table.rows.push_back(cells_of(policy, i));
    return table;
}

/// "8" before "10", and rules without a clause at the end.
struct ByNumber {
    bool operator()(std::string const& left, std::string const& right) const
    {
        if (left.empty() || right.empty())
            return !left.empty() && right.empty();
        return left.size() != right.size() ? left.size() < right.size() : left < right;
    }
};

std::vector<Part> by_clause(policy::Policy const& policy)
{
    std::map<std::string, Table, ByNumber> folders;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        auto& table = folders[policy.rules[i].clause];
        table.rows.push_back(cells_of(policy, i));
    }
    std::vector<Part> parts;
    for (auto& [clause, table] : folders) {
        auto const count = table.rows.size();
        table.caption = clause.empty() ? words(count == 1 ? "Without a clause ({} rule)" : "Without a clause ({} rules)", count)
                                       : words(count == 1 ? "Clause {} ({} rule)" : "Clause {} ({} rules)", clause, count);
        table.head = head();
        table.folded = true;
        parts.push_back(portal::table(table));
    }
    return parts;
}

Table defaults(policy::Policy const& policy)
{
    Table table;
    table.caption = "If no rule fits";
    table.head = {"Role", "Then", "What people read"};
    for (auto const& role : policy.roles)
        table.rows.push_back(
            {{role.title.empty() ? role.id : role.title}, action_cell(role.default_verdict), {role.default_reason}});
    return table;
}

} // namespace

task<Response> show_rules(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    bool const folders = visit.query("by") == "clause";
    Page page;
    page.title = "Rules";
    page.parts = {heading(page.title, words("Version {}", policy->version)),
        paragraph("The first rule that fits decides. Before them come the sealed lists, supervised use and grants; behind them "
                  "what the role may do. "
                  "Rules are written in policy.toml; open one by its name to see or change it."),
        folders ? link("Show them in their order", "/rules") : link("Show them by clause", "/rules?by=clause"),
        link("Services as switches", "/services"), link("The timetable", "/timetable")};
    if (visit.has_role(store::ConsoleRole::officer))
        page.parts.push_back(link("Add a rule", "/rules/edit"));
    if (folders) {
        auto const parts = by_clause(*policy);
        page.parts.insert(page.parts.end(), parts.begin(), parts.end());
    } else {
        page.parts.push_back(portal::table(in_order(*policy)));
    }
    page.parts.push_back(portal::table(defaults(*policy)));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
