// Searching the access log. Who looks for a person says why, and both are on record; so is every export.
#include "proxy/log/csv.hpp"
#include "proxy/portal/console/live_log.hpp"
#include "proxy/portal/console/log_columns.hpp"
#include "proxy/portal/console/log_purpose.hpp"
#include "proxy/portal/console/log_search.hpp"
#include "proxy/portal/console/log_views.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::portal::console {

namespace {

constexpr std::size_t log_rows_of_page = 50;
constexpr std::size_t rows_of_export = 5000;
/// The one page with a script, which is ours and asks for nothing but its events.
constexpr char const* live_policy
    = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
      "base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/// The same search without what only pages need.
std::string live_address(Visit const& visit, std::string_view path)
{
    auto query = visit.request.query;
    static constexpr std::array<std::string_view, 4> of_the_past{"cursor", "from", "to", "last"};
    std::erase_if(query,
        [](auto const& field) { return std::find(of_the_past.begin(), of_the_past.end(), field.first) != of_the_past.end(); });
    return with_query(path, query);
}

std::string page_address(Visit const& visit, std::string_view path, std::string cursor)
{
    auto query = visit.request.query;
    std::erase_if(query, [](auto const& field) { return field.first == "cursor"; });
    query.emplace_back("cursor", std::move(cursor));
    return with_query(path, query);
}

Part own_rows_note()
{
    return paragraph(
        "Rows of your own are left out. Others who may read this log look at those: the ICT lead, the online safety officer "
        "and the safeguarding lead.");
}

Response failed_search(Visit const& visit)
{
    return show_message(visit, 422, "The search did not work", "The link may be old. Start the search again.");
}

/// A look at the log as it is written.
task<std::variant<LogSight, Response>> begin_live(Visit const& visit, Search const& search)
{
    if (!search.problems.empty())
        co_return show_message(visit, 422, "The search is not complete", search.problems.front().text);
    co_return co_await begin_search(visit, search, Takes::a_look);
}

} // namespace

task<Response> show_live_log(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto search = read_search(visit, stated);
    search.query.limit = log_rows_of_page;
    search.query.from.reset();
    auto begun = co_await begin_live(visit, search);
    if (auto* const refused = std::get_if<Response>(&begun))
        co_return std::move(*refused);
    auto found = co_await run_search(visit, search.query, std::get<LogSight>(begun));
    if (!found)
        co_return failed_search(visit);
    auto rows = row_table(visit, std::move(found->rows), search.purpose, live_columns());
    if (rows.rows.empty()) // a table for what comes
        rows.rows.push_back({{"-"}, {"-"}, {"Nothing yet"}, {"-"}, {"-"}});
    Page page;
    page.title = "Access log, live";
    page.back = live_address(visit, "/log");
    page.parts = {heading(page.title), own_rows_note(), live(live_address(visit, "/log/live/events")), portal::table(rows)};
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
    auto begun = co_await begin_live(visit, search);
    if (auto* const refused = std::get_if<Response>(&begun))
        co_return std::move(*refused);
    Response response;
    response.type = "text/event-stream";
    response.stream = live_rows(visit, search.query, std::get<LogSight>(std::move(begun)));
    co_return response;
}

task<Response> show_log(Visit const& visit)
{
    std::string stated;
    if (auto first = co_await ask_for_purpose(visit, stated))
        co_return std::move(*first);
    auto search = read_search(visit, stated);
    search.query.limit = log_rows_of_page;
    Page page;
    page.title = "Access log";
    if (!search.problems.empty()) {
        page.parts = {error_summary(search.problems), heading("Access log"), search_form(visit, search)};
        page.has_problem = true;
        page.status = 422;
        co_return show(visit, page);
    }
    auto begun = co_await begin_search(visit, search, Takes::a_look);
    if (auto* const refused = std::get_if<Response>(&begun))
        co_return std::move(*refused);
    auto found = co_await run_search(visit, search.query, std::get<LogSight>(begun));
    if (!found)
        co_return failed_search(visit);
    auto const& rows = found->rows;
    if (visit.query("done") == "saved")
        page.parts.push_back(notice("Done", "The search is saved."));
    if (visit.query("done") == "removed")
        page.parts.push_back(notice("Done", "The search is removed."));
    if (visit.query("done") == "shared")
        page.parts.push_back(notice("Done", "Everybody who may read this log sees the search now."));
    if (visit.query("done") == "unshared")
        page.parts.push_back(notice("Done", "Only its owner sees the search now."));
    page.parts.push_back(heading("Access log"));
    for (auto const& part : co_await purpose_parts(visit))
        page.parts.push_back(part);
    for (auto const& part :
        {paragraph("Say why you look, if you want to see names or to search for a person, a device or an address. "
                   "What you say is kept on record."),
            paragraph("Otherwise each person has a code in place of their name, the same all day."), own_rows_note(),
            search_form(visit, search), portal::table(row_table(visit, rows, search.purpose, chosen_columns(visit)))})
        page.parts.push_back(part);
    if (found->unreadable_days > 0)
        page.parts.push_back(warning(words("Some days are damaged and were left out: {}", found->unreadable_days)));
    if (!found->next.empty() || !search.query.cursor.empty())
        page.parts.push_back(pages(search.query.cursor.empty() ? std::string() : page_address(visit, "/log", ""),
            found->next.empty() ? std::string() : page_address(visit, "/log", found->next)));
    page.parts.push_back(link("See it as it is written", live_address(visit, "/log/live")));
    if (!rows.empty())
        page.parts.push_back(link("Download as a table (CSV)", page_address(visit, "/log/export", "")));
    if (!rows.empty() && !found->next.empty())
        page.parts.push_back(
            paragraph(words("The table has the newest {} rows at most. For older ones, choose an earlier time under "
                            "To, and download again.",
                shown_number(rows_of_export))));
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
    auto begun = co_await begin_search(visit, search, Takes::a_file);
    if (auto* const refused = std::get_if<Response>(&begun))
        co_return std::move(*refused);
    auto found = co_await run_search(visit, search.query, std::get<LogSight>(begun));
    if (!found)
        co_return failed_search(visit);
    bool const is_cut = !found->next.empty();
    auto rows = std::move(found->rows);
    std::string csv = log::csv_header();
    for (auto& row : rows) {
        if (search.purpose.empty() && !row.user.empty())
            row.user = words("Person {}", row.user).english(); // a spreadsheet takes "12E456" for a number
        csv += log::csv_row(row);
    }
    bool const lacks_days = found->unreadable_days > 0;
    auto file = csv_file(lacks_days ? "access-log-lacks-damaged-days" : "access-log", std::move(csv),
        is_cut ? std::optional{rows.size()} : std::nullopt);
    if (lacks_days)
        file.headers.emplace_back("Gatehouse-Damaged-Days", std::to_string(found->unreadable_days));
    co_return file;
}

} // namespace gatehouse::portal::console
