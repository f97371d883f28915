// Terms, closed days and periods on their way to the draft.
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::portal::console {

namespace {

using policy::EditedTable;
using policy::Policy;

char const* title_of(EditedTable table, bool is_new)
{
    switch (table) {
    case EditedTable::closure: return is_new ? "Add closed days" : "Change closed days";
    case EditedTable::term: return is_new ? "Add a term" : "Change a term";
    case EditedTable::period: return is_new ? "Add a period" : "Change a period";
    case EditedTable::rule: break;
    }
    return "";
}

/// Values of the row's keys; of a form that was sent, those typed.
class RowValues {
public:
    RowValues(Visit const& visit, std::string const& text)
        : visit_(visit)
        , parts_(policy::parts_of(text))
    {
    }
    std::string one(std::string_view key) const
    {
        if (visit_.request.method == Method::post)
            return trimmed_value(visit_.request.form, key);
        auto const values = all(key);
        return values.empty() ? std::string{} : values.front();
    }
    std::vector<std::string> all(std::string_view key) const
    {
        if (visit_.request.method == Method::post)
            return values_of(visit_.request.form, key);
        auto const found = std::find_if(parts_.begin(), parts_.end(), [&](auto const& part) { return part.key == key; });
        return found == parts_.end() ? std::vector<std::string>{} : found->values;
    }

private:
    Visit const& visit_;
    std::vector<policy::RowPart> parts_;
};

std::vector<Field> period_fields(Policy const& policy, RowValues const& row, std::vector<Problem> const& problems)
{
    Field days{Field::Kind::checkboxes, "weekdays", "On which days?", "", ""};
    static constexpr std::array titles{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    for (unsigned day = 0; day < titles.size(); ++day)
        days.options.push_back({std::string(policy::weekday_to_text(day)), titles[day], ""});
    days.chosen = row.all("weekdays");
    days.error = problem_with(problems, "weekdays");
    Field groups{Field::Kind::checkboxes, "groups", "For whom? (nothing chosen: everyone)", "", ""};
    for (auto const& group : policy.groups)
        groups.options.push_back({group.id, group.title.empty() ? group.id : group.title, ""});
    groups.chosen = row.all("groups");
    return {{Field::Kind::text, "name", "Name", "Lower-case letters, digits and hyphens: lesson-1, lunch.", row.one("name"), {},
                problem_with(problems, "name"), "", 64},
        {Field::Kind::select, "kind", "Kind", "", row.one("kind"),
            {{"lesson", "Lesson", ""}, {"break", "Break", ""}, {"lunch", "Lunch", ""}, {"outside", "Outside of school", ""}}},
        {Field::Kind::time, "start", "From", "", row.one("start"), {}, problem_with(problems, "start"), "", 5},
        {Field::Kind::time, "end", "Until", "It ends before this minute.", row.one("end"), {}, problem_with(problems, "end"), "",
            5},
        std::move(days), std::move(groups)};
}

std::vector<Field> span_fields(EditedTable table, RowValues const& row, std::vector<Problem> const& problems)
{
    bool const is_term = table == EditedTable::term;
    return {{Field::Kind::text, "name", "Name", is_term ? "Such as Autumn 2026." : "Such as INSET day or Half term.",
                row.one("name"), {}, problem_with(problems, "name"), "", 100},
        {Field::Kind::date, "first", "First day", "", row.one("first"), {}, problem_with(problems, "first"), "", 10},
        {Field::Kind::date, "last", "Last day", is_term ? "" : "Leave it empty for one day.", row.one("last"), {},
            problem_with(problems, "last"), "", 10}};
}

Page row_page(Visit const& visit, Policy const& policy, policy::Edit const& edit, std::vector<Problem> const& problems)
{
    auto const stands = policy::written_row(policy, edit.table, edit.row);
    RowValues const row{visit, stands};
    Page page;
    page.title = title_of(edit.table, edit.row.empty());
    page.back = "/timetable";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph("Nothing changes until the draft is published."));
    Form form;
    form.action = "/timetable/edit";
    form.button = "Put it into the draft";
    form.csrf = visit.csrf();
    form.fields
        = edit.table == EditedTable::period ? period_fields(policy, row, problems) : span_fields(edit.table, row, problems);
    form.fields.push_back({Field::Kind::hidden, "table", "", "", std::string(to_text(edit.table))});
    form.fields.push_back({Field::Kind::hidden, "row", "", "", edit.row});
    if (!edit.row.empty())
        form.fields.push_back(stood_field(stands));
    form.fields.push_back(why_field(visit, problems));
    page.parts.push_back(portal::form(form));
    if (edit.row.empty())
        return page;
    Form removal;
    removal.action = "/timetable/remove";
    removal.button = "Put its removal into the draft";
    removal.is_warning = true;
    removal.csrf = visit.csrf();
    removal.fields = {{Field::Kind::hidden, "table", "", "", std::string(to_text(edit.table))},
        {Field::Kind::hidden, "row", "", "", edit.row}, stood_field(stands), {Field::Kind::text, "reason", "Why does it go?"}};
    page.parts.push_back(subheading("Take it away"));
    page.parts.push_back(portal::form(removal));
    return page;
}

std::string typed_row(Visit const& visit, EditedTable table)
{
    RowValues const typed{visit, {}};
    auto const date_or = [](std::string const& text) { return policy::Date::parse(text); };
    if (table != EditedTable::period) {
        auto const first = date_or(typed.one("first"));
        auto const last = typed.one("last").empty() ? first : date_or(typed.one("last"));
        if (!first || !last)
            return {};
        return table == EditedTable::term ? written(policy::Term{typed.one("name"), *first, *last})
                                          : written(policy::Closure{typed.one("name"), *first, *last});
    }
    policy::Period period;
    auto const start = policy::parse_minute(typed.one("start")), end = policy::parse_minute(typed.one("end"));
    auto const kind = policy::parse_period_kind(typed.one("kind"));
    if (!start || !end || !kind)
        return {};
    period.name = typed.one("name");
    period.kind = *kind;
    period.start = *start;
    period.end = *end;
    period.groups = typed.all("groups");
    unsigned days = 0;
    for (auto const& name : typed.all("weekdays"))
        if (auto const day = policy::parse_weekday(name))
            days |= 1U << *day;
    period.weekdays = static_cast<std::uint8_t>(days);
    return written(period);
}

/// The table and the row that a request names; nothing for rules, which have pages of their own.
std::optional<policy::Edit> named_edit(std::string_view table, std::string_view row)
{
    auto const named = policy::parse_edited_table(table);
    if (!named || *named == EditedTable::rule)
        return std::nullopt;
    return policy::Edit{*named, std::string(row), {}, {}};
}

Response not_there(Visit const& visit)
{
    return show_message(visit, 404, "We cannot find this", "It is gone from the timetable, or the draft takes it away.");
}

task<std::optional<Response>> try_timetable_form(Visit const& visit)
{
    auto edit = named_edit(visit.form("table"), visit.form("row"));
    if (!edit)
        co_return not_there(visit);
    auto const base = co_await policy_to_edit(visit);
    auto const& policy = base.policy;
    edit->text = typed_row(visit, edit->table);
    std::vector<Problem> problems;
    if (edit->text.empty())
        problems.push_back(edit->table == EditedTable::period ? Problem{"start", "Write both times, such as 10:40"}
                                                              : Problem{"first", "Choose the first day"});
    if (!edit->row.empty())
        add_if_changed(problems, visit, policy::written_row(*policy, edit->table, edit->row), edit->row);
    store::NewPolicyChanges changes;
    changes.reason = trimmed_value(visit.request.form, "why");
    changes.edits.push_back(*edit);
    if (edit->table == EditedTable::period && values_of(visit.request.form, "weekdays").empty())
        problems.push_back({"weekdays", "Choose at least one day"});
    for (auto& wrong : problems.empty() ? problems_with(*policy, changes.edits) : std::vector<Problem>{})
        problems.push_back(std::move(wrong));
    if (changes.reason.empty())
        problems.push_back({"why", "Write why it is changed"});
    if (!problems.empty())
        co_return show(visit, row_page(visit, *policy, *edit, problems));
    co_return co_await draft_them(visit, base, std::move(changes));
}

task<std::optional<Response>> try_timetable_removal(Visit const& visit)
{
    auto const edit = named_edit(visit.form("table"), visit.form("row"));
    if (!edit || edit->row.empty())
        co_return not_there(visit);
    auto const base = co_await policy_to_edit(visit);
    if (is_mark_of_another(visit.form("stood"), policy::written_row(*base.policy, edit->table, edit->row)))
        co_return show_failure(visit, store::errc::stale);
    store::NewPolicyChanges changes;
    changes.reason = trimmed_value(visit.request.form, "reason");
    changes.edits.push_back(*edit);
    if (changes.reason.empty())
        co_return show_message(
            visit, 422, "Write a reason", "The record needs to say why it goes. Go back and write a sentence.");
    co_return co_await draft_them(visit, base, std::move(changes));
}

} // namespace

task<Response> show_timetable_form(Visit const& visit)
{
    auto const edit = named_edit(visit.query("table"), visit.query("row"));
    auto const policy = co_await policy_with_draft(visit);
    if (!edit || (!edit->row.empty() && policy::written_row(*policy, edit->table, edit->row).empty()))
        co_return not_there(visit);
    co_return show(visit, row_page(visit, *policy, *edit, {}));
}

task<Response> take_timetable_form(Visit const& visit)
{
    co_return co_await until_drafted(visit, try_timetable_form);
}

task<Response> take_timetable_removal(Visit const& visit)
{
    co_return co_await until_drafted(visit, try_timetable_removal);
}

} // namespace gatehouse::portal::console
