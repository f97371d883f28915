#pragma once
// What the pages about the school's lists have in common: which list, who answers for an entry, what it came from, until when it stands.

#include "proxy/portal/web.hpp"
#include "proxy/store/school_lists.hpp"

namespace gatehouse::portal::console {

/// The list that a query or form names; that of blocked sites if it names none.
store::SchoolList chosen_list(std::string_view text);

/// Fields of a form; `value`: what stands there beforehand.
Field owner_field(std::string value, std::vector<Problem> const& problems);
Field reference_field(std::string value, std::vector<Problem> const& problems);
Field review_field(std::string value, std::vector<Problem> const& problems);

/// Nothing if its text is no day after today; `problems` then says so.
std::optional<policy::Date> review_of(Visit const& visit, std::vector<Problem>& problems);

/// What a change or an entry came from, with the way there.
Cell reference_cell(std::string const& reference, std::optional<store::Referred> const& referred);

} // namespace gatehouse::portal::console
