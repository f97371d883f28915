#pragma once
// What a selector of the policy means to people: "Year 9" for "group:year-9".

#include "policy/policy.hpp"
#include "proxy/portal/words.hpp"

namespace gatehouse::portal::console {

Words spoken_selector(policy::Policy const& policy, policy::Selector const& selector);
/// As it is kept in the store; text that the policy does not understand stays as it is. `column` is "who", "what", "where" or "when".
Words spoken_selector(policy::Policy const& policy, std::string_view column, std::string const& text);
/// "Pupil, Year 9"; `nothing` for an empty column.
Words spoken_column(policy::Policy const& policy, std::vector<policy::Selector> const& column, Words nothing);

} // namespace gatehouse::portal::console
