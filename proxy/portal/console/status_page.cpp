// What runs and whether it is well: a verdict with what to do first, then lists, publications, log and coverage, and the counters of
// `gatehouse status --json`.
#include "policy/policy.hpp"
#include "proxy/checks/self_checks.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/system_view.hpp"

#include <boost/json.hpp>

namespace gatehouse::portal::console {

namespace {

namespace json = boost::json;
using store::Ledger;
constexpr std::size_t most_rows = 200;

struct Label {
    std::string_view name;
    char const* text = "";
};
constexpr Label labels[] = {
    {"school", "School"},
    {"policy_version", "Version of the rules"},
    {"uptime_seconds", "Running for"},
    {"workers", "Worker threads"},
    {"proxy_ports", "Ports of the proxy"},
    {"portal_url", "Pages for everyone"},
    {"portal_port", "Port of those pages"},
    {"console_port", "Port of this console"},
    {"rules", "Rules"},
    {"overrides", "Sites open by a grant"},
    {"restrictions", "People with a restriction"},
    {"list_names", "Names on the lists"},
    {"connections", "Connections since the start"},
    {"connections_open", "Connections open now"},
    {"connections_refused", "Connections over a limit"},
    {"streams_refused", "Requests over the limit of their computer"},
    {"requests", "Requests since the start"},
    {"blocked", "Requests blocked"},
    {"refused", "Requests that were malformed"},
    {"upstream_failures", "Requests whose site did not answer"},
    {"tunnels_open", "Tunnels open now"},
    {"tunnels_inspected", "Tunnels looked into"},
    {"origins_proved", "Certificates of sites that were verified"},
    {"origins_without_sct", "Of them, in no transparency log"},
    {"tunnels_ended_by_policy", "Tunnels that a rule ended"},
    {"log_rows", "Rows in the access log"},
    {"log_rows_dropped", "Rows of the log that were lost"},
    {"log_failing", "The log cannot be written"},
    {"incidents_dropped", "Incidents that were lost"},
    {"parts", "Still answers"},
};

/// A fact that has no words yet is shown by its name: "list_image" reads "List image".
Words label_of(std::string_view name)
{
    for (auto const& label : labels)
        if (label.name == name)
            return label.text;
    auto text = spoken(name);
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 32);
    return Words::perhaps_ours(std::move(text));
}

/// "2 days 3 h 4 min", "4 min 5 s": the two or three largest units.
Words duration_text(std::int64_t seconds)
{
    auto const days = seconds / 86400, hours = seconds / 3600 % 24, minutes = seconds / 60 % 60;
    if (days > 0)
        return words(days == 1 ? "{} day {} h {} min" : "{} days {} h {} min", days, hours, minutes);
    if (seconds >= 3600)
        return words("{} h {} min", hours, minutes);
    return words("{} min {} s", minutes, seconds % 60);
}

Words value_text(json::value const& value)
{
    if (value.is_string())
        return std::string_view(value.get_string());
    if (value.is_bool())
        return value.get_bool() ? "yes" : "no";
    if (value.is_null())
        return "none";
    if (value.is_array()) {
        std::vector<Words> texts;
        for (auto const& item : value.get_array())
            texts.push_back(value_text(item));
        return joined(texts);
    }
    return json::serialize(value);
}

/// Of a part of the gateway.
Words pulse_text(json::value const& pulse)
{
    return pulse == "turns" ? Words("yes") : pulse == "works" ? Words("works at one thing for long") : Words("no");
}

/// One row for each plain value; objects inside the top level are opened one step, deeper ones stay as text.
Table counter_table(json::object const& status)
{
    Table table{.caption = "Counters", .head = {"What", "Value"}, .rows = {}, .empty = {}, .folded = true};
    for (auto const& [name, value] : status) {
        if (!value.is_object()) {
            bool const is_duration = name == "uptime_seconds" && value.is_int64();
            table.rows.push_back({{label_of(name)}, {is_duration ? duration_text(value.get_int64()) : value_text(value)}});
            continue;
        }
        bool const of_parts = name == "parts";
        for (auto const& [inner, inner_value] : value.get_object())
            table.rows.push_back(
                {{words("{}, {}", label_of(name), of_parts ? subject_of(inner) : Words::perhaps_ours(spoken(inner)))},
                    {of_parts ? pulse_text(inner_value) : value_text(inner_value)}});
    }
    if (table.rows.size() > most_rows)
        table.rows.resize(most_rows);
    return table;
}

/// What lies outside the store, looked at on threads that may wait.
struct Looked {
    std::vector<checks::Finding> findings;
    checks::Facts facts;
    std::uintmax_t log_bytes = 0;
    std::string status;
};

Looked look(Services const& services, store::Instant now)
{
    Looked looked;
    looked.findings = services.examine(now);
    for (auto& finding : examine_daemon(services, now))
        if (finding.id != "lists") // the doctor has said it
            looked.findings.push_back(std::move(finding));
    looked.facts = checks::read_facts(services.settings, now);
    looked.log_bytes = log_size(services.settings);
    looked.status = services.status_json();
    return looked;
}

Words per_cent_of(std::optional<std::uint64_t> part, std::optional<std::uint64_t> whole)
{
    if (!part || !whole)
        return "could not be counted";
    return *whole == 0 ? Words("there was none")
                       : words("{} of {} ({} %)", shown_number(*part), shown_number(*whole), *part * 100 / *whole);
}

std::vector<SummaryRow> rules_and_lists(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    std::uint64_t names = 0;
    for (auto const& attached : policy->attached)
        names += attached.set.name_count();
    return {{"Rules in force", {policy->version, {}, {}, true}}, {"Rules", {shown_number(policy->rules.size())}},
        {"Names on the lists", {shown_number(names)}}, {"Time at school", {shown_time(visit.site, visit.instant())}}};
}

std::vector<SummaryRow> log_and_coverage(Settings const& settings, Looked const& looked)
{
    constexpr std::uintmax_t mebibyte = std::uintmax_t{1} << 20;
    return {{"Size of the access log", {words("{} MiB", shown_number(looked.log_bytes / mebibyte))}},
        {"Its days are kept for",
            {settings.log_days == 0 ? Words("ever") : words(settings.log_days == 1 ? "{} day" : "{} days", settings.log_days)}},
        {"Rows yesterday",
            {looked.facts.rows_of_a_day ? shown_number(*looked.facts.rows_of_a_day) : Words("could not be counted")}},
        {"Encrypted connections of a week without even a name", {per_cent_of(looked.facts.unseen, looked.facts.tunnels)}}};
}

} // namespace

task<Response> show_status(Visit const& visit)
{
    auto const& services = visit.site.services;
    auto const outside = [&services, now = visit.instant()] { return look(services, now); };
    auto const looked = co_await run_gently(visit.site, outside);
    constexpr std::size_t newest = 5;
    auto const work = [](Ledger& ledger) { return store::list_publications(ledger, store::PublicationId::none, newest); };
    auto const publications = co_await services.store.call(work);
    if (!publications)
        co_return show_failure(visit, publications.error());
    boost::system::error_code failure;
    auto const status = json::parse(looked.status, failure);
    Page page;
    page.title = "Status";
    page.parts = {heading("Status")};
    for (auto const& part : health_parts(looked.findings, visit.session->account.console_role))
        page.parts.push_back(part);
    page.parts.push_back(subheading("Rules and lists"));
    page.parts.push_back(summary(rules_and_lists(visit)));
    page.parts.push_back(portal::table(list_table(visit)));
    page.parts.push_back(portal::table(publication_table(visit, *publications)));
    page.parts.push_back(subheading("Log and coverage"));
    page.parts.push_back(summary(log_and_coverage(services.settings, looked)));
    if (!failure && status.is_object() && sees_to_gateway(visit.session->account.console_role))
        page.parts.push_back(portal::table(counter_table(status.get_object())));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
