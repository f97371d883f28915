// One rule: what it says, and its change, move or removal on the way to the draft.
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/portal/form_data.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::portal::console {

namespace {

using policy::EditedTable;
using policy::Policy;
using policy::RuleText;
using store::ConsoleRole;
using Texts = std::vector<std::string>;

std::size_t place_of(Policy const& policy, std::string_view id)
{
    auto const found = std::find_if(policy.rules.begin(), policy.rules.end(), [&](auto const& rule) { return rule.id == id; });
    return static_cast<std::size_t>(found - policy.rules.begin());
}

template <class Rows>
void add_options(std::vector<Option>& options, Rows const& rows, std::string_view prefix)
{
    for (auto const& row : rows)
        options.push_back({std::string(prefix) + row.id, row.title.empty() ? row.id : row.title, ""});
}

std::vector<Option> who_options(Policy const& policy)
{
    std::vector<Option> options{{"everyone", "Everyone", ""}};
    add_options(options, policy.roles, "");
    add_options(options, policy.groups, "group:");
    return options;
}

std::vector<Option> subject_options(Policy const& policy)
{
    std::vector<Option> options{{"everything", "Everything", ""}};
    add_options(options, policy.categories, "category:");
    return options;
}

std::vector<Option> service_options(Policy const& policy)
{
    std::vector<Option> options;
    add_options(options, policy.services, "service:");
    return options;
}

std::vector<Option> where_options(Policy const& policy)
{
    std::vector<Option> options;
    add_options(options, policy.networks, "network:");
    options.push_back({"device:school", "On school devices", ""});
    options.push_back({"device:personal", "On personal devices", ""});
    options.push_back({"device:unknown", "On unknown devices", ""});
    for (auto const& device : policy.devices)
        options.push_back({"device-id:" + device.id, spoken(device.id), ""});
    return options;
}

std::vector<Option> when_options(Policy const& policy)
{
    std::vector<Option> options{{"lesson", "In lessons", ""}, {"break", "At break", ""}, {"lunch", "At lunch", ""},
        {"outside", "Outside of school", ""}, {"closed", "When there is no school", ""}};
    static constexpr std::array days{
        "On Mondays", "On Tuesdays", "On Wednesdays", "On Thursdays", "On Fridays", "On Saturdays", "On Sundays"};
    for (unsigned day = 0; day < days.size(); ++day)
        options.push_back({"weekday:" + std::string(policy::weekday_to_text(day)), days[day], ""});
    for (auto const& period : policy.timetable.periods) {
        auto const value = "period:" + period.name;
        bool const there = std::any_of(options.begin(), options.end(), [&](Option const& each) { return each.value == value; });
        if (!there)
            options.push_back({value, words("Period {}", spoken(period.name)), ""});
    }
    return options;
}

/// Those of the entries that no option has, one a line.
std::string others(Texts const& entries, std::initializer_list<std::vector<Option>> options)
{
    std::string text;
    for (auto const& entry : entries) {
        bool const has_box = std::any_of(options.begin(), options.end(), [&](auto const& each) {
            return std::any_of(each.begin(), each.end(), [&](Option const& option) { return option.value == entry; });
        });
        if (!has_box)
            text += (text.empty() ? "" : "\n") + entry;
    }
    return text;
}

/// "example.org" and "https://example.org/games" as people type them; what says its kind stays.
std::string as_selector(std::string const& typed)
{
    auto text = typed;
    for (std::string_view const scheme : {"https://", "http://"})
        if (text.starts_with(scheme))
            text.erase(0, scheme.size());
    if (text.find(':') != std::string::npos || text == "everything")
        return typed;
    auto const slash = text.find('/');
    if (slash != std::string::npos && slash + 1 == text.size())
        text.pop_back();
    return (text.find('/') == std::string::npos ? "host:" : "url:") + text;
}

Texts both(Texts entries, Texts const& more)
{
    entries.insert(entries.end(), more.begin(), more.end());
    return entries;
}

/// The rule that a form describes.
RuleText typed_rule(Visit const& visit)
{
    auto const& form = visit.request.form;
    RuleText rule;
    rule.id = trimmed_value(form, "id");
    rule.clause = trimmed_value(form, "clause");
    rule.reason = trimmed_value(form, "reason");
    rule.who = values_of(form, "who");
    for (auto const& person : lines_of(visit.form("people")))
        rule.who.push_back(person.find(':') == std::string::npos ? "user:" + person : person);
    rule.what = both(values_of(form, "subjects"), values_of(form, "services"));
    for (auto const& line : lines_of(visit.form("what")))
        rule.what.push_back(as_selector(line));
    rule.where = values_of(form, "where");
    rule.when = values_of(form, "when");
    rule.keeping = {trimmed_value(form, "owner"), trimmed_value(form, "request"), {}};
    if (auto const review = policy::Date::parse(visit.form("review_by")))
        rule.keeping.review_by = *review;
    rule.action = visit.form("action") == "allow" ? policy::Verdict::allow : policy::Verdict::block;
    return rule;
}

Field place_field(Policy const& policy, std::string_view own_id, std::string chosen)
{
    std::vector<Option> places{{"", "First of all", ""}};
    for (std::size_t i = 0; i < policy.rules.size(); ++i)
        if (policy.rules[i].id != own_id)
            places.push_back({policy.rules[i].id, words("After {}: {}", i + 1, policy.rules[i].id), ""});
    auto field = named_choice("after", "Where does it stand?", std::move(places));
    field.hint = "The first rule that fits decides.";
    field.value = std::move(chosen);
    return field;
}

Field boxes(std::string name, Words label, std::vector<Option> options, Texts chosen, bool folded)
{
    Field field{Field::Kind::checkboxes, std::move(name), std::move(label), "", "", std::move(options)};
    std::erase_if(chosen, [&](std::string const& entry) {
        return std::none_of(field.options.begin(), field.options.end(), [&](Option const& each) { return each.value == entry; });
    });
    field.chosen = std::move(chosen);
    field.folded = folded;
    return field;
}

/// The rule that this one comes after; empty: it comes first.
std::string before_of(Policy const& policy, std::string const& row)
{
    auto const place = place_of(policy, row);
    if (place == policy.rules.size())
        return policy.rules.empty() ? std::string{} : policy.rules.back().id;
    return place == 0 ? std::string{} : policy.rules[place - 1].id;
}

/// What the form for that rule is made from: its words and its place.
std::string standing_rule(Policy const& policy, std::string const& row)
{
    return before_of(policy, row) + "\n" + policy::written_row(policy, EditedTable::rule, row);
}

std::string typed_review(Visit const& visit, RuleText const& rule)
{
    if (visit.request.method == Method::post)
        return std::string(visit.form("review_by"));
    return rule.keeping.review_by ? rule.keeping.review_by->to_text() : std::string{};
}

/// The form for that rule as it stands or was typed; `row` is the id of the one that is changed.
std::vector<Field> rule_fields(
    Visit const& visit, Policy const& policy, std::string const& row, RuleText const& rule, std::vector<Problem> const& problems)
{
    bool const posted = visit.request.method == Method::post;
    auto who = boxes("who", "Who?", who_options(policy), rule.who, false);
    who.error = problem_with(problems, "who");
    auto const what = others(rule.what, {subject_options(policy), service_options(policy)});
    auto const people = others(rule.who, {who_options(policy)});
    return {{Field::Kind::hidden, "row", "", "", row},
        {Field::Kind::text, "id", "Name", "Lower-case letters, digits and hyphens; it stands in the log.", rule.id, {},
            problem_with(problems, "id"), "", 64},
        std::move(who),
        {Field::Kind::area, "people", "And these people",
            "User names, one on a line. Leave it empty if it is for no single person.",
            posted ? std::string(visit.form("people")) : people, {}, "", "", 2000},
        boxes("subjects", "Which subjects?", subject_options(policy), rule.what, true),
        boxes("services", "Which services?", service_options(policy), rule.what, true),
        {Field::Kind::area, "what", "And these sites",
            "One on a line: example.org, example.org/games. Lists, signs and searches as in policy.toml: list:school-block.",
            posted ? std::string(visit.form("what")) : what, {}, problem_with(problems, "what"), "", 8000},
        boxes("where", "Where? (nothing chosen: anywhere)", where_options(policy), rule.where, true),
        boxes("when", "When? (nothing chosen: at any time)", when_options(policy), rule.when, true),
        {Field::Kind::radios, "action", "Then", "", rule.action == policy::Verdict::allow ? "allow" : "block",
            {{"block", "It is blocked", ""}, {"allow", "It is open", ""}}},
        {Field::Kind::area, "reason", "What people read", "One kind sentence that says why.", rule.reason, {},
            problem_with(problems, "reason"), "", 500},
        {Field::Kind::text, "clause", "Clause of the school's policy", "", rule.clause, {}, problem_with(problems, "clause"), "",
            20},
        {Field::Kind::text, "owner", "Who answers for it", "", rule.keeping.owner, {}, problem_with(problems, "owner"), "", 64},
        {Field::Kind::text, "request", "What asked for it", "If it came from a request or a report: its number.",
            rule.keeping.request, {}, problem_with(problems, "request"), "", 64},
        {Field::Kind::date, "review_by", "Look at it again by", "", typed_review(visit, rule), {},
            problem_with(problems, "review_by"), "", 10},
        place_field(policy, row, posted ? std::string(visit.form("after")) : before_of(policy, row)), why_field(visit, problems)};
}

Page rule_page(
    Visit const& visit, Policy const& policy, std::string const& row, RuleText const& rule, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/rules/edit";
    form.button = "Put it into the draft";
    form.csrf = visit.csrf();
    form.fields = rule_fields(visit, policy, row, rule, problems);
    if (!row.empty())
        form.fields.push_back(stood_field(standing_rule(policy, row)));
    Page page;
    page.title = row.empty() ? "A new rule" : "Change a rule";
    page.back = row.empty() ? "/rules" : with_query("/rules/one", {{"id", row}});
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, row));
    page.parts.push_back(paragraph("Nothing changes until the draft is published. You can see first what it would change."));
    page.parts.push_back(portal::form(form));
    return page;
}

Cell review_cell(std::optional<policy::Date> const& review_by, policy::Date const& today)
{
    if (!review_by)
        return {"-"};
    auto const day = shown_date(*review_by);
    return *review_by < today ? Cell{words("{}, overdue", day), {}, "yellow"} : Cell{day};
}

std::vector<SummaryRow> rule_rows(Policy const& policy, std::size_t place, policy::Date const& today)
{
    auto const& rule = policy.rules[place];
    auto const source = rule.source.line == 0 ? Words("Changed in the console") : words("policy.toml, line {}", rule.source.line);
    bool const opens = rule.action == policy::Verdict::allow;
    return {{"Who", {spoken_column(policy, rule.who, "Everyone")}}, {"What", {spoken_column(policy, rule.what, "Everything")}},
        {"Where", {spoken_column(policy, rule.where, "Anywhere")}}, {"When", {spoken_column(policy, rule.when, "At any time")}},
        {"Then", {opens ? "Open" : "Blocked", {}, opens ? "green" : "red"}}, {"What people read", {rule.reason}},
        {"Clause", {rule.clause.empty() ? "-" : rule.clause}}, {"Place", {words("{} of {}", place + 1, policy.rules.size())}},
        {"Who answers for it", {rule.keeping.owner.empty() ? "-" : rule.keeping.owner}},
        {"What asked for it", {rule.keeping.request.empty() ? "-" : rule.keeping.request}},
        {"Look at it again by", review_cell(rule.keeping.review_by, today)}, {"Written in", {source}}};
}

task<std::optional<Response>> try_rule_form(Visit const& visit)
{
    auto const base = co_await policy_to_edit(visit);
    auto const& policy = base.policy;
    auto const rule = typed_rule(visit);
    std::string const row{visit.form("row")};
    store::NewPolicyChanges changes;
    changes.reason = trimmed_value(visit.request.form, "why");
    changes.edits.push_back({EditedTable::rule, row, policy::written(rule), std::string(visit.form("after"))});
    auto problems = problems_with(*policy, changes.edits);
    if (!row.empty())
        add_if_changed(problems, visit, standing_rule(*policy, row), row);
    if (changes.reason.empty())
        problems.push_back({"why", "Write why it is changed"});
    if (!visit.form("review_by").empty() && (!rule.keeping.review_by || *rule.keeping.review_by <= visit.now.local.date))
        problems.push_back({"review_by", "Choose a day after today, or leave it empty"});
    if (!problems.empty())
        co_return show(visit, rule_page(visit, *policy, row, rule, problems));
    co_return co_await draft_them(visit, base, std::move(changes));
}

task<std::optional<Response>> try_rule_removal(Visit const& visit)
{
    auto const base = co_await policy_to_edit(visit);
    std::string const row{visit.form("id")};
    if (is_mark_of_another(visit.form("stood"), standing_rule(*base.policy, row)))
        co_return show_failure(visit, store::errc::stale);
    store::NewPolicyChanges changes;
    changes.reason = trimmed_value(visit.request.form, "why");
    changes.edits.push_back({EditedTable::rule, row, {}, {}});
    if (changes.reason.empty())
        co_return show_message(
            visit, 422, "Write a reason", "The record needs to say why the rule goes. Go back and write a sentence.");
    co_return co_await draft_them(visit, base, std::move(changes));
}

} // namespace

task<Response> show_rule(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    auto const place = place_of(*policy, visit.query("id"));
    if (place == policy->rules.size())
        co_return show_message(visit, 404, "We cannot find this rule", "It may be in the draft only, or have been taken away.");
    auto const& rule = policy->rules[place];
    Page page;
    page.title = rule.id;
    page.back = "/rules";
    page.parts = {heading(page.title, "Rule"), summary(rule_rows(*policy, place, visit.now.local.date)),
        link("What it decided in the last days", with_query("/log", {{"rule", rule.id}}))};
    if (visit.has_role(ConsoleRole::officer)) {
        page.parts.push_back(link("Change or move it", with_query("/rules/edit", {{"id", rule.id}})));
        Form form;
        form.action = "/rules/remove";
        form.button = "Put its removal into the draft";
        form.is_warning = true;
        form.csrf = visit.csrf();
        auto const with_draft = co_await policy_with_draft(visit);
        form.fields = {{Field::Kind::hidden, "id", "", "", rule.id}, stood_field(standing_rule(*with_draft, rule.id)),
            {Field::Kind::text, "why", "Why does it go?"}};
        page.parts.push_back(subheading("Take it away"));
        page.parts.push_back(portal::form(form));
    }
    co_return show(visit, page);
}

task<Response> show_rule_form(Visit const& visit)
{
    auto const policy = co_await policy_with_draft(visit);
    std::string const id{visit.query("id")};
    auto const place = place_of(*policy, id);
    if (id.empty()) {
        RuleText fresh;
        fresh.clause = "12";
        fresh.keeping.owner = visit.session->account.login;
        fresh.keeping.review_by = visit.now.local.date.next_year();
        co_return show(visit, rule_page(visit, *policy, {}, fresh, {}));
    }
    if (place == policy->rules.size())
        co_return show_message(visit, 404, "We cannot find this rule", "It is gone from the rules, or the draft takes it away.");
    co_return show(visit, rule_page(visit, *policy, id, policy::text_of(policy->rules[place]), {}));
}

task<Response> take_rule_form(Visit const& visit)
{
    co_return co_await until_drafted(visit, try_rule_form);
}

task<Response> take_rule_removal(Visit const& visit)
{
    co_return co_await until_drafted(visit, try_rule_removal);
}

} // namespace gatehouse::portal::console
