#include "proxy/portal/components.hpp"

#include "proxy/portal/page_data.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

/// The texts of a view, in the language of its reader.
class Written {
public:
    explicit Written(Language language)
        : language_(language)
    {
    }
    Written& text(std::string const& name, Words const& words, std::size_t max_bytes = 200)
    {
        view_.text(name, shown_text(words.in(language_), max_bytes));
        return *this;
    }
    View& view() { return view_; }

private:
    Language language_;
    View view_;
};

View cell_view(Cell const& cell, Language language)
{
    Written written(language);
    written.text("text", cell.text, longest_text).text("hidden", cell.hidden);
    auto& view = written.view();
    view.text("href", cell.href).text("tag", cell.tag).flag("mono", cell.mono).flag("nowrap", cell.nowrap);
    view.flag("bar", cell.share >= 0).number("share", cell.share);
    return view;
}

std::vector<View> cell_views(std::vector<Cell> const& cells, Language language)
{
    std::vector<View> views;
    for (auto const& cell : cells)
        views.push_back(cell_view(cell, language));
    return views;
}

/// Where the heading of a group stands, and where it ends.
void add_group(Written& written, std::vector<Option> const& options, std::size_t at)
{
    auto const group_of = [&](std::size_t i) { return i < options.size() ? options[i].group.english() : std::string{}; };
    auto const group = group_of(at);
    bool const begins = !group.empty() && (at == 0 || group_of(at - 1) != group);
    written.text("option_group", begins ? options[at].group : Words{});
    written.view().flag("group_ends", !group.empty() && group_of(at + 1) != group);
}

std::vector<View> option_views(Field const& field, Language language)
{
    std::vector<View> views;
    for (auto const& option : field.options) {
        Written written(language);
        written.text("option_text", option.text).text("option_hint", option.hint, longest_text);
        auto& view = written.view();
        // The first radio carries the field's own id, so that the error summary's link lands on it. No blank may be in an id.
        bool const is_word = option.value.find(' ') == std::string::npos;
        auto const suffix = "-" + (is_word ? option.value : std::to_string(views.size()));
        view.text("option_id", views.empty() ? field.name : field.name + suffix).text("option_value", option.value);
        bool const ticked = std::find(field.chosen.begin(), field.chosen.end(), option.value) != field.chosen.end();
        view.flag("selected", field.kind == Field::Kind::checkboxes ? ticked : option.value == field.value);
        add_group(written, field.options, views.size());
        views.push_back(view);
    }
    return views;
}

/// What is chosen, said while the field is folded.
Words chosen_text(Field const& field)
{
    for (auto const& option : field.options)
        if (option.value == field.value)
            return option.text;
    return {};
}

std::string_view input_type(Field::Kind kind)
{
    switch (kind) {
    case Field::Kind::password: return "password";
    case Field::Kind::date: return "date";
    case Field::Kind::datetime: return "datetime-local";
    case Field::Kind::time: return "time";
    default: return "text";
    }
}

View field_view(Field const& field, Language language)
{
    using Kind = Field::Kind;
    Written written(language);
    written.text("label", field.label, longest_text).text("hint", field.hint, longest_text);
    written.text("error", field.error, longest_text);
    written.text("chosen_text", field.kind == Kind::radios && field.folded ? chosen_text(field) : Words{});
    auto& view = written.view();
    view.text("name", field.name).text("value", field.value);
    view.text("autocomplete", field.autocomplete.empty() ? "off" : field.autocomplete);
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
    view.flag("is_input", input).flag("is_username", field.kind == Kind::username).text("type", input_type(field.kind));
    view.flag("is_file", field.kind == Kind::file);
    view.list("options", option_views(field, language));
    return view;
}

Html draw(Table const& table, Language language)
{
    std::vector<View> head, rows;
    for (auto const& text : table.head)
        head.push_back(Written(language).text("text", text).view());
    for (auto const& cells : table.rows) {
        auto views = cell_views(cells, language);
        for (std::size_t i = 0; i < views.size() && i < table.head.size(); ++i)
            views[i].text("column", shown_text(table.head[i].in(language)));
        rows.push_back(View().list("cells", views));
    }
    Written written(language);
    written.text("caption", table.caption, longest_text);
    return render("table", written.view().list("head", head).list("rows", rows).flag("folded", table.folded), language);
}

constexpr long long tall = 100; // of a chart, in the picture's own units, as `wide`
constexpr long long wide = 10;

Html draw(Chart const& chart, std::uint64_t most, Language language)
{
    auto const height = [most](std::uint64_t count) { // what is there is seen
        return static_cast<long long>((count * static_cast<std::uint64_t>(tall) + most - 1) / most);
    };
    std::vector<View> bars;
    for (auto const& column : chart.columns) {
        auto const whole = height(column.whole), part = height(std::min(column.part, column.whole));
        bars.push_back(View()
                           .number("x", wide * static_cast<long long>(bars.size()) + 1)
                           .number("whole_y", tall - whole)
                           .number("whole_height", whole)
                           .number("part_y", tall - part)
                           .number("part_height", part));
    }
    Written written(language);
    written.text("title", chart.title).text("whole", chart.whole).text("part", chart.part);
    written.text("most", shown_number(most)).text("first", chart.columns.front().label).text("last", chart.columns.back().label);
    auto& view = written.view();
    view.number("width", wide * static_cast<long long>(bars.size())).list("bars", bars);
    return render("chart", view, language);
}

Html draw(Form const& form, Language language)
{
    std::vector<View> fields;
    for (auto const& field : form.fields)
        fields.push_back(field_view(field, language));
    Written written(language);
    written.text("button", form.button);
    auto& view = written.view().text("action", form.action).text("csrf", form.csrf).list("fields", fields);
    view.flag("multipart",
        std::any_of(form.fields.begin(), form.fields.end(), [](Field const& field) { return field.kind == Field::Kind::file; }));
    view.flag("search", form.is_search).flag("warning", form.is_warning).flag("secondary", form.is_secondary);
    return render("form", view, language);
}

Html draw(std::vector<SummaryRow> const& rows, Language language)
{
    std::vector<View> views;
    for (auto const& row : rows)
        views.push_back(cell_view(row.value, language).text("key", shown_text(row.key.in(language), longest_text)));
    return render("summary", View().list("rows", views), language);
}

Html draw(std::vector<Problem> const& problems, Language language)
{
    std::vector<View> views;
    for (auto const& problem : problems)
        views.push_back(Written(language).text("text", problem.text, 500).view().text("field", problem.field));
    return render("error_summary", View().list("problems", views), language);
}

Html draw(std::vector<Task> const& tasks, Language language)
{
    std::vector<View> views;
    for (auto const& task : tasks) {
        Written written(language);
        written.text("text", task.text).text("hint", task.hint, longest_text).text("tag_text", task.tag_text);
        views.push_back(
            written.view().text("href", task.href).text("tag", task.tag).text("id", "task-" + std::to_string(views.size())));
    }
    return render("tasks", View().list("tasks", views), language);
}

/// A part that draws and describes what it is given by the functions of its type.
template <class Shown>
Part part_of(Shown shown)
{
    auto const kept = std::make_shared<Shown const>(std::move(shown));
    return {[kept](Language language) { return draw(*kept, language); },
        [kept](Language language) { return data_of(*kept, language); }};
}

Part one_text(char const* name, Words text)
{
    return {[name, text](
                Language language) { return render(name, Written(language).text("text", text, longest_text).view(), language); },
        [name, text](Language language) -> boost::json::object {
            return {{"kind", name}, {"text", text.in(language)}};
        }};
}

Part list_of(char const* name, std::vector<Cell> items)
{
    auto const kept = std::make_shared<std::vector<Cell> const>(std::move(items));
    return {[name, kept](Language language) { return render(name, View().list("items", cell_views(*kept, language)), language); },
        [kept](Language language) { return data_of(*kept, language); }};
}

} // namespace

Part table(Table table)
{
    if (!table.rows.empty())
        return part_of(std::move(table));
    auto const said = paragraph(table.empty.empty() ? Words("There is nothing here.") : table.empty);
    return {[said](Language language) { return said.html(language); },
        [table = std::move(table)](Language language) { return data_of(table, language); }};
}

std::vector<Part> chart(Chart chart)
{
    std::uint64_t most = 0;
    for (auto const& column : chart.columns)
        most = std::max(most, column.whole);
    if (most == 0)
        return {paragraph(words("{}: nothing was recorded.", chart.title))};
    Table figures{.caption = words("{} in figures", chart.title),
        .head = {chart.unit, chart.whole, chart.part},
        .rows = {},
        .empty = {},
        .folded = true};
    for (auto const& column : chart.columns)
        figures.rows.push_back({{column.label}, {shown_number(column.whole)}, {shown_number(column.part)}});
    Part const picture{[chart = std::move(chart), most](Language language) { return draw(chart, most, language); }, {}};
    return {picture, portal::table(std::move(figures))};
}

Part summary(std::vector<SummaryRow> rows)
{
    return part_of(std::move(rows));
}
Field named_choice(std::string name, Words label, std::vector<Option> options)
{
    constexpr std::size_t most_unfolded = 6;
    Field field{Field::Kind::radios, std::move(name), std::move(label)};
    field.folded = options.size() > most_unfolded;
    if (options.size() == 1)
        field.value = options.front().value;
    field.options = std::move(options);
    return field;
}

Part form(Form form)
{
    return part_of(std::move(form));
}
Part error_summary(std::vector<Problem> problems)
{
    return part_of(std::move(problems));
}
Part tasks(std::vector<Task> tasks)
{
    return part_of(std::move(tasks));
}

Part heading(Words text, Words caption)
{
    return {[text, caption](Language language) {
                return render("heading", Written(language).text("text", text).text("caption", caption).view(), language);
            },
        [text, caption](Language language) -> boost::json::object {
            return {{"kind", "heading"}, {"text", text.in(language)}, {"caption", caption.in(language)}};
        }};
}

Part subheading(Words text)
{
    return one_text("subheading", std::move(text));
}
Part paragraph(Words text)
{
    return one_text("paragraph", std::move(text));
}
Part inset(Words text)
{
    return one_text("inset", std::move(text));
}
Part warning(Words text)
{
    return one_text("warning", std::move(text));
}
Part bullets(std::vector<Cell> items)
{
    return list_of("bullets", std::move(items));
}
Part numbered(std::vector<Cell> items)
{
    return list_of("numbered", std::move(items));
}

Part notice(Words title, Words text)
{
    return {[title, text](Language language) {
                return render("notice", Written(language).text("title", title).text("text", text, 1000).view(), language);
            },
        [title, text](Language language) -> boost::json::object {
            return {{"kind", "notice"}, {"title", title.in(language)}, {"text", text.in(language)}};
        }};
}

std::vector<Problem> one_problem(std::string field, Words text)
{
    return {{std::move(field), std::move(text)}};
}

Words problem_with(std::vector<Problem> const& problems, std::string_view field)
{
    auto const found
        = std::find_if(problems.begin(), problems.end(), [field](Problem const& each) { return each.field == field; });
    return found == problems.end() ? Words() : found->text;
}

Part picture(std::string src, Words text, Size size)
{
    return {[src, text, size](Language language) {
                Written written(language);
                auto& view = written.text("text", text, longest_text).view();
                return render(
                    "picture", view.text("src", src).number("width", size.width).number("height", size.height), language);
            },
        {}};
}

Part live(std::string events)
{
    return {[events](Language language) { return render("live", View().text("events", events), language); }, {}};
}

Part link(Words text, std::string href)
{
    return {[text, href](Language language) {
                return render("link", Written(language).text("text", text).view().text("href", href), language);
            },
        [text, href](Language language) -> boost::json::object {
            return {{"kind", "link"}, {"text", text.in(language)}, {"href", href}};
        }};
}

Part pages(std::string newer, std::string older)
{
    return pages(PageLink{{}, std::move(newer)}, PageLink{{}, std::move(older)});
}

Part pages(PageLink newer, PageLink older, Words of)
{
    return {[newer, older, of](Language language) {
                Written written(language);
                written.text("of", of).text("newer_text", newer.text).text("older_text", older.text);
                return render("pages", written.view().text("newer", newer.href).text("older", older.href), language);
            },
        [newer, older](Language) -> boost::json::object {
            return {{"kind", "pages"}, {"newer", newer.href}, {"older", older.href}};
        }};
}

} // namespace gatehouse::portal
