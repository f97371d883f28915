#pragma once
// Whether the gateway looks into an encrypted connection that is allowed, or refuses what it cannot look into: per who, what, where and when,
// never for some categories, and only on devices that trust the school's CA. It adds nothing to what is allowed: inside, each request is
// decided again.

#include "policy/rule.hpp"

namespace gatehouse::policy {

enum class Inspection : std::uint8_t {
    name_only, ///< the connection is relayed untouched; only its name was decided
    inspect,   ///< decrypted; pages and searches are seen and decided one by one
    refuse,    ///< blocked, though its name is allowed: what is inside would have to be seen
};
/// "name-only", "inspect", "refuse".
std::string_view to_text(Inspection inspection);

/// An entry of [[inspection]]. Its columns are those of a rule; `action` is not used.
struct InspectionRule : Rule {
    Inspection wanted = Inspection::inspect;
};

/// What decided it.
enum class InspectionBasis : std::uint8_t {
    not_asked,    ///< nothing to decide: no tunnel, or a blocked one
    no_ca,        ///< the device does not trust the school's CA
    never,        ///< a category that is never inspected
    rule,         ///< an entry of [[inspection]]
    role_default, ///< `inspect` of the role
};

struct InspectionRuling {
    Inspection inspection = Inspection::name_only;
    InspectionBasis basis = InspectionBasis::not_asked;
    std::uint16_t index = 0xffff; ///< of the entry or the category, by basis
};

struct Facts;

/// For a tunnel that rules or a default allow, or that a grant opens (`granted`: then it is never refused); everything else is not asked.
/// Entries with `inspect` are passed over for devices that do not trust the CA, so a later one may refuse what cannot be seen there.
InspectionRuling judge_inspection(Facts const& facts, bool granted);

} // namespace gatehouse::policy
