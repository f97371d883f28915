// Searching the access log. Who looks for a person says why, and both are on record; so is every export.
#include "proxy/log/csv.hpp"
#include "proxy/log/search.hpp"
#include "proxy/portal/console/live_log.hpp"
#include "proxy/portal/console/log_columns.hpp"
#include "proxy/portal/console/log_purpose.hpp"
#include "proxy/portal/console/log_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/audit.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;
constexpr std::size_t rows_of_page = 50;
constexpr std::size_t rows_of_export = 5000;
/// The one page with a script, which is ours and asks for nothing but its events.
constexpr char const* live_policy
    = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
      "base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/// What the filter form says, checked.
struct Search {
    log::SearchQuery query;
    std::string purpose;
    std::vector<Problem> problems;
    /// A record of one person's or one device's browsing is personal data.
    bool names_somebody() const { return !query.person.empty() || !query.device.empty() || !query.client.empty(); }
};

std::optional<std::chrono::system_clock::time_point> instant_of(Visit const& visit, std::string_view name, Search& search)
{
    auto const text = visit.query(name);
    if (text.empty())
        return std::nullopt;
    auto const local = policy::LocalTime::parse(text);
    if (!local) {
        search.problems.push_back({std::string(name), "Choose a day and a time"});
        return std::nullopt;
    }
    return visit.site.clock.instant_of(*local);
}

/// `stated`: what marketing stated once for all its searches; empty for others.
Search read_search(Visit const& visit, std::string stated = {})
{
    auto const value = [&](std::string_view name) { return trimmed_value(visit.request.query, name); };
    Search search;
    auto& query = search.query;
    query.from = instant_of(visit, "from", search);
    query.to = instant_of(visit, "to", search);
    query.person = value("person");
    query.device = value("device");
    query.client = value("client");
    query.host = value("host");
    query.category = value("category");
    query.term_list = value("searches");
    query.rule = value("rule");
    query.decision = value("decision");
    if (value("verdict") == "block")
        query.verdict = policy::Verdict::block;
    if (value("verdict") == "allow")
        query.verdict = policy::Verdict::allow;
    query.cursor = value("cursor");
    search.purpose = stated.empty() ? value("purpose") : std::move(stated);
    if (search.names_somebody() && search.purpose.empty())
        search.problems.push_back({"purpose", "Write why you look for this person or device"});
    return search;
}

std::string search_text(Search const& search)
{
    auto const& query = search.query;
    std::string text = "purpose: " + (search.purpose.empty() ? "none needed" : search.purpose);
    auto const add = [&](std::string_view name, std::string const& value) {
        if (!value.empty())
            text += "; " + std::string(name) + ": " + value;
    };
    add("person", query.person);
    add("device", query.device);
    add("address", query.client);
    add("site", query.host);
    return text;
}

/// Writes the look into the audit; a search that cannot be recorded is not made.
task<result<void>> record_look(Visit const& visit, Search const& search, std::string action)
{
    auto const work = [actor = visit.actor(), action,
                          object = search.query.person.empty() ? std::string("access-log") : "person:" + search.query.person,
                          detail = search_text(search), now = visit.instant()](
                          Ledger& ledger) { return store::record_event(ledger, actor, action, object, detail, now); };
    co_return co_await visit.site.services.store.call(work);
}

Part search_form(Visit const& visit, Search const& search)
{
    auto const value = [&](std::string_view name) { return std::string(visit.query(name)); };
    auto const error_of = [&](std::string_view name) { return problem_with(search.problems, name); };
    std::vector<Option> categories{{"", "Any", ""}};
    for (auto const& category : visit.site.services.current_policy()->categories)
        categories.push_back({category.id, category.title, ""});
    std::vector<Option> term_lists{{"", "Any", ""}};
    for (auto const& list : visit.site.services.current_policy()->term_lists)
        term_lists.push_back({list.id, list.title, ""});
    using Kind = Field::Kind;
    Form form;
    form.action = "/log";
    form.button = "Search";
    form.is_search = true;
    form.fields = {{Kind::text, "host", "Site", "", value("host"), {}, "", "", 253},
        {Kind::select, "verdict", "Verdict", "", value("verdict"),
            {{"", "Any", ""}, {"block", "Blocked", ""}, {"allow", "Open", ""}}},
        {Kind::select, "category", "Category", "", value("category"), categories},
        {Kind::select, "searches", "Searches about", "", value("searches"), term_lists},
        {Kind::text, "rule", "Rule", "", value("rule"), {}, "", "", 64},
        {Kind::datetime, "from", "From", "", value("from"), {}, error_of("from"), "", 16},
        {Kind::datetime, "to", "To", "", value("to"), {}, error_of("to"), "", 16},
        {Kind::text, "person", "Person", "", value("person"), {}, "", "", 64},
        {Kind::text, "device", "Device", "", value("device"), {}, "", "", 64},
        {Kind::text, "client", "Address", "", value("client"), {}, "", "", 45},
        {Kind::text, "decision", "Number of a blocked page", "", value("decision"), {}, "", "", 64},
        {Kind::text, "purpose", "Purpose", "", value("purpose"), {}, error_of("purpose"), "", 200}, columns_field(visit)};
    if (visit.has_role(store::ConsoleRole::marketing)) // theirs is stated once, and holds for all searches
        std::erase_if(form.fields, [](Field const& field) { return field.name == "purpose"; });
    return portal::form(form);
}

/// The same search without what only pages need.
std::string live_address(Visit const& visit, std::string_view path)
{
    auto query = visit.request.query;
    std::erase_if(
        query, [](auto const& field) { return field.first == "cursor" || field.first == "from" || field.first == "to"; });
    return with_query(path, query);
}

std::string page_address(Visit const& visit, std::string_view path, std::string cursor)
{
    auto query = visit.request.query;
    std::erase_if(query, [](auto const& field) { return field.first == "cursor"; });
    query.emplace_back("cursor", std::move(cursor));
    return with_query(path, query);
}

task<result<log::SearchPage>> run_search(Visit const& visit, log::SearchQuery query)
{
    auto const work = [dir = visit.site.services.settings.log_dir, query] { return log::search(dir, query); };
    co_return co_await run_aside(visit.site, work);
}

Response failed_search(Visit const& visit)
{
    return show_message(visit, 422, "The search did not work", "The link may be old. Start the search again.");
}

/// What stands in the way of a look at the log as it is written, as an answer; a look with a purpose is recorded.
task<std::optional<Response>> refused_look(Visit const& visit, Search const& search)
{
    if (!search.problems.empty())
        co_return show_message(visit, 422, "The search is not complete", search.problems.front().text);
    if (search.purpose.empty())
        co_return std::nullopt;
    auto const recorded = co_await record_look(visit, search, "access-log.read");
    co_return recorded ? std::nullopt : std::optional{show_failure(visit, recorded.error())};
}

} // namespace

task<Response> show_live_log(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto search = read_search(visit, stated);
    search.query.limit = rows_of_page;
    search.query.from.reset();
    if (auto refused = co_await refused_look(visit, search))
        co_return std::move(*refused);
    auto const found = co_await run_search(visit, search.query);
    if (!found)
        co_return failed_search(visit);
    auto rows = row_table(visit, found->rows, search.purpose, live_columns());
    if (rows.rows.empty()) // a table for what comes
        rows.rows.push_back({{"-"}, {"-"}, {"Nothing yet"}, {"-"}, {"-"}});
    Page page;
    page.title = "Access log, live";
    page.back = live_address(visit, "/log");
    page.parts = {heading(page.title), live(live_address(visit, "/log/live/events")), portal::table(rows)};
    auto response = show(visit, page);
    response.headers.emplace_back("Content-Security-Policy", live_policy);
    co_return response;
}

task<Response> stream_live_log(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto const search = read_search(visit, stated);
    if (*visit.site.live_tails >= most_live_tails)
        co_return show_message(visit, 503, "Too many people look on", "Close another page like this one, and try again.");
    if (auto refused = co_await refused_look(visit, search))
        co_return std::move(*refused);
    Response response;
    response.type = "text/event-stream";
    response.stream = live_rows(visit, search.query, !search.purpose.empty());
    co_return response;
}

task<Response> show_log(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto search = read_search(visit, stated);
    search.query.limit = rows_of_page;
    Page page;
    page.title = "Access log";
    if (!search.problems.empty()) {
        page.parts = {error_summary(search.problems), heading("Access log"), search_form(visit, search)};
        page.has_problem = true;
        page.status = 422;
        co_return show(visit, page);
    }
    if (!search.purpose.empty()) {
        auto const recorded = co_await record_look(visit, search, "access-log.read");
        if (!recorded)
            co_return show_failure(visit, recorded.error());
    }
    auto const found = co_await run_search(visit, search.query);
    if (!found)
        co_return failed_search(visit);
    if (visit.query("done") == "saved")
        page.parts.push_back(notice("Done", "The search is saved."));
    if (visit.query("done") == "removed")
        page.parts.push_back(notice("Done", "The search is removed."));
    page.parts.push_back(heading("Access log"));
    for (auto const& part : co_await purpose_parts(visit))
        page.parts.push_back(part);
    for (auto const& part :
        {paragraph("Say why you look, if you want to see names or to search for a person, a device or an address. "
                   "What you say is kept on record."),
            search_form(visit, search), portal::table(row_table(visit, found->rows, search.purpose, chosen_columns(visit)))})
        page.parts.push_back(part);
    if (found->unreadable_days > 0)
        page.parts.push_back(warning(words("Some days are damaged and were left out: {}", found->unreadable_days)));
    if (!found->next.empty() || !search.query.cursor.empty())
        page.parts.push_back(pages(search.query.cursor.empty() ? std::string() : page_address(visit, "/log", ""),
            found->next.empty() ? std::string() : page_address(visit, "/log", found->next)));
    page.parts.push_back(link("See it as it is written", live_address(visit, "/log/live")));
    if (!found->rows.empty())
        page.parts.push_back(link("Download as a table (CSV)", page_address(visit, "/log/export", "")));
    for (auto const& part : co_await view_parts(visit))
        page.parts.push_back(part);
    co_return show(visit, page);
}

task<Response> export_log(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto search = read_search(visit, stated);
    search.query.limit = rows_of_export;
    if (!search.problems.empty())
        co_return show_message(visit, 422, "The search is not complete", search.problems.front().text);
    auto const recorded = co_await record_look(visit, search, "access-log.export");
    if (!recorded)
        co_return show_failure(visit, recorded.error());
    auto found = co_await run_search(visit, search.query);
    if (!found)
        co_return failed_search(visit);
    std::string csv = log::csv_header();
    for (auto& row : found->rows) {
        if (search.purpose.empty())
            row.user.clear();
        csv += log::csv_row(row);
    }
    co_return Response{
        200, "text/csv; charset=utf-8", std::move(csv), {{"Content-Disposition", "attachment; filename=\"access-log.csv\""}}};
}

} // namespace gatehouse::portal::console
