#pragma once
// What the parts of a page show, as data: for programs that read the page through the API, and for the page on paper. One object each, whose "kind" is
// the component's name.

#include "proxy/portal/components.hpp"

namespace gatehouse::portal {

inline constexpr std::size_t longest_text = 4000; ///< characters of one text on a page

boost::json::object data_of(Table const& table, Language language);
boost::json::object data_of(Form const& form, Language language);
boost::json::object data_of(std::vector<SummaryRow> const& rows, Language language);
boost::json::object data_of(std::vector<Cell> const& items, Language language);
boost::json::object data_of(std::vector<Problem> const& problems, Language language);
boost::json::object data_of(std::vector<Task> const& tasks, Language language);

} // namespace gatehouse::portal
