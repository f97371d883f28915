#pragma once
// Search engines and video sites that keep unsuitable results away from whoever reaches them under another name: the gateway connects there
// instead, for whom the school says. It works without looking into the connection, whose own name and certificate stay.

#include "policy/host.hpp"
#include "policy/rule.hpp"

namespace gatehouse::policy {

/// An entry of [[safe_search]].
struct SafeSearch {
    std::string id;
    std::vector<std::string> hosts; ///< canonical names, each for itself alone
    Host use;                       ///< the name that is connected to in their place
    std::vector<Selector> who;
    SourceLine source;
};

struct Facts;

/// Index into Policy::safe_search of the first entry for this person and host, or `none`.
std::uint16_t find_safe_search(Facts const& facts);

} // namespace gatehouse::policy
