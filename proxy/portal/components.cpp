#include "proxy/portal/components.hpp"
#include "proxy/portal/page_data.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::portal {

namespace {

namespace json = boost::json;

View cell_view(Cell const& cell)
{
    View view;
    view.text("text", shown_text(cell.text, 4000))
        .text("href", cell.href)
        .text("tag", cell.tag)
        .text("hidden", shown_text(cell.hidden));
    view.flag("mono", cell.mono).flag("nowrap", cell.nowrap).flag("bar", cell.share >= 0).number("share", cell.share);
    return view;
}

std::vector<View> cell_views(std::vector<Cell> const& cells)
{
    std::vector<View> views;
    for (auto const& cell : cells)
        views.push_back(cell_view(cell));
    return views;
}

std::vector<View> option_views(Field const& field)
{
    std::vector<View> views;
    for (auto const& option : field.options) {
        View view;
        // The first radio carries the field's own id, so that the error summary's link lands on it.
        view.text("option_id", views.empty() ? field.name : field.name + "-" + option.value);
        view.text("option_value", option.value).text("option_text", shown_text(option.text)).text("option_hint", option.hint);
        bool const ticked = std::find(field.chosen.begin(), field.chosen.end(), option.value) != field.chosen.end();
        view.flag("selected", field.kind == Field::Kind::checkboxes ? ticked : option.value == field.value);
        views.push_back(view);
    }
    return views;
}

View field_view(Field const& field)
{
    using Kind = Field::Kind;
    View view;
    view.text("name", field.name).text("label", field.label).text("hint", field.hint).text("error", field.error);
    view.text("value", field.value).text("autocomplete", field.autocomplete.empty() ? "off" : field.autocomplete);
    view.number("longest", static_cast<long long>(field.longest));
    std::string described = field.hint.empty() ? "" : field.name + "-hint";
    if (!field.error.empty())
        described += (described.empty() ? "" : " ") + field.name + "-error";
    view.text("described", described);
    view.flag("is_hidden", field.kind == Kind::hidden).flag("is_area", field.kind == Kind::area);
    view.flag("is_select", field.kind == Kind::select).flag("is_radios", field.kind == Kind::radios);
    view.flag("is_checkboxes", field.kind == Kind::checkboxes).flag("folded", field.folded);
    view.number("count", static_cast<long long>(field.chosen.size())).flag("some", !field.chosen.empty());
    bool const input = field.kind == Kind::text || field.kind == Kind::password || field.kind == Kind::date
        || field.kind == Kind::datetime || field.kind == Kind::time || field.kind == Kind::username;
    view.flag("is_input", input).flag("is_username", field.kind == Kind::username);
    view.text("type",
        field.kind == Kind::password       ? "password"
            : field.kind == Kind::date     ? "date"
            : field.kind == Kind::datetime ? "datetime-local"
            : field.kind == Kind::time     ? "time"
                                           : "text");
    view.list("options", option_views(field));
    return view;
}

Html one_text(std::string_view name, std::string_view text)
{
    View view;
    view.text("text", shown_text(text, 4000));
    return described(render(name, view), {{"kind", name}, {"text", text}});
}

json::object data_of(Cell const& cell)
{
    json::object data{{"text", shown_text(cell.text, 4000)}};
    if (!cell.href.empty())
        data["href"] = cell.href;
    if (!cell.tag.empty())
        data["tag"] = cell.tag;
    return data;
}

json::array data_of(std::vector<Cell> const& cells)
{
    json::array data;
    for (auto const& cell : cells)
        data.push_back(data_of(cell));
    return data;
}

std::string_view name_of(Field::Kind kind)
{
    static constexpr std::array<std::string_view, 11> names{
        "text", "password", "date", "datetime", "time", "area", "select", "radios", "checkboxes", "hidden", "text"};
    return names[static_cast<std::size_t>(kind)];
}

json::object data_of(Field const& field)
{
    json::object data{{"name", field.name}, {"kind", name_of(field.kind)}, {"label", field.label}, {"value", field.value}};
    if (!field.hint.empty())
        data["hint"] = field.hint;
    if (!field.error.empty())
        data["error"] = field.error;
    if (field.kind == Field::Kind::checkboxes)
        data["value"] = json::array(field.chosen.begin(), field.chosen.end());
    if (!field.options.empty()) {
        json::array options;
        for (auto const& option : field.options)
            options.push_back({{"value", option.value}, {"text", option.text}});
        data["options"] = std::move(options);
    }
    return data;
}

} // namespace

Html table(Table const& table)
{
    json::array data;
    for (auto const& cells : table.rows)
        data.push_back(data_of(cells));
    json::object shows{{"kind", "table"}, {"caption", table.caption}, {"head", json::array(table.head.begin(), table.head.end())},
        {"rows", std::move(data)}};
    if (table.rows.empty())
        return described(paragraph(table.empty.empty() ? "There is nothing here." : table.empty), std::move(shows));
    std::vector<View> head;
    for (auto const& text : table.head)
        head.push_back(View().text("text", text));
    std::vector<View> rows;
    for (auto const& cells : table.rows) {
        auto views = cell_views(cells);
        for (std::size_t i = 0; i < views.size() && i < table.head.size(); ++i)
            views[i].text("column", table.head[i]);
        rows.push_back(View().list("cells", views));
    }
    View view;
    view.text("caption", table.caption).list("head", head).list("rows", rows).flag("folded", table.folded);
    return described(render("table", view), std::move(shows));
}

std::vector<Html> chart(Chart const& chart)
{
    std::uint64_t most = 0;
    for (auto const& column : chart.columns)
        most = std::max(most, column.whole);
    if (most == 0)
        return {paragraph(chart.title + ": nothing was recorded.")};
    std::vector<View> bars;
    Table figures{.caption = chart.title + " in figures",
        .head = {chart.unit, chart.whole, chart.part},
        .rows = {},
        .empty = {},
        .folded = true};
    constexpr std::uint64_t tall = 100; // of the picture's own units, as `wide`
    constexpr long long wide = 10;
    for (auto const& column : chart.columns) {
        auto const whole = static_cast<long long>((column.whole * tall + most - 1) / most); // what is there is seen
        auto const part = static_cast<long long>((std::min(column.part, column.whole) * tall + most - 1) / most);
        bars.push_back(View()
                           .number("x", wide * static_cast<long long>(bars.size()) + 1)
                           .number("whole_y", static_cast<long long>(tall) - whole)
                           .number("whole_height", whole)
                           .number("part_y", static_cast<long long>(tall) - part)
                           .number("part_height", part));
        figures.rows.push_back({{column.label}, {shown_number(column.whole)}, {shown_number(column.part)}});
    }
    View view;
    view.text("title", chart.title).text("whole", chart.whole).text("part", chart.part).text("most", shown_number(most));
    view.text("first", chart.columns.front().label).text("last", chart.columns.back().label);
    view.number("width", wide * static_cast<long long>(bars.size())).list("bars", bars);
    return {render("chart", view), table(figures)};
}

Html summary(std::vector<SummaryRow> const& rows)
{
    std::vector<View> views;
    json::array data;
    for (auto const& row : rows) {
        views.push_back(cell_view(row.value).text("key", row.key));
        auto shows = data_of(row.value);
        shows["key"] = row.key;
        data.push_back(std::move(shows));
    }
    return described(render("summary", View().list("rows", views)), {{"kind", "summary"}, {"rows", std::move(data)}});
}

Html form(Form const& form)
{
    std::vector<View> fields;
    json::array data;
    for (auto const& field : form.fields) {
        fields.push_back(field_view(field));
        data.push_back(data_of(field));
    }
    View view;
    view.text("action", form.action).text("button", form.button).text("csrf", form.csrf).list("fields", fields);
    view.flag("search", form.is_search).flag("warning", form.is_warning).flag("secondary", form.is_secondary);
    return described(render("form", view),
        {{"kind", "form"}, {"method", form.is_search ? "get" : "post"}, {"action", form.action}, {"button", form.button},
            {"fields", std::move(data)}});
}

Html heading(std::string_view text, std::string_view caption)
{
    return described(render("heading", View().text("text", shown_text(text)).text("caption", shown_text(caption))),
        {{"kind", "heading"}, {"text", text}, {"caption", caption}});
}

Html subheading(std::string_view text)
{
    return one_text("subheading", text);
}
Html paragraph(std::string_view text)
{
    return one_text("paragraph", text);
}
Html inset(std::string_view text)
{
    return one_text("inset", text);
}
Html warning(std::string_view text)
{
    return one_text("warning", text);
}

Html notice(std::string_view title, std::string_view text)
{
    return described(render("notice", View().text("title", title).text("text", shown_text(text, 1000))),
        {{"kind", "notice"}, {"title", title}, {"text", text}});
}

std::vector<Problem> one_problem(std::string field, std::string text)
{
    return {{std::move(field), std::move(text)}};
}

std::string problem_with(std::vector<Problem> const& problems, std::string_view field)
{
    auto const found
        = std::find_if(problems.begin(), problems.end(), [field](Problem const& each) { return each.field == field; });
    return found == problems.end() ? std::string() : found->text;
}

Html picture(std::string_view src, std::string_view text, Size size)
{
    return render("picture",
        View().text("src", src).text("text", shown_text(text)).number("width", size.width).number("height", size.height));
}

Html link(std::string_view text, std::string_view href)
{
    return described(render("link", View().text("text", shown_text(text)).text("href", href)),
        {{"kind", "link"}, {"text", text}, {"href", href}});
}

Html bullets(std::vector<Cell> const& items)
{
    return described(render("bullets", View().list("items", cell_views(items))), {{"kind", "list"}, {"items", data_of(items)}});
}
Html numbered(std::vector<Cell> const& items)
{
    return described(render("numbered", View().list("items", cell_views(items))), {{"kind", "list"}, {"items", data_of(items)}});
}

Html error_summary(std::vector<Problem> const& problems)
{
    std::vector<View> views;
    json::array data;
    for (auto const& problem : problems) {
        views.push_back(View().text("field", problem.field).text("text", shown_text(problem.text, 500)));
        data.push_back({{"field", problem.field}, {"text", problem.text}});
    }
    return described(
        render("error_summary", View().list("problems", views)), {{"kind", "problems"}, {"problems", std::move(data)}});
}

Html pages(std::string_view newer, std::string_view older)
{
    return described(render("pages", View().text("newer", newer).text("older", older)),
        {{"kind", "pages"}, {"newer", newer}, {"older", older}});
}

Html tasks(std::vector<Task> const& tasks)
{
    std::vector<View> views;
    json::array data;
    for (auto const& task : tasks) {
        View view;
        view.text("text", task.text)
            .text("href", task.href)
            .text("hint", task.hint)
            .text("tag", task.tag)
            .text("tag_text", task.tag_text);
        view.text("id", "task-" + std::to_string(views.size()));
        views.push_back(view);
        data.push_back({{"text", task.text}, {"href", task.href}, {"hint", task.hint}, {"tag", task.tag_text}});
    }
    return described(render("tasks", View().list("tasks", views)), {{"kind", "tasks"}, {"tasks", std::move(data)}});
}

} // namespace gatehouse::portal
