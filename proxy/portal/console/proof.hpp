#pragma once
// Showing once more, before something grave, that it is still the person who signed in; for every form that asks for it. With the password; for whom
// the school's sign-on brought here with the code, or without one by signing in lately. The account for emergencies has used its password up, and its
// session is short, told and on record: there it is proof enough. Programs send the password.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// How long it is proof that the person showed the school's sign-on who they are.
inline constexpr std::chrono::minutes proof_is_fresh{10};

/// Adds the field that the proof needs, if it needs one. `name` is the field's, since a page may ask twice.
void add_proof(Form& form, Visit const& visit, std::string_view name, std::vector<Problem> const& problems);

/// Where nothing is proof but signing in again, the page says so, with a link that leads there and back to `page`; true then, and a form would
/// not be taken.
bool add_way_to_sign_in(Page& page, Visit const& visit, std::string_view back);

/// Nothing if the form proves it; otherwise what is wrong with it.
task<std::optional<Problem>> find_unproved(Visit const& visit, std::string name);

/// About codes that were not taken, also when signing in.
Words code_problem(error_code const& failure);

} // namespace gatehouse::portal::console
