#pragma once
// Who of those that asked for the same would get nothing by the terms: told before the step, in numbers, since nobody needs to know who it is.

#include "proxy/portal/console/request_view.hpp"

namespace gatehouse::portal::console {

/// How many of the others who asked for the same the terms open nothing for. None where nothing is to open.
std::size_t count_left_out(Visit const& visit, RequestCase const& found, store::Recommendation const& terms);

/// The warning of it; empty if everybody gets something.
Words left_out_text(Visit const& visit, RequestCase const& found, std::optional<store::Recommendation> const& terms);

/// The field of the officer's form with which they say that they read it.
inline constexpr std::string_view left_out = "left_out";
void check_left_out(
    Visit const& visit, RequestCase const& found, store::Recommendation const& terms, std::vector<Problem>& problems);
Field left_out_field(
    Visit const& visit, RequestCase const& found, store::Recommendation const& terms, std::vector<Problem> const& problems);

} // namespace gatehouse::portal::console
