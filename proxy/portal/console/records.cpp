// Incidents of circumvention.
#include "policy/policy.hpp"
#include "proxy/portal/console/incident_view.hpp"
#include "proxy/portal/console/log_sight.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/store/incidents.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

Part incident_search(store::IncidentFilter const& filter, std::string const& purpose, Words const& error)
{
    Form form;
    form.action = "/incidents";
    form.button = "Search";
    form.is_search = true;
    form.fields = {{Field::Kind::text, "user", "Person", "", filter.user, {}, "", "", 64},
        {Field::Kind::text, "device", "Device", "", filter.device, {}, "", "", 64},
        {Field::Kind::text, "host", "Site", "", filter.host, {}, "", "", 253},
        {Field::Kind::text, "purpose", "Purpose", "With one you see names. Needed to search for a person or a device.", purpose,
            {}, error, "", 200}};
    return portal::form(form);
}

Words person_of(policy::Policy const& policy, store::IncidentRow const& row)
{
    if (!row.pseudonym.empty())
        return words("Person {}", row.pseudonym);
    return row.incident.user.empty() ? shown_subject_role(policy, row.incident) : Words(row.incident.user);
}

Table incident_table(Visit const& visit, std::vector<store::IncidentRow> const& rows)
{
    Table table;
    table.caption = "Attempts, newest first";
    table.head = {"Last seen", "What", "Weight", "Who and where", "Times"};
    table.empty = "Nothing was seen.";
    auto const policy = visit.site.services.current_policy();
    for (auto const& row : rows) {
        auto const& incident = row.incident;
        auto const who = joined({person_of(*policy, row), shown_network(*policy, incident), incident.device});
        bool const strong = incident.grade == detect::Grade::confirmed;
        table.rows.push_back({{shown_time(visit.site, row.last_at)}, {shown_incident(incident)},
            {Words::perhaps_ours(std::string(detect::to_text(incident.grade))), {},
                strong                                         ? "red"
                    : incident.grade == detect::Grade::attempt ? "yellow"
                                                               : "grey"},
            {who}, {std::to_string(row.count)}});
    }
    return table;
}

} // namespace

task<Response> show_incidents(Visit const& visit)
{
    store::IncidentFilter filter;
    filter.user = trimmed_value(visit.request.query, "user");
    filter.device = trimmed_value(visit.request.query, "device");
    filter.host = trimmed_value(visit.request.query, "host");
    filter.before = static_cast<store::IncidentId>(parse_id(visit.query("before")).value_or(0));
    filter.limit = 50;
    auto const purpose = trimmed_value(visit.request.query, "purpose");
    store::IncidentReader const reader{
        visit.actor(), purpose, visit.instant(), log::personal_devices(*visit.site.services.current_policy())};
    bool const all
        = filter.user.empty() && filter.device.empty() && filter.host.empty() && filter.before == store::IncidentId::none;
    auto const work = [filter, reader, all](Ledger& ledger) {
        auto rows = store::search_incidents(ledger, filter, reader);
        if (rows && all)
            if (auto const marked = store::mark_incidents_seen(ledger, reader.actor.account); !marked)
                return result<std::vector<store::IncidentRow>>{marked.error()};
        return rows;
    };
    auto const found = co_await visit.site.services.store.call(work);
    bool const needs_purpose = !found && found.error() == store::errc::invalid_value;
    if (!found && !needs_purpose)
        co_return show_failure(visit, found.error());
    Page page;
    page.title = "Incidents";
    if (needs_purpose) {
        page.parts.push_back(error_summary({{"purpose", "Write why you look for this person or device"}}));
        page.has_problem = true;
        page.status = 422;
    }
    page.parts.push_back(heading("Incidents"));
    page.parts.push_back(paragraph("An incident is something to look at, not a proof. A person decides what it means."));
    page.parts.push_back(paragraph("Say why you look, if you want to see names. What you say is kept on record."));
    page.parts.push_back(paragraph("Otherwise each person has a code in place of their name, the same all day."));
    page.parts.push_back(paragraph("Your own are left out: others look at those."));
    page.parts.push_back(incident_search(filter, purpose, needs_purpose ? "Write why you look for this person or device" : ""));
    bool const may_propose = visit.has_role(store::ConsoleRole::officer) || visit.has_role(store::ConsoleRole::dsl);
    if (found && may_propose && !filter.user.empty())
        page.parts.push_back(link(
            words("Propose supervised use for {}", filter.user), with_query("/supervision/propose", {{"user", filter.user}})));
    if (found) {
        page.parts.push_back(portal::table(incident_table(visit, *found)));
        if (found->size() == filter.limit) {
            auto query = visit.request.query;
            std::erase_if(query, [](auto const& field) { return field.first == "before"; });
            auto const newest = with_query("/incidents", query);
            query.emplace_back("before", std::to_string(store::number(found->back().id)));
            page.parts.push_back(pages(store::number(filter.before) == 0 ? "" : newest, with_query("/incidents", query)));
        }
    }
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
