// The governors' report: a term in numbers, without any person, to be printed. The head of the record is on it, so that a record written anew later can be
// told from this one.
#include "policy/policy.hpp"
#include "proxy/log/traffic_report.hpp"
#include "proxy/log/tunnel_report.hpp"
#include "proxy/portal/console/check_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/review_view.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/pdf.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/term_figures.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

constexpr std::chrono::days term{98};
constexpr std::chrono::days longest{370};
constexpr std::chrono::milliseconds longest_count{20000};

struct Range {
    policy::Date first, last; ///< both of them within
    store::Instant from{}, to{};
};

/// As asked for; the last fourteen weeks if nothing, or nothing sensible, was.
Range range_of(Visit const& visit)
{
    auto const& clock = visit.site.clock;
    auto const asked_first = policy::Date::parse(visit.query("from"));
    auto const asked_last = policy::Date::parse(visit.query("to"));
    Range range;
    range.last = asked_last && *asked_last <= visit.now.local.date ? *asked_last : visit.now.local.date;
    range.to = clock.instant_of({range.last.next(), 0});
    range.first = asked_first ? *asked_first : clock.moment_of(range.to - term).local.date;
    range.from = clock.instant_of({range.first, 0});
    if (range.from >= range.to || range.to - range.from > longest) {
        range.from = range.to - term;
        range.first = clock.moment_of(range.from).local.date;
    }
    return range;
}

struct FromStore {
    store::TermFigures figures;
    std::vector<store::CheckRun> runs;
    store::AuditVerification chain;
    std::vector<store::AuditRow> newest;
    std::vector<store::Review> reviews;
};

result<FromStore> read_store(Ledger& ledger, Range const& range)
{
    auto figures = store::term_figures(ledger, range.from, range.to);
    auto runs = store::list_check_runs(ledger, 1);
    store::AuditFilter filter;
    filter.limit = 1;
    auto newest = store::list_audit(ledger, filter);
    auto reviews = store::list_reviews(ledger);
    if (!figures || !runs || !newest || !reviews)
        return !figures ? figures.error() : !runs ? runs.error() : !newest ? newest.error() : reviews.error();
    return FromStore{std::move(*figures), std::move(*runs), {}, std::move(*newest), std::move(*reviews)};
}

struct FromLog {
    log::TrafficReport traffic;
    log::TunnelReport tunnels;
};

Words category_title(policy::Policy const& policy, std::string const& id)
{
    if (id == "none")
        return "No topic";
    auto const* const category = policy.category(id);
    return category == nullptr || category->title.empty() ? shown_text(id) : category->title;
}

/// Over-blocking by topic: what was closed, and what people said about that.
Table topic_table(policy::Policy const& policy, FromStore const& stored, FromLog const& counted)
{
    Table table;
    table.caption = "Topics: what was closed, and what people asked to open";
    table.head = {"Topic", "Blocked requests", "Asked to open", "Opened", "Refused", "Waiting", "Hours to an answer"};
    table.empty = "Nothing was blocked in any topic, and nobody asked.";
    std::map<std::string, std::uint64_t> blocked;
    for (auto const& category : counted.traffic.categories)
        blocked[category.name] = category.traffic.blocked;
    for (auto const& topic : stored.figures.topics) {
        auto const closed = blocked.extract(topic.category);
        table.rows.push_back({{category_title(policy, topic.category)}, {closed ? shown_number(closed.mapped()) : "0"},
            {std::to_string(topic.asked)}, {std::to_string(topic.opened)}, {std::to_string(topic.refused)},
            {std::to_string(topic.waiting)}, {topic.hours_to_decide ? std::to_string(*topic.hours_to_decide) : "-"}});
    }
    for (auto const& category : counted.traffic.categories) // nobody asked about these
        if (blocked.contains(category.name) && category.traffic.blocked > 0)
            table.rows.push_back({{category_title(policy, category.name)}, {shown_number(category.traffic.blocked)}, {"0"}, {"0"},
                {"0"}, {"0"}, {"-"}});
    return table;
}

Table role_table(policy::Policy const& policy, FromLog const& counted)
{
    Table table;
    table.caption = "Use of the web, by role";
    table.head = {"Role", "Requests##of the web", "Blocked", "Seen inside", "By name only", "Not even the name"};
    table.empty = "Nothing was recorded.";
    for (auto const& role : counted.traffic.roles) {
        auto const* const known = policy.role(role.name);
        log::SeenTunnels seen;
        for (auto const& row : counted.tunnels.roles)
            if (row.role == role.name)
                seen = row;
        table.rows.push_back({{known == nullptr || known->title.empty() ? shown_text(role.name) : known->title},
            {shown_number(role.traffic.requests)}, {shown_number(role.traffic.blocked)}, {shown_number(seen.inside)},
            {shown_number(seen.by_name)}, {shown_number(seen.unseen)}});
    }
    return table;
}

Table count_table(Words caption, Words head, std::vector<store::CountOf> const& counts)
{
    Table table;
    table.caption = std::move(caption);
    table.head = {std::move(head), "Number"};
    table.empty = words("{}: none.", table.caption);
    for (auto const& each : counts)
        table.rows.push_back({{Words::perhaps_ours(spoken(each.name))}, {shown_number(static_cast<std::uint64_t>(each.count))}});
    return table;
}

Part decisions(FromStore const& stored)
{
    auto const& figures = stored.figures;
    return summary({{"Publications of lists, rules and timetable that went live", {std::to_string(figures.publications)}},
        {"Permissions with two keys, asked for", {std::to_string(figures.permissions)}},
        {"Supervised use, confirmed", {std::to_string(figures.supervised)}},
        {"Supervised use, refused", {std::to_string(figures.supervised_refused)}},
        {"Supervised use, in force at some time", {std::to_string(figures.supervised_in_force)}},
        {"Supervised use, ended before its time", {std::to_string(figures.supervised_ended_early)}},
        {"Reports that still wait", {std::to_string(figures.reports_open)}},
        {"Times that somebody read a personal record, each with a purpose", {std::to_string(figures.records_read)}},
        {"Downloads of the access log, or of everything about one person", {std::to_string(figures.downloads)}}});
}

Part record(FromStore const& stored)
{
    if (stored.newest.empty())
        return paragraph("The record is empty.");
    auto const& head = stored.newest.front();
    return summary(
        {{"The chain",
             {stored.chain.intact ? "Whole: no row was changed or removed" : Words::kept("chain", stored.chain.problem)}},
            {"Number of the last row", {std::to_string(head.sequence)}}, {"Its digest", {head.digest, {}, {}, true}}});
}

Part choice_of_range(Range const& range)
{
    Form form;
    form.action = "/governors";
    form.button = "Show";
    form.is_search = true;
    form.is_secondary = true;
    form.fields = {{Field::Kind::date, "from", "From", "", range.first.to_text()},
        {Field::Kind::date, "to", "To", "", range.last.to_text()}};
    return portal::form(form);
}

struct Report {
    Range range;
    FromStore stored;
    FromLog counted;
};

enum class Medium : std::uint8_t { screen, paper };

Page report_page(Visit const& visit, Report const& report, Medium medium)
{
    auto const& [range, stored, counted] = report;
    auto const policy = visit.site.services.current_policy();
    Page page;
    page.title = "Report for the governors";
    page.parts
        = {heading(page.title, words("{}, {} to {}", visit.site.school(), shown_date(range.first), shown_date(range.last))),
            choice_of_range(range), paragraph("Numbers only: no person is in this report.")};
    if (medium == Medium::screen)
        page.parts.push_back(paragraph("Print this page, or download it to hand it out."));
    page.parts.push_back(link(
        "Download it as a PDF", with_query("/governors/pdf", {{"from", range.first.to_text()}, {"to", range.last.to_text()}})));
    auto const unread = counted.traffic.unreadable_days;
    if (!counted.traffic.complete || unread > 0)
        page.parts.push_back(
            warning("The access log of some days was too long to count in time, or is damaged. They are missing below."));
    page.parts.push_back(portal::table(role_table(*policy, counted)));
    page.parts.push_back(portal::table(topic_table(*policy, stored, counted)));
    page.parts.push_back(portal::table(count_table("What people told the school", "About", stored.figures.reports)));
    page.parts.push_back(portal::table(count_table("Attempts to get round the filter", "Kind", stored.figures.incidents)));
    page.parts.push_back(subheading("Decisions"));
    page.parts.push_back(decisions(stored));
    page.parts.push_back(subheading("The checks"));
    if (stored.runs.empty()) {
        page.parts.push_back(paragraph("The checks were never run. The page Checks runs them."));
    } else {
        page.parts.push_back(paragraph(
            words("Run on {}: {}.", shown_time(visit.site, stored.runs.front().at), check_counts(stored.runs.front()))));
        page.parts.push_back(portal::table(check_table(stored.runs.front())));
    }
    page.parts.push_back(subheading("The record of decisions"));
    page.parts.push_back(record(stored));
    page.parts.push_back(subheading("Reviews"));
    page.parts.push_back(portal::table(review_table(stored.reviews, visit.now.local.date)));
    return page;
}

/// What the report says, or why there is none.
task<std::variant<Report, Response>> make_report(Visit const& visit)
{
    auto const range = range_of(visit);
    auto const work = [range](Ledger& ledger) { return read_store(ledger, range); };
    auto stored = co_await visit.site.services.store.call(work);
    if (!stored)
        co_return show_failure(visit, stored.error());
    auto const look = [&watch = visit.site.audit_watch] { return watch.look(); };
    auto chain = co_await run_gently(visit.site, look);
    if (!chain)
        co_return show_failure(visit, chain.error());
    stored->chain = std::move(*chain);
    auto const count = [dir = visit.site.services.settings.log_dir, range]() -> result<FromLog> {
        auto traffic = log::report_traffic(dir, {range.from, range.to, longest_count});
        auto const days = static_cast<unsigned>(std::chrono::ceil<std::chrono::days>(range.to - range.from).count());
        auto tunnels = log::report_tunnels(dir, log::day_of(range.to - std::chrono::seconds{1}), days, longest_count);
        if (!traffic || !tunnels)
            return traffic ? tunnels.error() : traffic.error();
        return FromLog{std::move(*traffic), std::move(*tunnels)};
    };
    auto counted = co_await run_gently(visit.site, count);
    if (!counted)
        co_return show_message(visit, 503, "The access log cannot be read", "Ask the ICT lead to look at the Status page.");
    co_return Report{range, std::move(*stored), std::move(*counted)};
}

} // namespace

task<Response> show_governors(Visit const& visit)
{
    auto const made = co_await make_report(visit);
    if (auto const* const refused = std::get_if<Response>(&made))
        co_return *refused;
    co_return show(visit, report_page(visit, std::get<Report>(made), Medium::screen));
}

task<Response> show_governors_pdf(Visit const& visit)
{
    auto const made = co_await make_report(visit);
    if (auto const* const refused = std::get_if<Response>(&made))
        co_return *refused;
    auto const& range = std::get<Report>(made).range;
    auto const page = report_page(visit, std::get<Report>(made), Medium::paper);
    auto const footer = words("{}, {} to {}. Made on {}.", visit.site.school(), shown_date(range.first), shown_date(range.last),
        shown_time(visit.site, visit.instant()));
    PdfFrame const frame{words("{}, {}", page.title, visit.site.school()).in(visit.language), footer.in(visit.language)};
    auto const work = [&page, &frame, language = visit.language] { return pdf_of(page, frame, language); };
    auto bytes = co_await run_gently(visit.site, work);
    co_return Response{200, "application/pdf", std::move(bytes),
        {{"Content-Disposition", "attachment; filename=\"governors-" + range.first.to_text() + ".pdf\""}}};
}

} // namespace gatehouse::portal::console
