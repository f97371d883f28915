#pragma once
// Readers of the three files' tables into a policy under construction, in the order in which they need each other. Internal to policy/.

#include "policy/table_reader.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {

inline constexpr unsigned greatest_age = 120; ///< years

/// Where a reader writes. Lifetime: of one parse_policy call.
struct Draft {
    Policy& policy;
    std::vector<Problem>& problems;
};

/// Roles, groups, networks, devices. Needs nothing.
void read_people(TableReader& file, std::string const& name, Draft draft);
/// Categories and services. Needs nothing.
void read_topics(TableReader& file, std::string const& name, Draft draft);
/// lists.toml. Needs categories and services.
void read_lists(TableReader& file, std::string const& name, Draft draft);
/// timetable.toml. Needs groups.
void read_timetable(TableReader& file, std::string const& name, Draft draft);
/// content.toml: search engines, wrappers, term lists, phrase lists with their files. Needs categories.
void read_content(TableReader& file, std::string const& name, std::vector<SourceText> const& phrases, Draft draft);
/// [[content]] of content.toml. Needs everything else.
void read_content_rules(TableReader& file, std::string const& name, Draft draft);
/// Rules and expectations. Needs everything else.
void read_rules(TableReader& file, std::string const& name, Draft draft);

/// Complains if the last row of the table has an id that an earlier row has.
template <class Table>
void must_be_new(TableReader const& reader, Table const& table, std::string_view kind)
{
    for (std::size_t i = 0; i + 1 < table.size(); ++i)
        if (!table[i].id.empty() && table[i].id == table.back().id)
            reader.complain(fmt::format("there is another {} \"{}\"", kind, table[i].id));
}

/// The word under the key, which must be there. `note` after a complaint.
Severity read_severity(TableReader& reader, std::string_view key);

/// Texts of the words that are among the names; complains about the others.
std::vector<std::string> known_words(
    TableReader const& reader, std::vector<Word> const& words, std::string_view kind, std::span<std::string_view const> names);

} // namespace gatehouse::policy
