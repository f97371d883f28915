// For the data protection officer: how long records are kept and what went, and everything that is kept about one person.
#include "proxy/log/csv.hpp"
#include "proxy/log/search.hpp"
#include "proxy/portal/console/log_purpose.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/subject_access.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/retention.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

constexpr std::size_t most_rows = 200'000; ///< of the access log about one person

struct Kept {
    std::vector<store::ClassKept> classes;
    std::vector<store::AuditRow> purges;
    std::vector<store::LogPurpose> purposes;
};

result<Kept> read_kept(Ledger& ledger)
{
    auto classes = store::what_is_kept(ledger);
    store::AuditFilter filter;
    filter.action_prefix = "retention.";
    filter.limit = 20;
    auto purges = store::list_audit(ledger, filter);
    auto purposes = store::list_log_purposes(ledger);
    if (!classes || !purges || !purposes)
        return !classes ? classes.error() : !purges ? purges.error() : purposes.error();
    return Kept{std::move(*classes), std::move(*purges), std::move(*purposes)};
}

Words days_text(unsigned days)
{
    return days == 0 ? "For ever" : words("{} days", days);
}

Words kept_for(Settings const& settings, std::string_view id)
{
    auto const& retention = settings.retention;
    return days_text(id == "incidents" ? retention.incidents : id == "requests" ? retention.requests : retention.reports);
}

char const* title_of(std::string_view id)
{
    return id == "incidents" ? "Attempts to get round the filter" : id == "requests" ? "Requests to open a site" : "Reports";
}

Table class_table(Visit const& visit, Kept const& kept)
{
    auto const& settings = visit.site.services.settings;
    Table table;
    table.caption = "What is kept, and how long";
    table.head = {"Records", "Kept once closed", "Now", "Still open", "Oldest"};
    table.rows.push_back({{"Access log, a file a day"}, {days_text(settings.log_days)}, {"See Status"}, {"-"}, {"-"}});
    for (auto const& each : kept.classes)
        table.rows.push_back({{title_of(each.id)}, {kept_for(settings, each.id)},
            {shown_number(static_cast<std::uint64_t>(each.rows))}, {shown_number(static_cast<std::uint64_t>(each.open))},
            {each.oldest ? shown_time(visit.site, *each.oldest) : "None"}});
    table.rows.push_back({{"Decisions about people and rules (audit)"}, {"For ever"}, {"See Audit"}, {"-"}, {"-"}});
    return table;
}

Table purge_table(Visit const& visit, Kept const& kept)
{
    Table table;
    table.caption = "What went, newest first";
    table.head = {"When", "What"};
    table.empty = "Nothing was over its time yet.";
    for (auto const& row : kept.purges)
        table.rows.push_back({{shown_time(visit.site, row.at)}, {row.detail}});
    return table;
}

/// For those who may end one before its time.
std::optional<Part> purpose_end_form(Visit const& visit, std::vector<store::LogPurpose> const& purposes)
{
    bool const may_end = visit.has_role(store::ConsoleRole::dpo) || visit.has_role(store::ConsoleRole::headteacher);
    std::vector<Option> live;
    for (auto const& each : purposes)
        if (!each.ended_at && visit.instant() < each.until)
            live.push_back({std::to_string(store::number(each.id)), each.login + ": " + each.purpose, ""});
    if (!may_end || live.empty())
        return std::nullopt;
    Form form;
    form.action = "/log/purpose/end";
    form.button = "End it now";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = {{Field::Kind::select, "id", "Which one should end?", "", "", live}};
    return portal::form(form);
}

Part access_form(Visit const& visit, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/privacy/person";
    form.button = "Collect it";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::text, "person", "User name", "As the access log shows it.", std::string(visit.form("person")),
                       {}, problem_with(problems, "person"), "off", 64},
        {Field::Kind::text, "purpose", "Why?",
            "For example: request for access of 3 December, identity checked. It is kept on record.",
            std::string(visit.form("purpose")), {}, problem_with(problems, "purpose"), "", 300}};
    add_proof(form, visit, "password", problems);
    return portal::form(form);
}

task<Response> privacy_page(Visit const& visit, std::vector<Problem> problems)
{
    auto const work = [](Ledger& ledger) { return read_kept(ledger); };
    auto const kept = co_await visit.site.services.store.call(work);
    if (!kept)
        co_return show_failure(visit, kept.error());
    Page page;
    page.title = "Privacy";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(portal::table(class_table(visit, *kept)));
    page.parts.push_back(portal::table(purge_table(visit, *kept)));
    page.parts.push_back(portal::table(purpose_table(visit, kept->purposes)));
    if (auto const form = purpose_end_form(visit, kept->purposes))
        page.parts.push_back(*form);
    if (visit.has_role(store::ConsoleRole::dpo)) {
        page.parts.push_back(subheading("Everything about one person"));
        page.parts.push_back(paragraph("For a request for access (UK GDPR, article 15). What others wrote about the person, and "
                                       "who they are, is left out: look at "
                                       "those reports yourself before you pass anything on."));
        if (!add_way_to_sign_in(page, visit, "/privacy"))
            page.parts.push_back(access_form(visit, problems));
    }
    co_return show(visit, page);
}

/// Every row of the person, newest first. Blocks.
result<SubjectRows> rows_of(std::filesystem::path const& dir, std::string const& person)
{
    log::SearchQuery query;
    query.person = person;
    query.limit = 10'000;
    query.budget = std::chrono::minutes(1);
    SubjectRows found;
    do {
        auto page = log::search(dir, query);
        if (!page)
            return page.error();
        found.rows.insert(
            found.rows.end(), std::make_move_iterator(page->rows.begin()), std::make_move_iterator(page->rows.end()));
        found.whole = found.whole && page->unreadable_days == 0;
        query.cursor = page->next;
    } while (!query.cursor.empty() && found.rows.size() < most_rows);
    found.whole = found.whole && query.cursor.empty();
    return found;
}

} // namespace

task<Response> show_privacy(Visit const& visit)
{
    co_return co_await privacy_page(visit, {});
}

task<Response> take_subject_access(Visit const& visit)
{
    auto const person = trimmed_value(visit.request.form, "person");
    auto const purpose = trimmed_value(visit.request.form, "purpose");
    std::vector<Problem> problems;
    if (person.empty())
        problems.push_back({"person", "Write whose records you want"});
    if (purpose.empty())
        problems.push_back({"purpose", "Write why"});
    if (problems.empty())
        if (auto const unproved = co_await find_unproved(visit, "password"))
            problems.push_back(*unproved);
    if (!problems.empty())
        co_return co_await privacy_page(visit, problems);
    auto const work = [person, purpose, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::read_subject(ledger, person, purpose, actor, now); };
    auto const records = co_await visit.site.services.store.call(work);
    if (!records)
        co_return show_failure(visit, records.error());
    auto const search = [dir = visit.site.services.settings.log_dir, person = records->user] { return rows_of(dir, person); };
    auto const rows = co_await run_gently(visit.site, search);
    if (!rows)
        co_return show_message(visit, 503, "The access log cannot be read", "Ask the ICT lead to look at the Status page.");
    co_return Response{200, "application/json", subject_json(*records, *rows, visit.instant()),
        {{"Content-Disposition", "attachment; filename=\"everything-about-one-person.json\""}}};
}

} // namespace gatehouse::portal::console
