#pragma once
// Services as switches: what the rules say of one for a role, and the changes that open or close it for that role. A switch is a rule like any other,
// known by its name, that stands just before the first rule which speaks of the service or its subject for that role: what comes before those (ways
// round the filter, minimum ages, whole networks) keeps its say.

#include "policy/edit.hpp"

namespace gatehouse::policy {

struct Standing {
    enum class Answer : std::uint8_t { open, blocked, depends };
    Answer answer = Answer::blocked;
    std::vector<std::string> rules;      ///< ids of those that have a say, in order; what comes after the last never decides
    std::vector<std::string> exceptions; ///< ids of those among them that are for some groups or people only
};
/// For the role at large, by the rules as they are written; rules for some groups or people are told as exceptions, hosts and searches are not
/// looked at. `depends`: on time or place.
Standing standing_of(Policy const& policy, Service const& service, Role const& role);

enum class Switch : std::uint8_t {
    rules,   ///< no switch: as the other rules say
    blocked, ///< at any time
    breaks,  ///< open at break and lunch, blocked otherwise
    open,    ///< at any time
};
std::string_view to_text(Switch position); ///< "rules", "blocked", "breaks", "open"
std::optional<Switch> parse_switch(std::string_view text);

Switch switch_of(Policy const& policy, Service const& service, Role const& role);

struct SwitchWish {
    Switch position = Switch::rules;
    std::string clause;
    std::string reason; ///< for people who find it closed
};
/// What turns it, in the order in which it has to be made; empty if it stands there already.
std::vector<Edit> edits_for(Policy const& policy, Service const& service, Role const& role, SwitchWish const& wish);
/// Clause of the rule that speaks first of the service for that role, or of the role's default.
std::string clause_for(Policy const& policy, Service const& service, Role const& role);

} // namespace gatehouse::policy
