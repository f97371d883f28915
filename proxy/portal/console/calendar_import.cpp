// Terms, INSET days and holidays from a calendar file: what it would change, day by day, and the chosen ones into the draft.
#include "proxy/ical/school_days.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/uploads.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using ical::CalendarDays;
using policy::Date;
using policy::EditedTable;

/// Days of one import, each of which the form that chooses them carries in a field.
constexpr std::size_t most_chosen = store::most_edits;
static_assert(most_chosen == 200); // as the page says

/// A term or closed days, as the form that chooses them says it: "closure 2026-10-26 2026-10-30 Half term".
struct Row {
    EditedTable table = EditedTable::closure;
    CalendarDays days;
};

std::string text_of(Row const& row)
{
    return std::string(to_text(row.table)) + " " + row.days.first.to_text() + " " + row.days.last.to_text() + " " + row.days.name;
}

std::optional<Row> parse_row(std::string_view text)
{
    auto const next = [&text] {
        auto const word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        return word;
    };
    auto const table = policy::parse_edited_table(next());
    auto const first = Date::parse(next()), last = Date::parse(next());
    bool const is_span = table == EditedTable::term || table == EditedTable::closure;
    if (!is_span || !first || !last || text.empty())
        return std::nullopt;
    return Row{*table, {std::string(text), *first, *last}};
}

/// What the row does to a timetable.
struct Effect {
    bool is_there = false; ///< nothing is to do
    std::string row;       ///< key of the one of that name in those days, which it replaces; empty: it is new
    std::optional<std::pair<Date, Date>> before;
};

template <class Rows>
Effect effect_among(Rows const& rows, CalendarDays const& days)
{
    Effect effect;
    for (auto const& row : rows) {
        if (row.name != days.name || row.last < days.first || days.last < row.first)
            continue;
        effect.is_there = effect.is_there || (row.first == days.first && row.last == days.last);
        effect.row = key_of(row);
        effect.before = {row.first, row.last};
    }
    return effect;
}

Effect effect_of(policy::Timetable const& timetable, Row const& row)
{
    return row.table == EditedTable::term ? effect_among(timetable.terms, row.days) : effect_among(timetable.closures, row.days);
}

Words shown_days(Date const& first, Date const& last)
{
    return first == last ? shown_date(first) : words("{} to {}", shown_date(first), shown_date(last));
}

Words shown_row(Row const& row, Effect const& effect)
{
    auto const days = shown_days(row.days.first, row.days.last);
    if (effect.before)
        return words(row.table == EditedTable::term ? "Term {}: {}, until now {}" : "Closed for {}: {}, until now {}",
            row.days.name, days, shown_days(effect.before->first, effect.before->second));
    return words(row.table == EditedTable::term ? "Term {}: {}" : "Closed for {}: {}", row.days.name, days);
}

std::string typed_or(Visit const& visit, std::string_view name, Date const& usual)
{
    return visit.request.method == Method::post ? trimmed_value(visit.request.form, name) : usual.to_text();
}

Page file_page(Visit const& visit, std::vector<Problem> const& problems)
{
    auto const usual = ical::usual_span(visit.now.local.date);
    Form form;
    form.action = "/timetable/import";
    form.button = "Show what it would change";
    form.csrf = visit.csrf();
    form.fields
        = {{Field::Kind::file, "file", "Calendar file", "An iCalendar file (.ics), as councils and calendars give it out.", "",
               {}, problem_with(problems, "file")},
            {Field::Kind::area, "terms", "Which of its days are terms?",
                "Parts of their names, one on a line, such as Autumn term. All other days are days without school.",
                std::string(visit.form("terms")), {}, problem_with(problems, "terms"), "", 1000},
            {Field::Kind::area, "only", "Which of the others count?",
                "Parts of their names, one on a line, such as INSET or half term. Leave it empty for all.",
                std::string(visit.form("only")), {}, problem_with(problems, "only"), "", 1000},
            {Field::Kind::date, "from", "First day", "", typed_or(visit, "from", usual.from), {}, problem_with(problems, "from"),
                "", 10},
            {Field::Kind::date, "to", "Last day", "", typed_or(visit, "to", usual.to), {}, problem_with(problems, "to"), "", 10}};
    Page page;
    page.title = "Take days from a calendar file";
    page.back = "/timetable";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(
        paragraph("You see first what it would change, and choose. Nothing changes until the draft is published."));
    page.parts.push_back(portal::form(form));
    return page;
}

/// The days that a file has, in the years asked for.
struct FoundDays {
    std::vector<Row> rows;
    std::vector<ical::SkippedEvent> skipped;
    std::size_t left_out = 0;
};

FoundDays read_file(Visit const& visit, std::vector<Problem>& problems)
{
    auto span = ical::usual_span(visit.now.local.date);
    for (auto const& [name, date] : {std::pair{"from", &span.from}, {"to", &span.to}}) {
        auto const typed = trimmed_value(visit.request.form, name);
        auto const parsed = Date::parse(typed);
        if (!typed.empty() && !parsed)
            problems.push_back({name, "Choose a day"});
        else if (parsed)
            *date = *parsed;
    }
    if (span.to < span.from)
        problems.push_back({"to", "Choose a last day that is not before the first"});
    auto const text = uploaded_text(visit, "file", problems);
    if (!text && problem_with(problems, "file").empty())
        problems.push_back({"file", "Choose the calendar file"});
    FoundDays found;
    if (!problems.empty())
        return found;
    auto const calendar = ical::read_calendar(*text, span.from, span.to);
    auto const sorted = ical::sort_out(calendar.days, {lines_of(visit.form("terms")), lines_of(visit.form("only"))});
    for (auto const& days : sorted.terms)
        found.rows.push_back({EditedTable::term, days});
    for (auto const& days : sorted.closures)
        found.rows.push_back({EditedTable::closure, days});
    found.skipped = calendar.skipped;
    found.left_out = sorted.left_out.size();
    if (!calendar.error.empty())
        problems.push_back({"file",
            "This cannot be read as a calendar, or it has more than 2,000 days of that time. Export it again as iCalendar "
            "(.ics), or choose fewer years"});
    else if (found.rows.empty())
        problems.push_back({"file", "It has no whole day of that time with such a name. Choose other years or other names"});
    return found;
}

/// What was not taken, by name.
void say_left_out(Page& page, FoundDays const& found)
{
    constexpr std::size_t most_named = 10;
    if (found.left_out > 0)
        page.parts.push_back(paragraph(words("Days whose names you did not ask for: {}", found.left_out)));
    if (found.skipped.empty())
        return;
    std::vector<Words> names;
    for (std::size_t i = 0; i < std::min(found.skipped.size(), most_named); ++i)
        if (!found.skipped[i].name.empty())
            names.emplace_back(shown_text(found.skipped[i].name, 100));
    page.parts.push_back(
        paragraph(words("Events that are no whole days, were cancelled or cannot be read: {}", found.skipped.size())));
    if (!names.empty())
        page.parts.push_back(paragraph(joined(names)));
}

Page choice_page(Visit const& visit, policy::Timetable const& timetable, FoundDays const& found, std::vector<Problem> problems)
{
    bool const comes_back = !visit.request.form.empty() && !values_of(visit.request.form, "days").empty();
    Field days{Field::Kind::checkboxes, "days", "What goes into the draft?", "Take the tick from what shall stay as it is.", ""};
    std::size_t there = 0;
    for (auto const& row : found.rows) {
        auto const effect = effect_of(timetable, row);
        there += effect.is_there ? 1U : 0U;
        if (effect.is_there)
            continue;
        days.options.push_back({text_of(row), shown_row(row, effect), ""});
        days.chosen.push_back(text_of(row));
    }
    if (comes_back)
        days.chosen = values_of(visit.request.form, "days");
    days.error = problem_with(problems, "days");
    Page page;
    page.title = "What the calendar would change";
    page.back = "/timetable/import";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    if (there > 0)
        page.parts.push_back(paragraph(words("Already in the timetable or the draft: {}", there)));
    say_left_out(page, found);
    if (days.options.empty()) {
        page.parts.push_back(paragraph("Nothing is to do: the timetable has all of it."));
        return page;
    }
    Form form;
    form.action = "/timetable/import/days";
    form.button = "Put it into the draft";
    form.csrf = visit.csrf();
    form.fields = {std::move(days), why_field(visit, problems)};
    page.parts.push_back(portal::form(form));
    return page;
}

policy::Edit edit_of(policy::Timetable const& timetable, Row const& row)
{
    auto const& [name, first, last] = row.days;
    policy::Edit edit;
    edit.table = row.table;
    edit.row = effect_of(timetable, row).row;
    edit.text
        = row.table == EditedTable::term ? written(policy::Term{name, first, last}) : written(policy::Closure{name, first, last});
    return edit;
}

task<std::optional<Response>> try_calendar_days(Visit const& visit)
{
    FoundDays chosen;
    std::vector<Problem> problems;
    for (auto const& text : values_of(visit.request.form, "days")) {
        if (auto row = parse_row(text))
            chosen.rows.push_back(std::move(*row));
        else
            problems.push_back({"days", "One of these days cannot be read. Choose the file again"});
    }
    if (chosen.rows.empty() && problems.empty())
        co_return show_message(visit, 422, "Nothing is chosen", "Go back and choose at least one day, or leave the page.");
    auto const base = co_await policy_to_edit(visit);
    auto const& policy = base.policy;
    store::NewPolicyChanges changes;
    changes.reason = trimmed_value(visit.request.form, "why");
    for (auto const& row : chosen.rows)
        if (!effect_of(policy->timetable, row).is_there)
            changes.edits.push_back(edit_of(policy->timetable, row));
    if (changes.reason.empty())
        problems.push_back({"why", "Write why it is changed"});
    if (problems.empty() && !changes.edits.empty()) {
        auto const work = [&policy, &changes] { return problems_with(*policy, changes.edits); };
        for (auto const& wrong : co_await run_aside(visit.site, work))
            problems.push_back({"days", wrong.text});
    }
    if (!problems.empty())
        co_return show(visit, choice_page(visit, policy->timetable, chosen, std::move(problems)));
    if (changes.edits.empty())
        co_return redirect_to("/timetable");
    co_return co_await draft_them(visit, base, std::move(changes));
}

} // namespace

task<Response> show_calendar_import(Visit const& visit)
{
    co_return show(visit, file_page(visit, {}));
}

task<Response> take_calendar_file(Visit const& visit)
{
    std::vector<Problem> problems;
    auto const read = [&visit, &problems] { return read_file(visit, problems); };
    auto const found
        = co_await run_gently(visit.site, read); // repetitions of events take their time, and no publication waits for them
    if (found.rows.size() > most_chosen)
        problems.push_back({"only", "These are more than 200 days. Say which of them count, or choose fewer years"});
    if (!problems.empty())
        co_return show(visit, file_page(visit, problems));
    auto const policy = co_await policy_with_draft(visit);
    co_return show(visit, choice_page(visit, policy->timetable, found, {}));
}

task<Response> take_calendar_days(Visit const& visit)
{
    co_return co_await until_drafted(visit, try_calendar_days);
}

} // namespace gatehouse::portal::console
