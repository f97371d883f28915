#include "policy/edit.hpp"

#include "policy/readers.hpp"
#include "policy/suggest.hpp"
#include "policy/toml_header.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 4> table_names{"rule", "period", "closure", "term"};
std::string const made_in = "the console"; // stands where complaints about files name them

Problem warning(std::string message)
{
    return {Problem::Severity::warning, made_in, 0, 0, std::move(message), {}};
}

Problem error(std::string message)
{
    return {Problem::Severity::error, made_in, 0, 0, std::move(message), {}};
}

/// The one row of the text, put behind the others of its table by the reader of the file. What is wrong with it.
std::vector<Problem> read_row(Policy& policy, Edit const& edit)
{
    if (edit.text.size() > max_edit_text)
        return {error("this is too long")};
    if (auto const fault = find_fault(edit.text))
        return {error(std::string(fault->message))};
    auto const parsed = toml::parse(edit.text, made_in);
    if (!parsed)
        return {error(std::string(parsed.error().description()))};
    std::vector<Problem> problems;
    TableReader file{parsed.table(), made_in, problems};
    auto const key = to_text(edit.table);
    if (file.tables(key).size() != 1)
        file.complain(fmt::format("this is no [[{}]]", key));
    file.finish();
    if (!problems.empty())
        return problems;
    Draft const draft{policy, problems};
    if (edit.table == EditedTable::rule)
        read_rules(file, made_in, draft);
    else
        read_timetable(file, made_in, draft);
    return problems;
}

template <class Row>
auto find_row(std::vector<Row>& rows, std::string const& key)
{
    return std::find_if(rows.begin(), rows.end(), [&](Row const& row) { return key_of(row) == key; });
}

/// Id of the rule before that place.
std::string rule_before(std::vector<Rule> const& rules, std::size_t place)
{
    return place == 0 ? std::string{} : rules[place - 1].id;
}

/// Where the rule goes that `after` speaks of; `kept` where it was.
std::size_t place_after(
    std::vector<Rule>& rules, std::string const& after, std::optional<std::size_t> kept, std::vector<Problem>& problems)
{
    if (after.empty())
        return 0;
    auto const found = find_row(rules, after);
    if (found != rules.end())
        return static_cast<std::size_t>(found - rules.begin()) + 1;
    problems.push_back(
        warning(kept ? fmt::format("there is no rule \"{}\" any more: the one that comes after it stays where it was", after)
                     : fmt::format("there is no rule \"{}\" any more: the one that comes after it comes first", after)));
    return kept.value_or(0);
}

template <class Row>
constexpr bool is_ordered = std::is_same_v<Row, Rule>;

/// Takes the row out that the edit names, and remembers it for the way back.
template <class Row>
std::optional<std::size_t> take_out(std::vector<Row>& rows, Edit const& edit, EditOutcome& outcome)
{
    if (edit.row.empty())
        return std::nullopt;
    auto const found = find_row(rows, edit.row);
    if (found == rows.end()) {
        auto const table = to_text(edit.table);
        outcome.problems.push_back(
            warning(edit.text.empty() ? fmt::format("there is no {} \"{}\" any more", table, edit.row)
                                      : fmt::format("there is no {} \"{}\" any more: one is added", table, edit.row)));
        return std::nullopt;
    }
    auto const place = static_cast<std::size_t>(found - rows.begin());
    outcome.back.text = written(*found);
    if constexpr (is_ordered<Row>)
        outcome.back.after = rule_before(rows, place);
    rows.erase(found);
    return place;
}

template <class Row>
EditOutcome apply_to(Policy& policy, std::vector<Row>& rows, Edit const& edit)
{
    EditOutcome outcome;
    outcome.back.table = edit.table;
    auto const before = rows;
    auto const was_at = take_out(rows, edit, outcome);
    if (!edit.text.empty()) {
        if (auto wrong = read_row(policy, edit); !wrong.empty()) {
            rows = before;
            std::move(wrong.begin(), wrong.end(), std::back_inserter(outcome.problems));
            return outcome;
        }
        std::size_t place = was_at.value_or(rows.size() - 1);
        auto row = std::move(rows.back());
        rows.pop_back();
        if constexpr (is_ordered<Row>) {
            row.source = {made_in, 0};
            place = place_after(rows, edit.after, was_at, outcome.problems);
        }
        outcome.row = outcome.back.row = key_of(row);
        rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(place), std::move(row));
    }
    outcome.changed = was_at || !edit.text.empty();
    return outcome;
}

} // namespace

std::string_view to_text(EditedTable table)
{
    return table_names[static_cast<std::size_t>(table)];
}

std::optional<EditedTable> parse_edited_table(std::string_view text)
{
    auto const found = std::find(table_names.begin(), table_names.end(), text);
    if (found == table_names.end())
        return std::nullopt;
    return static_cast<EditedTable>(found - table_names.begin());
}

std::vector<RowPart> parts_of(std::string_view text)
{
    if (find_fault(text))
        return {};
    auto const parsed = toml::parse(text);
    if (!parsed || parsed.table().size() != 1)
        return {};
    auto const* const rows = parsed.table().begin()->second.as_array();
    auto const* const row = rows == nullptr || rows->empty() ? nullptr : rows->front().as_table();
    if (row == nullptr)
        return {};
    std::vector<std::pair<std::uint32_t, RowPart>> by_line;
    for (auto const& [key, node] : *row) {
        RowPart part{std::string(key.str()), {}};
        if (auto const* const words = node.as_array())
            for (auto const& word : *words)
                part.values.push_back(word.value_or(std::string{}));
        else
            part.values.push_back(node.value_or(std::string{}));
        by_line.emplace_back(node.source().begin.line, std::move(part));
    }
    std::sort(by_line.begin(), by_line.end(), [](auto const& left, auto const& right) { return left.first < right.first; });
    std::vector<RowPart> parts;
    for (auto& [line, part] : by_line)
        parts.push_back(std::move(part));
    return parts;
}

std::string written_row(Policy const& policy, EditedTable table, std::string const& key)
{
    auto const in = [&](auto const& rows) {
        auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) { return key_of(row) == key; });
        return found == rows.end() ? std::string{} : written(*found);
    };
    switch (table) {
    case EditedTable::rule: return in(policy.rules);
    case EditedTable::period: return in(policy.timetable.periods);
    case EditedTable::closure: return in(policy.timetable.closures);
    case EditedTable::term: return in(policy.timetable.terms);
    }
    return {};
}

std::string standing_row(Policy const& policy, EditedTable table, std::string const& key)
{
    auto text = written_row(policy, table, key);
    if (text.empty() || table != EditedTable::rule)
        return text;
    auto const found = std::find_if(policy.rules.begin(), policy.rules.end(), [&](Rule const& rule) { return rule.id == key; });
    return rule_before(policy.rules, static_cast<std::size_t>(found - policy.rules.begin())) + "\n" + text;
}

std::string standing_row(Edit const& edit)
{
    return edit.text.empty() || edit.table != EditedTable::rule ? edit.text : edit.after + "\n" + edit.text;
}

EditOutcome apply(Policy& policy, Edit const& edit)
{
    switch (edit.table) {
    case EditedTable::rule: return apply_to(policy, policy.rules, edit);
    case EditedTable::period: return apply_to(policy, policy.timetable.periods, edit);
    case EditedTable::closure: return apply_to(policy, policy.timetable.closures, edit);
    case EditedTable::term: return apply_to(policy, policy.timetable.terms, edit);
    }
    return {};
}

} // namespace gatehouse::policy
