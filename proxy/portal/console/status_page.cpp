// What runs and whether it is well: the same facts that `gatehouse status --json` prints.
#include "proxy/portal/console/pages.hpp"

#include <boost/json.hpp>

namespace gatehouse::portal::console {

namespace {

namespace json = boost::json;
constexpr std::size_t most_rows = 200;

/// "list_image.names" reads "List image, names".
std::string spoken(std::string_view name)
{
    std::string text(name);
    for (auto& c : text)
        c = c == '_' || c == '-' ? ' ' : c;
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 32);
    return text;
}

std::string value_text(json::value const& value)
{
    if (value.is_string())
        return std::string(value.get_string());
    if (value.is_bool())
        return value.get_bool() ? "yes" : "no";
    if (value.is_null())
        return "none";
    return json::serialize(value);
}

/// One row for each plain value; objects inside the top level are opened one step, deeper ones stay as text.
std::vector<SummaryRow> status_rows(json::object const& status)
{
    std::vector<SummaryRow> rows;
    for (auto const& [name, value] : status) {
        if (!value.is_object()) {
            rows.push_back({spoken(name), {value_text(value)}});
            continue;
        }
        for (auto const& [inner, inner_value] : value.get_object())
            rows.push_back({spoken(name) + ", " + spoken(inner), {value_text(inner_value)}});
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
