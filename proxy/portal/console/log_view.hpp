#pragma once
// One row of the access log in words, as LogSight has passed it, for the search and for the log as it is written.

#include "proxy/portal/console/log_sight.hpp"

namespace gatehouse::portal::console {

/// "24 Nov 2026, 10:40:05"
Words row_time(Site const& site, log::StoredRecord const& row);
/// "www.example.org", with the port where it is not the usual one, the path where it is known, and what was searched for
/// or shown; what is long is cut. "sealed" for what nobody is shown.
Words site_text(log::StoredRecord const& row);
/// "Staff, Person 3F7A2C, Library, laptop-7": role, person, network and device. Without a policy roles and networks have their ids.
Words row_person(log::StoredRecord const& row, Names names, policy::Policy const* policy);
/// What the policy calls something that the log knows by its id; the id where the policy does not know it (any more).
Words category_title(policy::Policy const& policy, std::string const& id);
Words service_title(policy::Policy const& policy, std::string const& id);
Words group_title(policy::Policy const& policy, std::string const& id);
Words list_title(policy::Policy const& policy, std::string const& id);

} // namespace gatehouse::portal::console
