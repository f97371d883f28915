// How much of what goes through tunnels can be seen, for each role, and who does not take the school's certificate: apps that insist on their own are
// put before the officer, who decides; nothing leaves inspection by itself.
#include "proxy/log/tunnel_report.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::portal::console {

namespace {

constexpr unsigned days_counted = 7;
constexpr std::chrono::milliseconds longest_tunnel_count{2000};

Words share_of(std::uint64_t part, std::uint64_t whole)
{
    return whole == 0 ? Words("0") : words("{} ({} %)", part, (part * 100 + whole / 2) / whole);
}

/// The title of a role; of one that the policy no longer has, its id.
Words role_name(policy::Policy const& policy, std::string const& id)
{
    auto const* const role = policy.role(id);
    if (role != nullptr)
        return role->title;
    return id.empty() ? Words("Not known") : Words(shown_text(id));
}

Table seen_table(policy::Policy const& policy, log::TunnelReport const& report)
{
    Table table;
    table.caption = "Connections that were opened, by role";
    table.head = {"Role", "Pages and searches are seen", "Only the name of the site is seen", "Not even the name is seen"};
    table.empty = "No encrypted connection was opened in these days.";
    for (auto const& row : report.roles) {
        auto const all = row.inside + row.by_name + row.unseen;
        table.rows.push_back({{role_name(policy, row.role)}, {share_of(row.inside, all)}, {share_of(row.by_name, all)},
            {share_of(row.unseen, all)}});
    }
    return table;
}

std::string add_address(Language language, log::PinnedSite const& site)
{
    auto const reason = words("Its app takes no certificate but its own: {} refusals.", site.refusals);
    return with_query("/lists/add", {{"list", "school-private"}, {"target", site.host}, {"reason", reason.in(language)}});
}

Table pinned_table(Visit const& visit, std::vector<log::PinnedSite> const& sites)
{
    bool const may_add = visit.has_role(store::ConsoleRole::officer);
    Table table;
    table.caption = "Apps that refuse the school's certificate";
    table.head = {"Site", "Refusals", "Devices", "Last"};
    table.empty = "No app has refused the school's certificate.";
    if (may_add)
        table.head.push_back("Decide");
    for (auto const& site : sites) {
        std::vector<Cell> cells{{shown_text(site.host)}, {std::to_string(site.refusals)}, {std::to_string(site.devices)},
            {shown_time(visit.site, std::chrono::floor<std::chrono::seconds>(site.last))}};
        if (may_add) {
            Cell decide{"Leave it alone", add_address(visit.language, site)};
            decide.hidden = shown_text(site.host);
            cells.push_back(std::move(decide));
        }
        table.rows.push_back(std::move(cells));
    }
    return table;
}

Table device_table(Visit const& visit, std::vector<log::UntrustingDevice> const& devices)
{
    Table table;
    table.caption = "Devices that take the school's certificate nowhere";
    table.head = {"Address", "Refusals", "Last"};
    table.empty = "Every device takes it.";
    for (auto const& device : devices)
        table.rows.push_back({{device.client}, {std::to_string(device.refusals)},
            {shown_time(visit.site, std::chrono::floor<std::chrono::seconds>(device.last))}});
    return table;
}

/// Fifty of the apps, and fifty of the devices, each with a way to the rest.
void add_apps(Page& page, Visit const& visit, std::vector<log::PinnedSite> const& sites)
{
    page.parts.push_back(subheading("Apps to decide about"));
    if (!sites.empty())
        page.parts.push_back(
            paragraph("These apps do not work on school devices, since they trust no certificate but their own. Leaving one "
                      "alone opens it by its name: nobody sees what is done in it. Until somebody decides, it stays closed."));
    auto const paging = paging_of(visit.query("apps"), sites.size());
    auto const table = pinned_table(visit, rows_on(paging, sites));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, paging, "/inspection", {"apps", table.caption});
}

void add_devices(Page& page, Visit const& visit, std::vector<log::UntrustingDevice> const& devices)
{
    page.parts.push_back(subheading("Devices to look at"));
    if (!devices.empty())
        page.parts.push_back(paragraph("These devices count as the school's but do not have its certificate. Install it, or "
                                       "correct the network they are in."));
    auto const paging = paging_of(visit.query("devices"), devices.size());
    auto const table = device_table(visit, rows_on(paging, devices));
    page.parts.push_back(portal::table(table));
    add_paging(page, visit, paging, "/inspection", {"devices", table.caption});
}

} // namespace

task<Response> show_inspection(Visit const& visit)
{
    auto const today = log::day_of(std::chrono::system_clock::time_point{visit.instant()});
    auto const work = [dir = visit.site.services.settings.log_dir, today] {
        return log::report_tunnels(dir, today, days_counted, longest_tunnel_count);
    };
    auto const report = co_await run_aside(visit.site, work);
    if (!report)
        co_return show_message(visit, 503, "The access log cannot be read", "Ask the ICT lead to look at the Status page.");
    Page page;
    page.title = "Looking inside";
    page.parts = {heading("Looking inside", words("The last {} days", days_counted)),
        paragraph("Most connections are encrypted. Where the rules say so, and where a device has the school's certificate, the "
                  "gateway looks "
                  "inside and decides page by page. Elsewhere it sees the name of the site alone."),
        portal::table(seen_table(*visit.site.services.current_policy(), *report))};
    add_apps(page, visit, report->pinned);
    add_devices(page, visit, report->devices);
    if (!report->complete || report->unreadable_days > 0)
        page.parts.push_back(warning(words(report->days - report->unreadable_days == 1
                ? "The log of some days was too long to count, or is damaged. The figures are of {} day."
                : "The log of some days was too long to count, or is damaged. The figures are of {} days.",
            report->days - report->unreadable_days)));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
