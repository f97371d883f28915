#pragma once
// Changes of rules and timetable that are made one by one outside the files, in the console: each puts a row of policy.toml or timetable.toml,
// in their own words, in the place of another one, beside the others, or takes one away. What is written here is understood by parse.hpp's readers.

#include "policy/parse.hpp"

namespace gatehouse::policy {

enum class EditedTable : std::uint8_t { rule, period, closure, term };
std::string_view to_text(EditedTable table); ///< "rule", as in [[rule]]
std::optional<EditedTable> parse_edited_table(std::string_view text);

inline constexpr std::size_t max_edit_text = 16 * 1024; ///< bytes of a row

struct Edit {
    EditedTable table = EditedTable::rule;
    std::string row;   ///< key of the row that is changed or taken away; empty: a new one
    std::string text;  ///< the row that stands there then, "[[rule]]\nid = ..."; empty: none
    std::string after; ///< of a rule: the id of the one it comes after; empty: it comes first
};

/// What tells a row from the others of its table. Of a rule its id; names of the timetable come more than once.
std::string key_of(Rule const& rule);
std::string key_of(Period const& period);
std::string key_of(Closure const& closure);
std::string key_of(Term const& term);

/// A rule whose columns are still text; whatever they say, it can be written, and the reader says what does not fit.
struct RuleText {
    std::string id, clause, reason;
    std::vector<std::string> who, what, where, when;
    Verdict action = Verdict::block;
    Keeping keeping = {};
};
RuleText text_of(Rule const& rule);
std::string written(RuleText const& rule);

/// A row as it stands in a file. Reading it again gives the same row.
std::string written(Rule const& rule);
std::string written(Period const& period);
std::string written(Closure const& closure);
std::string written(Term const& term);

/// One key of a written row with its values.
struct RowPart {
    std::string key;
    std::vector<std::string> values;
};
/// In the order in which they stand in the text; empty if it is no row.
std::vector<RowPart> parts_of(std::string_view text);
/// The row of that key as it would be written; empty if there is none.
std::string written_row(Policy const& policy, EditedTable table, std::string const& key);

/// The row with its place: of a rule, the one before it. What a change of it was made from; empty if there is none.
std::string standing_row(Policy const& policy, EditedTable table, std::string const& key);
/// The same as it would be once the change is made.
std::string standing_row(Edit const& edit);

struct EditOutcome {
    std::vector<Problem> problems; ///< with an error among them the policy is as before; places are those in the edit's text
    bool changed = false;          ///< false: nothing was to do (the row was gone already), or it does not fit
    std::string row;               ///< key of the row that stands there now; empty: none
    Edit back;                     ///< what takes it back; meaningful if `changed`
};

/// Makes the change. A row that is gone from the files since is no error: what takes it away has nothing to do, what changes it adds one. A rule
/// that shall come after one that is gone keeps its place or comes first. Both are told as warnings.
/// Precondition: Policy::prepare() was called. Before the policy decides it has to be called again.
EditOutcome apply(Policy& policy, Edit const& edit);

} // namespace gatehouse::policy
