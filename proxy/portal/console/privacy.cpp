// For the data protection officer: how long records are kept and what went, and where everything about one person is asked for.
#include "proxy/portal/console/log_purpose.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/subject_access.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/audit_search.hpp"
#include "proxy/store/retention.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

struct Kept {
    std::vector<store::ClassKept> classes;
    PageOf<store::AuditRow> purges;
    PageOf<store::LogPurpose> purposes;
};

/// Which pages of its tables are wanted.
struct AskedPages {
    std::string purposes, purges;
};

result<Kept> read_kept(Ledger& ledger, store::Instant now, AskedPages const& asked)
{
    constexpr std::string_view purge = "retention.purge";
    auto classes = store::what_is_kept(ledger, now);
    auto purges = read_page(
        asked.purges, [&] { return store::count_audit_of(ledger, purge); },
        [&](std::size_t limit, std::size_t skipped) { return store::list_audit_of(ledger, purge, limit, skipped); });
    auto purposes = read_page(
        asked.purposes, [&] { return store::count_log_purposes(ledger); },
        [&](std::size_t limit, std::size_t skipped) { return store::list_log_purposes(ledger, limit, skipped); });
    if (!classes || !purges || !purposes)
        return !classes ? classes.error() : !purges ? purges.error() : purposes.error();
    return Kept{std::move(*classes), std::move(*purges), std::move(*purposes)};
}

Words days_text(unsigned days)
{
    return days == 0 ? "For ever" : words(days == 1 ? "{} day" : "{} days", days);
}

Words kept_for(Settings const& settings, store::RecordClass const& each)
{
    for (auto const& key : retention_keys)
        if (key.id == each.id)
            return days_text(settings.retention.*key.days);
    switch (each.ends) {
    case store::Ends::itself: return "A day at most";
    case store::Ends::owner: return "Until the person takes it away";
    default: return "For ever";
    }
}

Words title_of(std::string_view id)
{
    struct Title {
        std::string_view id;
        char const* text;
    };
    static constexpr Title titles[]{{"incidents", "Attempts to get round the filter"}, {"requests", "Requests to open a site"},
        {"reports", "Reports"}, {"supervised_use", "Supervised use, and who sat beside"},
        {"permissions", "Permissions with two keys"}, {"grants", "Grants: sites that were opened for a time"},
        {"purposes", "Purposes for which marketing looked at the access log"}, {"keys", "Keys for programs"},
        {"addresses", "Addresses from which somebody signed in"}, {"sign_ins", "People who are signed in, and wrong passwords"},
        {"searches", "Searches of the access log that somebody kept"},
        {"accounts", "Accounts, with every user name that they had"},
        {"changes", "Changes of lists, rules and timetable, and who made them"},
        {"reviews", "Reviews of the policy and the filter, and who wrote them down"},
        {"checks", "Runs of the checks, and who started them"}, {"audit", "Decisions about people and rules (audit)"}};
    for (auto const& title : titles)
        if (title.id == id)
            return title.text;
    return std::string{id};
}

Table class_table(Visit const& visit, Kept const& kept)
{
    auto const& settings = visit.site.services.settings;
    Table table;
    table.caption = "What is kept, and how long";
    table.head = {"Records", "Kept once closed", "Now", "Still open", "Oldest"};
    table.rows.push_back({{"Access log, a file a day"}, {days_text(settings.log_days)}, {"See Status"}, {"-"}, {"-"}});
    for (auto const& each : kept.classes)
        table.rows.push_back({{title_of(each.of->id)}, {kept_for(settings, *each.of)},
            {shown_number(static_cast<std::uint64_t>(each.rows))}, {shown_number(static_cast<std::uint64_t>(each.open))},
            {each.oldest ? shown_time(visit.site, *each.oldest) : "None"}});
    return table;
}

Table purge_table(Visit const& visit, Kept const& kept)
{
    Table table;
    table.caption = "What went, newest first";
    table.head = {"When", "What"};
    table.empty = "Nothing was over its time yet.";
    for (auto const& row : kept.purges.rows)
        table.rows.push_back({{shown_time(visit.site, row.at)}, {Words::kept(row.action, row.detail)}});
    return table;
}

/// For those who may end one before its time.
std::optional<Part> purpose_end_form(Visit const& visit, std::vector<store::LogPurpose> const& purposes)
{
    bool const may_end = visit.has_role(store::ConsoleRole::dpo) || visit.has_role(store::ConsoleRole::headteacher);
    std::vector<Option> live;
    for (auto const& each : purposes)
        if (!each.ended_at && visit.instant() < each.until)
            live.push_back({std::to_string(store::number(each.id)), each.purpose, Words::kept("login", each.login)});
    if (!may_end || live.empty())
        return std::nullopt;
    Form form;
    form.action = "/log/purpose/end";
    form.button = "End it now";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    form.fields = {named_choice("id", "Which one should end?", live)};
    return portal::form(form);
}

Part access_form(Visit const& visit, std::vector<Problem> const& problems)
{
    Form form;
    form.action = "/privacy/person";
    form.button = "Look at it";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::text, "person", "User name", "As the access log shows it.", std::string(visit.form("person")),
                       {}, problem_with(problems, "person"), "off", 64},
        {Field::Kind::text, "purpose", "Why?",
            "For example: request for access of 3 December, identity checked. It is kept on record.",
            std::string(visit.form("purpose")), {}, problem_with(problems, "purpose"), "", 300}};
    add_proof(form, visit, "password", problems);
    return portal::form(form);
}

void add_paged(Page& page, Visit const& visit, Table const& table, Paging const& paging, std::string_view name)
{
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, paging, "/privacy", {name, table.caption});
}

} // namespace

task<Response> privacy_page(Visit const& visit, std::vector<Problem> problems)
{
    auto const work
        = [now = visit.instant(), asked = AskedPages{std::string(visit.query("page")), std::string(visit.query("gone"))}](
              Ledger& ledger) { return read_kept(ledger, now, asked); };
    auto const kept = co_await visit.site.services.store.call(work);
    if (!kept)
        co_return show_failure(visit, kept.error());
    Page page;
    page.title = "Privacy";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(portal::table(class_table(visit, *kept)));
    page.parts.push_back(
        paragraph("The ICT lead sets the days in the gateway's settings, below [retention] and [log]. What is open stays, "
                  "however old it is."));
    page.parts.push_back(paragraph(
        "A closed account loses its name, its user names and all else of the person after that time; an account without "
        "a name stays, so that what was done with it stays true. The audit keeps the user name under which something "
        "was done."));
    add_paged(page, visit, purge_table(visit, *kept), kept->purges.paging, "gone");
    add_paged(page, visit, purpose_table(visit, kept->purposes.rows), kept->purposes.paging, "page");
    if (auto const form = purpose_end_form(visit, kept->purposes.rows))
        page.parts.push_back(*form);
    if (visit.has_role(store::ConsoleRole::dpo)) {
        page.parts.push_back(subheading("Everything about one person"));
        page.parts.push_back(
            paragraph("For a request for access (UK GDPR, article 15). Reports that others wrote about the person are left "
                      "out. Names of others are taken out of the rest, and you look at it before it becomes a file."));
        if (!add_way_to_sign_in(page, visit, "/privacy"))
            page.parts.push_back(access_form(visit, problems));
    }
    co_return show(visit, page);
}

task<Response> show_privacy(Visit const& visit)
{
    co_return co_await privacy_page(visit, {});
}

} // namespace gatehouse::portal::console
