#include "proxy/portal/console/log_columns.hpp"

#include "proxy/portal/console/log_view.hpp"
#include "proxy/portal/form_data.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

struct Context {
    Visit const& visit;
    std::string const& purpose;
    std::shared_ptr<policy::Policy const> policy; ///< what people read has its names; null for programs, which get ids
};

struct Column {
    std::string_view id;
    char const* title = "";
    Cell (*cell)(Context const&, log::StoredRecord const&);
    bool is_usual = false;
};

Cell verdict_cell(log::StoredRecord const& row)
{
    bool const open = row.verdict == policy::Verdict::allow;
    return {open ? "Open" : "Blocked", {}, open ? "green" : "red"};
}

Cell or_dash(Words text)
{
    return {text.empty() ? "-" : std::move(text)};
}

/// What the policy calls it, for people.
Cell named(Context const& at, Words (*title)(policy::Policy const&, std::string const&), std::string const& id)
{
    return or_dash(at.policy ? title(*at.policy, id) : Words(id));
}

using Row = log::StoredRecord;
constexpr Column columns[] = {
    {"when", "When", [](Context const& at, Row const& row) -> Cell { return {row_time(at.visit.site, row)}; }, true},
    {"verdict", "Verdict", [](Context const&, Row const& row) { return verdict_cell(row); }, true},
    {"site", "Site", [](Context const&, Row const& row) -> Cell { return {site_text(row)}; }, true},
    {"who", "Who and where",
        [](Context const& at, Row const& row) -> Cell {
            return {row_person(row, at.purpose.empty() ? Names::hidden : Names::shown, at.policy.get())};
        },
        true},
    {"rule", "Rule", [](Context const&, Row const& row) -> Cell { return {row.rule}; }, true},
    {"clause", "Clause", [](Context const&, Row const& row) { return or_dash(row.clause); }},
    {"category", "Category", [](Context const& at, Row const& row) { return named(at, category_title, row.category); }},
    {"service", "Service", [](Context const& at, Row const& row) { return named(at, service_title, row.service); }},
    {"list", "List", [](Context const& at, Row const& row) { return named(at, list_title, row.list); }},
    {"group", "Group", [](Context const& at, Row const& row) { return named(at, group_title, row.group); }},
    {"period", "Period", [](Context const&, Row const& row) { return or_dash(Words::perhaps_ours(spoken(row.period))); }},
    {"client", "Address",
        [](Context const& at, Row const& row) { return or_dash(at.purpose.empty() ? std::string{} : row.client.to_text()); }},
    {"method", "Method", [](Context const&, Row const& row) { return or_dash(row.method); }},
    {"status", "Status",
        [](Context const&, Row const& row) { return or_dash(row.status == 0 ? std::string{} : std::to_string(row.status)); }},
    {"bytes", "Bytes", [](Context const&, Row const& row) -> Cell { return {shown_number(row.bytes_to_client)}; }},
    {"took", "Milliseconds",
        [](Context const&, Row const& row) -> Cell {
            return {shown_number(static_cast<std::uint64_t>(row.elapsed.count() / 1000))};
        }},
    {"refusal", "Refused because", [](Context const&, Row const& row) { return or_dash(row.refusal); }},
    {"decision", "Number",
        [](Context const&, Row const& row) -> Cell {
            return {row.decision_id, {}, {}, true};
        }},
    {"why", "Explanation",
        [](Context const& at, Row const& row) -> Cell {
            return {"Why?", with_query("/why", {{"key", row.key}, {"purpose", at.purpose}}), {}, false, true,
                words("Row of {}", log::is_sealed(row) ? Words("sealed") : Words(row.host))};
        },
        true},
};

bool is_among(std::vector<std::string> const& names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

std::vector<std::string> chosen_columns(Visit const& visit)
{
    auto const asked = values_of(visit.request.query, "columns");
    std::vector<std::string> chosen;
    for (auto const& column : columns)
        if (asked.empty() ? column.is_usual : is_among(asked, column.id))
            chosen.emplace_back(column.id);
    return chosen;
}

std::vector<std::string> live_columns()
{
    return {"when", "verdict", "site", "who", "rule"};
}

Field columns_field(Visit const& visit)
{
    Field field{Field::Kind::checkboxes, "columns", "Columns", "", ""};
    for (auto const& column : columns)
        field.options.push_back({std::string(column.id), column.title, ""});
    field.chosen = chosen_columns(visit);
    field.folded = true;
    return field;
}

Table row_table(Visit const& visit, std::vector<log::StoredRecord> const& rows, std::string const& purpose,
    std::vector<std::string> const& chosen)
{
    Table table;
    table.caption = "Newest first";
    table.empty = "No row fits.";
    for (auto const& column : columns)
        if (is_among(chosen, column.id))
            table.head.emplace_back(column.title);
    Context const context{visit, purpose, visit.request.as_data ? nullptr : visit.site.services.current_policy()};
    for (auto const& row : rows) {
        std::vector<Cell> cells;
        for (auto const& column : columns)
            if (is_among(chosen, column.id))
                cells.push_back(column.cell(context, row));
        table.rows.push_back(std::move(cells));
    }
    return table;
}

} // namespace gatehouse::portal::console
