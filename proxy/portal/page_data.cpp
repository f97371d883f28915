#include "proxy/portal/page_data.hpp"

#include <array>

namespace gatehouse::portal {

namespace {

namespace json = boost::json;

json::object cell_data(Cell const& cell, Language language)
{
    json::object data{{"text", shown_text(cell.text.in(language), longest_text)}};
    if (!cell.href.empty())
        data["href"] = cell.href;
    if (!cell.tag.empty())
        data["tag"] = cell.tag;
    return data;
}

json::array cells_data(std::vector<Cell> const& cells, Language language)
{
    json::array data;
    for (auto const& cell : cells)
        data.push_back(cell_data(cell, language));
    return data;
}

std::string_view name_of(Field::Kind kind)
{
    static constexpr std::array<std::string_view, 12> names{
        "text", "password", "date", "datetime", "time", "area", "select", "radios", "checkboxes", "hidden", "text", "file"};
    return names[static_cast<std::size_t>(kind)];
}

json::object field_data(Field const& field, Language language)
{
    json::object data{
        {"name", field.name}, {"kind", name_of(field.kind)}, {"label", field.label.in(language)}, {"value", field.value}};
    if (!field.hint.empty())
        data["hint"] = field.hint.in(language);
    if (!field.error.empty())
        data["error"] = field.error.in(language);
    using enum Field::Kind;
    if (field.kind == text || field.kind == area || field.kind == password || field.kind == username)
        data["longest"] = field.longest;
    if (field.kind == checkboxes)
        data["value"] = json::array(field.chosen.begin(), field.chosen.end());
    if (!field.options.empty()) {
        json::array options;
        for (auto const& option : field.options)
            options.push_back({{"value", option.value}, {"text", option.text.in(language)}});
        data["options"] = std::move(options);
    }
    return data;
}

} // namespace

json::object data_of(Table const& table, Language language)
{
    json::array head, rows;
    for (auto const& text : table.head)
        head.emplace_back(text.in(language));
    for (auto const& cells : table.rows)
        rows.push_back(cells_data(cells, language));
    return {{"kind", "table"}, {"caption", table.caption.in(language)}, {"head", std::move(head)}, {"rows", std::move(rows)}};
}

json::object data_of(Form const& form, Language language)
{
    json::array fields;
    for (auto const& field : form.fields)
        fields.push_back(field_data(field, language));
    return {{"kind", "form"}, {"method", form.is_search ? "get" : "post"}, {"action", form.action},
        {"button", form.button.in(language)}, {"fields", std::move(fields)}};
}

json::object data_of(std::vector<SummaryRow> const& rows, Language language)
{
    json::array data;
    for (auto const& row : rows) {
        auto shows = cell_data(row.value, language);
        shows["key"] = row.key.in(language);
        data.push_back(std::move(shows));
    }
    return {{"kind", "summary"}, {"rows", std::move(data)}};
}

json::object data_of(std::vector<Cell> const& items, Language language)
{
    return {{"kind", "list"}, {"items", cells_data(items, language)}};
}

json::object data_of(std::vector<Problem> const& problems, Language language)
{
    json::array data;
    for (auto const& problem : problems)
        data.push_back({{"field", problem.field}, {"text", problem.text.in(language)}});
    return {{"kind", "problems"}, {"problems", std::move(data)}};
}

json::object data_of(std::vector<Task> const& tasks, Language language)
{
    json::array data;
    for (auto const& task : tasks)
        data.push_back({{"text", task.text.in(language)}, {"href", task.href}, {"hint", task.hint.in(language)},
            {"tag", task.tag_text.in(language)}});
    return {{"kind", "tasks"}, {"tasks", std::move(data)}};
}

} // namespace gatehouse::portal
