// The school's week as rules see it, for everyone or for one group, and the next fourteen days with their closures; with the changes that wait in the
// draft, if there are any, and as it runs.
#include "policy/edit.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/spoken_selector.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/menu.hpp"

#include <array>
#include <set>

namespace gatehouse::portal::console {

namespace {

constexpr unsigned days_ahead = 14;
constexpr std::array weekdays{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::uint16_t day_end = 24 * 60;

/// A stretch of an open day during which one period holds.
struct Slot {
    std::uint16_t start = 0, end = 0;
    policy::Period const* period = nullptr;
};

std::vector<Slot> slots_of(policy::Timetable const& timetable, unsigned weekday, std::span<std::string const> groups)
{
    std::set<std::uint16_t> edges{0, day_end};
    for (auto const& period : timetable.periods) {
        edges.insert(period.start);
        edges.insert(period.end);
    }
    std::vector<Slot> slots;
    for (auto edge = edges.begin(); std::next(edge) != edges.end(); ++edge) {
        auto const* const period = timetable.period_on_open_day(*edge, weekday, groups);
        if (!slots.empty() && slots.back().period == period)
            slots.back().end = *std::next(edge);
        else
            slots.push_back({*edge, *std::next(edge), period});
    }
    std::erase_if(slots, [](Slot const& slot) { return slot.period == nullptr; });
    return slots;
}

/// "lesson", "break", "lunch", "outside".
Words kind_of(policy::Period const& period)
{
    return Words::perhaps_ours(std::string(policy::to_text(period.kind)));
}

Words shown_period(policy::Period const& period)
{
    auto const name = spoken(period.name);
    return name == policy::to_text(period.kind) ? kind_of(period) : words("{} ({})", name, kind_of(period));
}

/// Rows are the times at which something begins or ends on any day.
Table week(policy::Timetable const& timetable, std::span<std::string const> groups)
{
    Table table;
    table.caption = "A week";
    table.head = {"Time"};
    table.head.insert(table.head.end(), weekdays.begin(), weekdays.end());
    table.empty = "The timetable has no periods: it is always outside of school.";
    std::array<std::vector<Slot>, weekdays.size()> days;
    std::set<std::uint16_t> starts;
    for (unsigned day = 0; day < weekdays.size(); ++day) {
        days[day] = slots_of(timetable, day, groups);
        for (auto const& slot : days[day])
            starts.insert(slot.start);
    }
    for (auto const start : starts) {
        std::vector<Cell> cells{{policy::minute_to_text(start), {}, {}, false, true}};
        for (auto const& slots : days) {
            auto const found
                = std::find_if(slots.begin(), slots.end(), [start](Slot const& slot) { return slot.start == start; });
            cells.push_back(
                {found == slots.end() ? Words("-")
                                      : words("{}, until {}", shown_period(*found->period), policy::minute_to_text(found->end))});
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

Table days(Visit const& visit, policy::Timetable const& timetable, std::span<std::string const> groups)
{
    Table table;
    table.caption = "The next 14 days";
    table.head = {"Day", "School##is there any that day", "From and until"};
    auto date = visit.now.local.date;
    for (unsigned i = 0; i < days_ahead; ++i, date = date.next()) {
        auto const closed = timetable.closed_for(date);
        auto const slots = closed.empty() ? slots_of(timetable, date.weekday(), groups) : std::vector<Slot>{};
        Cell school = !closed.empty() ? Cell{Words::perhaps_ours(std::string(closed)), {}, "yellow"}
            : slots.empty()           ? Cell{"None##no school that day", {}, "grey"}
                                      : Cell{"School##is there any that day", {}, "green"};
        table.rows.push_back({{words("{}, {}", weekdays[date.weekday()], shown_date(date))}, std::move(school),
            {slots.empty()
                    ? Words("-")
                    : words("{} to {}", policy::minute_to_text(slots.front().start), policy::minute_to_text(slots.back().end))}});
    }
    return table;
}

Part choice_of_group(policy::Policy const& policy, std::string_view chosen, std::string_view which)
{
    Form form;
    form.action = "/timetable";
    form.button = "Show";
    form.is_search = true;
    form.is_secondary = true;
    Field field{Field::Kind::select, "group", "For whom?", "", std::string{chosen}, {{"", "Everyone else", ""}}};
    for (auto const& group : policy.groups)
        field.options.push_back({group.id, group.title.empty() ? group.id : group.title, ""});
    form.fields = {std::move(field)};
    if (!which.empty())
        form.fields.push_back({Field::Kind::hidden, "show", "", "", std::string(which)});
    return portal::form(form);
}

/// Changes of the timetable that wait in the draft. Errors: the store's.
result<std::ptrdiff_t> count_drafted(store::Ledger& ledger)
{
    auto const changes = store::policy_changes_of(ledger, store::PublicationId::none);
    if (!changes)
        return changes.error();
    return std::count_if(
        changes->begin(), changes->end(), [](auto const& change) { return change.edit.table != policy::EditedTable::rule; });
}

/// Says which it is, and leads to the other.
void say_which(Page& page, Visit const& visit, bool is_draft)
{
    auto const other = [&](std::string show) {
        return with_query("/timetable", {{"group", std::string(visit.query("group"))}, {"show", std::move(show)}});
    };
    if (is_draft) {
        page.parts.push_back(inset("This is the timetable with the changes in the draft. They are not live yet."));
        page.parts.push_back(link("Show the timetable that runs now", other("live")));
    } else {
        page.parts.push_back(inset("This is the timetable that runs now. There are changes of it in the draft."));
        page.parts.push_back(link("Show the timetable with the draft", other("")));
    }
}

/// The rows of one table of the timetable, each with the way to change it.
template <class Rows, class Says>
Table rows_of(Words const& caption, policy::EditedTable edited, Rows const& rows, bool may_change, Says const& says)
{
    Table table{.caption = words("{} ({})", caption, rows.size()), .head = {"Name", "When"}, .rows = {}};
    for (auto const& row : rows) {
        auto const href = with_query("/timetable/edit", {{"table", std::string(to_text(edited))}, {"row", policy::key_of(row)}});
        table.rows.push_back({{spoken(row.name), may_change ? href : std::string{}}, {says(row)}});
    }
    table.folded = true;
    return table;
}

Words said_of_period(policy::Policy const& policy, policy::Period const& period)
{
    std::vector<Words> days, groups;
    for (unsigned day = 0; day < weekdays.size(); ++day)
        if (period.weekdays >> day & 1U)
            days.push_back(weekdays[day]);
    for (auto const& group : period.groups)
        groups.push_back(spoken_selector(policy, "who", "group:" + group));
    return words(groups.empty() ? "{} to {} ({}), {}" : "{} to {} ({}), {}; for {}", policy::minute_to_text(period.start),
        policy::minute_to_text(period.end), kind_of(period), joined(days), joined(groups));
}

/// What the timetable is made of, and for the officer the ways to change it.
void add_rows(Page& page, Visit const& visit, policy::Policy const& policy)
{
    using policy::EditedTable;
    auto const& timetable = policy.timetable;
    bool const officer = visit.has_role(store::ConsoleRole::officer);
    auto const days = [](auto const& span) {
        auto const first = shown_date(span.first);
        return span.first == span.last ? first : words("{} to {}", first, shown_date(span.last));
    };
    page.parts.push_back(subheading("What it is made of"));
    page.parts.push_back(portal::table(rows_of("Periods of the day", EditedTable::period, timetable.periods, officer,
        [&](policy::Period const& period) { return said_of_period(policy, period); })));
    page.parts.push_back(portal::table(rows_of("Closed days", EditedTable::closure, timetable.closures, officer, days)));
    page.parts.push_back(portal::table(rows_of("Terms", EditedTable::term, timetable.terms, officer, days)));
    if (!officer)
        return;
    page.parts.push_back(link("Take days from a calendar file", "/timetable/import"));
    page.parts.push_back(link("Add closed days, such as an INSET day", "/timetable/edit?table=closure"));
    page.parts.push_back(link("Add a period", "/timetable/edit?table=period"));
    page.parts.push_back(link("Add a term", "/timetable/edit?table=term"));
}

} // namespace

task<Response> show_timetable(Visit const& visit)
{
    auto const drafted = co_await visit.site.services.store.call(count_drafted);
    if (!drafted)
        co_return show_failure(visit, drafted.error());
    auto const running = visit.site.services.current_policy();
    bool const is_draft = *drafted > 0 && visit.query("show") != "live";
    auto policy = running;
    if (is_draft)
        policy = co_await policy_with_draft(visit);
    std::vector<std::string> groups;
    for (auto const& group : policy->groups)
        if (group.id == visit.query("group"))
            groups.push_back(group.id);
    auto const now = running->timetable.at(visit.now.local, groups);
    auto const right_now = !now.closed_for.empty() ? Words::perhaps_ours(std::string(now.closed_for))
        : now.period                               ? shown_period(*now.period)
                                                   : Words("outside of school");
    Page page;
    page.title = "Timetable";
    page.back = opens(visit, "/rules") ? "/rules" : "/";
    page.parts = {heading(page.title)};
    if (*drafted > 0)
        say_which(page, visit, is_draft);
    for (auto& part : {choice_of_group(*policy, visit.query("group"), is_draft ? "" : visit.query("show")),
             summary({{"Now", {words("{}, until {}", right_now, policy::minute_to_text(now.until.minute))}}}),
             portal::table(days(visit, policy->timetable, groups)), portal::table(week(policy->timetable, groups))})
        page.parts.push_back(part);
    add_rows(page, visit, *policy);
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
