#include "proxy/portal/no_records.hpp"

#include "proxy/portal/api.hpp"
#include "proxy/portal/console/system_view.hpp"
#include "proxy/portal/form_data.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

using State = PartPulse::State;

bool hangs(std::vector<PartPulse> const& parts, std::initializer_list<std::string_view> names)
{
    return std::any_of(parts.begin(), parts.end(), [&](PartPulse const& part) {
        return part.state == State::hangs && std::find(names.begin(), names.end(), part.name) != names.end();
    });
}

/// The store was asked just now, so "turns" is what the watchdog has not noticed yet.
Cell answers_cell(PartPulse const& part)
{
    if (part.state == State::hangs || (part.state == State::turns && part.name == "store"))
        return {"no", {}, "red"};
    return part.state == State::works ? Cell{"works at one thing for long", {}, "yellow"} : Cell{"yes", {}, "green"};
}

Table part_table(std::vector<PartPulse> const& parts)
{
    Table table;
    table.caption = "Parts of the gateway";
    table.head = {"Part", "Still answers"};
    for (auto const& part : parts)
        table.rows.push_back({{console::subject_of(part.name)}, answers_cell(part)});
    return table;
}

} // namespace

Response show_no_records(Visit const& visit)
{
    if (visit.request.as_data)
        return api_refusal(503, "The records do not answer. Nothing was changed. Try again in a minute.");
    bool const was_sent = visit.request.method == Method::post;
    auto const parts = visit.site.services.pulses();
    Page page;
    page.title = "The console cannot reach its records";
    page.status = 503;
    page.parts = {heading(page.title),
        paragraph("Accounts, requests, lists and everything else that is kept here did not answer in time, so no page can be "
                  "shown.")};
    if (was_sent)
        page.parts.push_back(
            inset("What you sent was not taken, and nothing was changed. Go back in your browser: what you typed "
                  "is usually still there."));
    if (hangs(parts, {"workers", "resolver"}))
        page.parts.push_back(
            warning("A part of the gateway that serves web pages does not answer either. People may find pages slow or closed."));
    else if (!parts.empty())
        page.parts.push_back(inset("The filter goes on: web pages are opened and closed by the rules that are in force. Only "
                                   "changes of them, requests and reports have to wait."));
    page.parts.push_back(subheading("What to do"));
    page.parts.push_back(numbered({{"Wait a minute, then try again."}, {"If it stays so, tell the ICT lead."},
        {"The ICT lead runs `gatehouse status` on the gateway's machine, then `gatehouse doctor`, which says what to do."}}));
    page.parts.push_back(link("Try again", was_sent ? "/" : with_query(visit.request.path, visit.request.query)));
    if (!parts.empty())
        page.parts.push_back(portal::table(part_table(parts)));
    auto response = show(visit, page);
    response.headers.emplace_back("Retry-After", "60");
    return response;
}

} // namespace gatehouse::portal
