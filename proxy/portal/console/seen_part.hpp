#pragma once
// How much of an address the gateway goes by: of https the name alone, unless the connection is looked into. Forms that open or close a part of a
// site ask here first, so that nothing is granted that then stays closed.

#include "proxy/portal/web.hpp"
#include "proxy/question/question.hpp"
#include "proxy/store/opening.hpp"

namespace gatehouse::portal::console {

/// Who asked, as the live proxy would describe them at their place.
policy::Subject subject_of(policy::Policy const& policy, store::Requester const& who);

/// Whether a grant for "www.example.org/maths" would count for whoever asked: without a part after the name always, otherwise if the gateway would have
/// seen it when they asked.
bool counts_for_asker(Visit const& visit, store::UnblockRequest const& request, std::string const& place);

/// What the terms open for one of those who asked, of what the gateway sees of their addresses. `groups`: store::groups_of_asker; those of their place
/// count as well.
store::Opening opens_for_asker(
    Visit const& visit, store::UnblockRequest const& asked, store::Recommendation terms, std::vector<std::string> groups);

/// Where the part after the name does not count; titles of networks.
struct Unseen {
    std::vector<Words> networks;
    bool everywhere = false;
};
Unseen unseen_in(Visit const& visit, std::string const& place);
/// What to know of an entry before it is relied on; empty if it counts everywhere.
Words entry_warning(Visit const& visit, std::string const& host, std::string const& path);

} // namespace gatehouse::portal::console
