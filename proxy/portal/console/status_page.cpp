// What runs and whether it is well: the same facts that `gatehouse status --json` prints.
#include "proxy/portal/console/pages.hpp"

#include <boost/json.hpp>

namespace gatehouse::portal::console {

namespace {

namespace json = boost::json;
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

/// One row for each plain value; objects inside the top level are opened one step, deeper ones stay as text.
std::vector<SummaryRow> status_rows(json::object const& status)
{
    std::vector<SummaryRow> rows;
    for (auto const& [name, value] : status) {
        if (!value.is_object()) {
            bool const is_duration = name == "uptime_seconds" && value.is_int64();
            rows.push_back({label_of(name), {is_duration ? duration_text(value.get_int64()) : value_text(value)}});
            continue;
        }
        for (auto const& [inner, inner_value] : value.get_object())
            rows.push_back({words("{}, {}", label_of(name), Words::perhaps_ours(spoken(inner))), {value_text(inner_value)}});
    }
    if (rows.size() > most_rows)
        rows.resize(most_rows);
    return rows;
}

} // namespace

task<Response> show_status(Visit const& visit)
{
    auto const work = [&site = visit.site] { return site.services.status_json(); };
    auto const text = co_await run_aside(visit.site, work);
    boost::system::error_code failure;
    auto const status = json::parse(text, failure);
    if (failure || !status.is_object())
        co_return show_message(
            visit, 500, "The status cannot be read", "Please tell the ICT lead to look at the diagnostic log.");
    auto const policy = visit.site.services.current_policy();
    Page page;
    page.title = "Status";
    page.parts = {heading("Status"),
        summary(
            {{"Rules in force", {policy->version, {}, {}, true}}, {"Time at school", {shown_time(visit.site, visit.instant())}}}),
        subheading("The gateway"), summary(status_rows(status.get_object()))};
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
