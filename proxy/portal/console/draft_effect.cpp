// What the draft, or the reader's own part of it, would have meant for the last days: the log's rows decided once more, and what the policy says of it.
#include "proxy/log/replay.hpp"
#include "proxy/portal/console/draft_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/settings.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::Whose;

constexpr unsigned most_days = 30;

Words counted(std::uint64_t requests, std::uint64_t people)
{
    if (requests == 1)
        return words(people == 1 ? "{} request of {} person" : "{} request of {} people", requests, people);
    return words(people == 1 ? "{} requests of {} person" : "{} requests of {} people", requests, people);
}

Table changed_table(Words caption, Words first, std::vector<log::ChangedBy> const& rows)
{
    Table table;
    table.caption = std::move(caption);
    table.head = {std::move(first), "Would be closed", "Would be opened"};
    for (auto const& row : rows)
        table.rows.push_back(
            {{shown_text(row.name)}, {std::to_string(row.changed.closed)}, {std::to_string(row.changed.opened)}});
    return table;
}

/// With the names that the policy has for them.
template <class Titled>
std::vector<log::ChangedBy> named(std::vector<log::ChangedBy> rows, Titled const& table)
{
    for (auto& row : rows) {
        auto const found = std::find_if(table.begin(), table.end(), [&](auto const& each) { return each.id == row.name; });
        if (found != table.end() && !found->title.empty())
            row.name = found->title;
    }
    return rows;
}

/// Programs get roles and groups by their ids.
log::ReplayReport for_reader(Visit const& visit, log::ReplayReport report, policy::Policy const& policy)
{
    if (!visit.request.as_data) {
        report.roles = named(std::move(report.roles), policy.roles);
        report.groups = named(std::move(report.groups), policy.groups);
    }
    return report;
}

/// Of how much of it nobody can tell what was asked for, and what the draft changes in that.
void say_what_is_seen(Page& page, log::ReplayReport const& report)
{
    if (report.by_name > 0)
        page.parts.push_back(
            paragraph(words("Of {} of them the gateway knows the name of the site alone, since it did not look into the "
                            "connection. What rules about pages or searches would have done there is not counted.",
                report.by_name)));
    if (report.looked_into > 0)
        page.parts.push_back(inset(words(
            "Connections that the gateway does not look into now and would with the draft: {}. What it would then close inside "
            "them nobody can tell.",
            report.looked_into)));
    if (report.let_be > 0)
        page.parts.push_back(
            inset(words("Requests inside connections that the gateway would look into no longer: {}. It would decide "
                        "them by the name of the site alone.",
                report.let_be)));
}

void show_report(Page& page, log::ReplayReport const& report)
{
    page.parts.push_back(summary({{"Requests looked at", {std::to_string(report.rows)}},
        {"Would be closed", {counted(report.changed.closed, report.people_closed)}},
        {"Would be opened", {counted(report.changed.opened, report.people_opened)}}}));
    say_what_is_seen(page, report);
    if (!report.complete)
        page.parts.push_back(
            inset("There were too many requests to look at all of them now. The newest were; choose fewer days."));
    if (report.unreadable_days > 0)
        page.parts.push_back(inset("Some days of the access log could not be read. Please tell the ICT lead."));
    if (report.changed.all() == 0) {
        page.parts.push_back(paragraph("None of these requests would have been decided otherwise."));
        return;
    }
    page.parts.push_back(portal::table(changed_table("Sites, most requests first", "Site", report.sites)));
    page.parts.push_back(portal::table(changed_table("By role", "Role", report.roles)));
    if (!report.groups.empty())
        page.parts.push_back(portal::table(changed_table("By group", "Group", report.groups)));
}

/// What lint says with the draft and did not say without it.
std::vector<Cell> new_warnings(Preview const& preview, policy::Policy const& running)
{
    std::set<std::string> known;
    for (auto const& problem : policy::lint(running))
        known.insert(problem.message);
    std::vector<Cell> warnings;
    for (auto const& problem : preview.problems)
        if (problem.severity == policy::Problem::Severity::warning && !known.contains(problem.message))
            warnings.push_back({Words::kept("problem", problem.message)});
    return warnings;
}

/// Whose changes are meant: everybody's unless "?whose=own" says that it is the reader's own alone.
Whose chosen_of(Visit const& visit)
{
    return visit.query("whose") == "own" ? Whose::own : Whose::all;
}

Part look_again_form(Draft const& draft, Whose whose, unsigned days)
{
    Form form;
    form.action = "/draft/effect";
    form.button = "Look again";
    form.is_search = true;
    form.is_secondary = true;
    form.fields = {{Field::Kind::select, "days", "Look back", "", std::to_string(days),
        {{"1", "1 day", ""}, {"7", "7 days", ""}, {"14", "14 days", ""}, {"30", "30 days", ""}}}};
    if (draft.has_others() && draft.own > 0)
        form.fields.push_back(
            {Field::Kind::select, "whose", "Whose changes?", "", whose == Whose::own ? "own" : "all", whose_options(draft)});
    return portal::form(form);
}

/// Whose changes the page is about; said where the draft has changes of others.
void say_whose(Page& page, Draft const& draft, Whose whose)
{
    if (!draft.has_others())
        return;
    auto const others = joined({draft.others.begin(), draft.others.end()});
    page.parts.push_back(
        inset(whose == Whose::own ? words("With your own changes alone: {} of the {} in the draft. Changes of {} are left out.",
                  draft.own, draft.all(), others)
                                  : words("With all {} changes in the draft, also those of {}.", draft.all(), others)));
}

void say_what_is_wrong(Page& page, Preview const& preview, policy::Policy const& running, Whose whose)
{
    if (!preview.holds()) {
        page.parts.push_back(warning(
            whose == Whose::own ? "These changes cannot be published as they are." : "The draft cannot be published as it is."));
        page.parts.push_back(problem_list(preview.problems));
    }
    if (auto const warned = new_warnings(preview, running); !warned.empty()) {
        page.parts.push_back(subheading("What the policy says about the draft"));
        page.parts.push_back(bullets(warned));
    }
}

/// Sites that nobody looks into go their own way when the rest is published.
bool waits_for_second(Draft const& draft, Whose whose)
{
    return std::any_of(draft.changes.lists.begin(), draft.changes.lists.end(), [&](store::Change const& change) {
        return change.kind == store::ChangeKind::add && change.list == store::SchoolList::leave_alone
            && (whose == Whose::all || !draft.others.contains(change.made_by));
    });
}

/// What the reader can do now with what they saw.
void add_next_step(Page& page, Visit const& visit, Draft const& draft, Whose whose)
{
    if (!visit.has_role(store::ConsoleRole::officer) || visit.hold || (whose == Whose::own ? draft.own : draft.all()) == 0)
        return;
    if (whose == Whose::all && !draft.doubts.empty()) {
        page.parts.push_back(warning(doubt_text(draft)));
        return;
    }
    page.parts.push_back(link("Publish these changes",
        with_query("/draft", {{"whose", whose == Whose::own ? "own" : "all"}, {"seen", std::to_string(draft.mark)}})));
}

/// The draft with the policy that it makes.
struct Looked {
    Draft draft;
    Preview preview;
    bool is_one = false; ///< false: the draft changed meanwhile, so the two may be of different ones
};

/// The policy is built from what the store says then, so the draft is looked at before and after. Errors: the store's.
task<result<Looked>> look_with_preview(Visit const& visit, Whose whose)
{
    constexpr int most_tries = 2;
    auto& site = visit.site;
    auto const reader = visit.session->account.id;
    auto const look = [reader, now = visit.instant()](store::Ledger& ledger) { return look_at_draft(ledger, reader, now); };
    // Building a policy keeps publications waiting, so that goes at full speed; what takes long gives way.
    auto const build
        = [&site, by = whose == Whose::own ? reader : store::AccountId::none] { return site.services.preview_draft(by); };
    Looked looked;
    for (int i = 0; i < most_tries && !looked.is_one; ++i) {
        auto draft = co_await site.services.store.call(look);
        if (!draft)
            co_return draft.error();
        looked.draft = std::move(*draft);
        looked.preview = co_await run_aside(site, build);
        auto const mark = co_await site.services.store.call(store::draft_mark);
        if (!mark)
            co_return mark.error();
        looked.is_one = *mark == looked.draft.mark;
    }
    co_return looked;
}

} // namespace

task<Response> show_draft_effect(Visit const& visit)
{
    auto const asked = visit.query("days").empty() ? std::string_view{"7"} : visit.query("days");
    auto const days = static_cast<unsigned>(std::clamp<std::int64_t>(parse_id(asked).value_or(7), 1, most_days));
    auto const whose = chosen_of(visit);
    auto& site = visit.site;
    auto const looked = co_await look_with_preview(visit, whose);
    if (!looked)
        co_return show_failure(visit, looked.error());
    auto const& [draft, preview, is_one] = *looked;
    log::ReplayRange range;
    range.to = visit.instant();
    range.from = visit.instant() - std::chrono::days{days};
    auto const current = site.services.current_policy();
    auto const work = [&site, &with_draft = preview.policy, &current, range]() -> result<log::ReplayReport> {
        if (!with_draft)
            return log::ReplayReport{};
        auto const moment_of = [&site](std::chrono::sys_seconds instant) { return site.clock.moment_of(instant); };
        return log::replay(site.services.settings.log_dir, range, *current, *with_draft, moment_of);
    };
    auto const report = co_await run_gently(site, work);
    Page page;
    page.title = "What would change?";
    page.back = "/draft";
    page.parts = {heading("What would change?"),
        paragraph(
            "The requests of the last days, decided once more: by the rules that run now, and by the rules with this draft. "
            "What people searched for and what pages said is not in it.")};
    if (!is_one)
        page.parts.push_back(
            warning("Somebody changes the draft just now, so this may not be all of it. Look again before you publish."));
    say_whose(page, draft, whose);
    if (waits_for_second(draft, whose))
        page.parts.push_back(paragraph("Sites that nobody looks into count here as if a second person had confirmed them."));
    say_what_is_wrong(page, preview, *current, whose);
    if (!report)
        page.parts.push_back(paragraph("The access log cannot be read. Please tell the ICT lead."));
    else if (preview.policy)
        show_report(page, for_reader(visit, *report, *current));
    if (preview.holds() && is_one)
        add_next_step(page, visit, draft, whose);
    page.parts.push_back(look_again_form(draft, whose, days));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
