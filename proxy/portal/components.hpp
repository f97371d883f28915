#pragma once
// The parts pages are made of: heading, text, table, form, summary, notice. Each is one template; a page is a list of them, so that every page
// looks and reads the same with a screen reader. components.cpp draws them, page_data.cpp says what they show to programs.

#include "proxy/portal/part.hpp"
#include "proxy/portal/words.hpp"

namespace gatehouse::portal {

/// A piece of text with what it may carry: a link, a tag colour ("green", "red", "yellow", "grey", "purple").
struct Cell {
    Words text = {};
    std::string href = {};
    std::string tag = {};
    bool mono = false;
    bool nowrap = false;
    Words hidden = {}; ///< read aloud after a link's text, so that "Open" says what
    int share = -1;    ///< per cent: a bar of that length under the text; negative: none
};

struct Table {
    Words caption = {};
    std::vector<Words> head = {};
    std::vector<std::vector<Cell>> rows = {};
    Words empty = {};    ///< said instead of a table without rows
    bool folded = false; ///< only its caption is shown until it is opened; works without scripts
};
Part table(Table table);

/// Columns side by side, each with a part of it in another colour. Under it stands a table with the figures, folded.
struct Chart {
    struct Column {
        Words label = {};
        std::uint64_t whole = 0, part = 0;
    };
    Words title = {};
    Words whole = {}, part = {}; ///< what the two are: "Requests", "Blocked"
    Words unit = {};             ///< head of the table's first column: "Hour"
    std::vector<Column> columns = {};
};
/// The picture and the table; nothing but a sentence if all columns are empty.
std::vector<Part> chart(Chart chart);

struct SummaryRow {
    Words key = {};
    Cell value = {};
};
Part summary(std::vector<SummaryRow> rows);

struct Option {
    std::string value = {};
    Words text = {}, hint = {};
    Words group = {}; ///< of a select: heading of those that have it, one behind the other
};

struct Field {
    enum class Kind : std::uint8_t {
        text,
        password,
        date,
        datetime,
        time,
        area,
        select,
        radios,
        checkboxes,
        hidden,
        username,
        file
    };
    Kind kind = Kind::text;
    std::string name = {};
    Words label = {}, hint = {};
    std::string value = {};
    std::vector<Option> options = {}; ///< of select, radios and checkboxes
    Words error = {};
    std::string autocomplete = {};        ///< "current-password", "new-password", "off"; empty: off
    std::size_t longest = 500;            ///< characters
    std::vector<std::string> chosen = {}; ///< of checkboxes, instead of `value`
    bool folded = false; ///< of radios and checkboxes: only the label is shown until it is opened; works without scripts
};
/// One of things that people name as they like. A list that opens would cut what is longer than a phone is wide; these are whole, and folded where
/// they are many. The only one is chosen beforehand.
Field named_choice(std::string name, Words label, std::vector<Option> options);

struct Form {
    std::string action = {};
    Words button = "Save";
    std::string csrf = {}; ///< empty only for GET and for the portal
    std::vector<Field> fields = {};
    bool is_search = false;    ///< method GET, fields beside each other
    bool is_warning = false;   ///< red button: ends or removes something
    bool is_secondary = false; ///< grey button: the page's one primary button is another
};
Part form(Form form);

Part heading(Words text, Words caption = {});
Part subheading(Words text);
Part paragraph(Words text);
Part inset(Words text);
Part warning(Words text);
/// Green banner at the top: what was just done.
Part notice(Words title, Words text);
Part link(Words text, std::string href);
struct Size {
    int width = 0, height = 0; ///< CSS pixels
};
/// `text` stands in its place where it does not come.
Part picture(std::string src, Words text, Size size);
Part bullets(std::vector<Cell> items);
Part numbered(std::vector<Cell> items);

struct Problem {
    std::string field = {}; ///< name of the field it is about; empty: none
    Words text = {};
};
/// The text about that field; empty if nothing is wrong with it.
Words problem_with(std::vector<Problem> const& problems, std::string_view field);
/// One, as a list: g++ 12 takes no braces in the arguments of what is awaited.
std::vector<Problem> one_problem(std::string field, Words text);
/// "There is a problem", with links to the fields.
Part error_summary(std::vector<Problem> problems);
/// Older and newer; empty addresses are left out.
Part pages(std::string newer, std::string older);
struct PageLink {
    Words text = {};
    std::string href = {};
};
/// The same with words of their own. `of`: caption of the table, where a page has several of them.
Part pages(PageLink newer, PageLink older, Words of = {});

struct Task {
    Words text = {};
    std::string href = {};
    Words hint = {};
    std::string tag = {};
    Words tag_text = {};
};
Part tasks(std::vector<Task> tasks);
/// Where the rows of the log come in as they are written; `events`: address of the stream.
Part live(std::string events);

} // namespace gatehouse::portal
