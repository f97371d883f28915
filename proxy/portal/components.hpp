#pragma once
// The parts pages are made of: heading, text, table, form, summary, notice. Each is one template; a page is a list of them, so that every page
// looks and reads the same with a screen reader.

#include "proxy/portal/html.hpp"

namespace gatehouse::portal {

/// A piece of text with what it may carry: a link, a tag colour ("green", "red", "yellow", "grey", "purple").
struct Cell {
    std::string text = {};
    std::string href = {};
    std::string tag = {};
    bool mono = false;
    bool nowrap = false;
    std::string hidden = {}; ///< read aloud after a link's text, so that "Open" says what
    int share = -1;          ///< per cent: a bar of that length under the text; negative: none
};

struct Table {
    std::string caption = {};
    std::vector<std::string> head = {};
    std::vector<std::vector<Cell>> rows = {};
    std::string empty = {}; ///< said instead of a table without rows
    bool folded = false;    ///< only its caption is shown until it is opened; works without scripts
};
Html table(Table const& table);

/// Columns side by side, each with a part of it in another colour. Under it stands a table with the figures, folded.
struct Chart {
    struct Column {
        std::string label = {};
        std::uint64_t whole = 0, part = 0;
    };
    std::string title = {};
    std::string whole = {}, part = {}; ///< what the two are: "Requests", "Blocked"
    std::string unit = {};             ///< head of the table's first column: "Hour"
    std::vector<Column> columns = {};
};
/// The picture and the table; nothing but a sentence if all columns are empty.
std::vector<Html> chart(Chart const& chart);

struct SummaryRow {
    std::string key = {};
    Cell value = {};
};
Html summary(std::vector<SummaryRow> const& rows);

struct Option {
    std::string value = {}, text = {}, hint = {};
};

struct Field {
    enum class Kind : std::uint8_t { text, password, date, datetime, time, area, select, radios, checkboxes, hidden, username };
    Kind kind = Kind::text;
    std::string name = {}, label = {}, hint = {}, value = {};
    std::vector<Option> options = {}; ///< of select, radios and checkboxes
    std::string error = {};
    std::string autocomplete = {};        ///< "current-password", "new-password", "off"; empty: off
    std::size_t longest = 500;            ///< characters
    std::vector<std::string> chosen = {}; ///< of checkboxes, instead of `value`
    bool folded = false;                  ///< of checkboxes: only the label is shown until it is opened; works without scripts
};

struct Form {
    std::string action = {};
    std::string button = "Save";
    std::string csrf = {}; ///< empty only for GET and for the portal
    std::vector<Field> fields = {};
    bool is_search = false;    ///< method GET, fields beside each other
    bool is_warning = false;   ///< red button: ends or removes something
    bool is_secondary = false; ///< grey button: the page's one primary button is another
};
Html form(Form const& form);

Html heading(std::string_view text, std::string_view caption = {});
Html subheading(std::string_view text);
Html paragraph(std::string_view text);
Html inset(std::string_view text);
Html warning(std::string_view text);
/// Green banner at the top: what was just done.
Html notice(std::string_view title, std::string_view text);
Html link(std::string_view text, std::string_view href);
struct Size {
    int width = 0, height = 0; ///< CSS pixels
};
/// `text` stands in its place where it does not come.
Html picture(std::string_view src, std::string_view text, Size size);
Html bullets(std::vector<Cell> const& items);
Html numbered(std::vector<Cell> const& items);

struct Problem {
    std::string field = {}; ///< name of the field it is about; empty: none
    std::string text = {};
};
/// The text about that field; empty if nothing is wrong with it.
std::string problem_with(std::vector<Problem> const& problems, std::string_view field);
/// One, as a list: g++ 12 takes no braces in the arguments of what is awaited.
std::vector<Problem> one_problem(std::string field, std::string text);
/// "There is a problem", with links to the fields.
Html error_summary(std::vector<Problem> const& problems);
/// Older and newer; empty addresses are left out.
Html pages(std::string_view newer, std::string_view older);

struct Task {
    std::string text = {}, href = {}, hint = {};
    std::string tag = {}, tag_text = {};
};
Html tasks(std::vector<Task> const& tasks);

} // namespace gatehouse::portal
