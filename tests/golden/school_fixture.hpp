#pragma once
// The example school with small lists, as the golden decisions and the unit tests of policy/ use it.

#include "policy/parse.hpp"

#include <string>

namespace gatehouse::policy::testing {

/// Text of a file below the source folder. Fails the test if it cannot be read.
std::string read_source_file(std::string const& path);

/// config/policy.toml and config/timetable.toml with the lists of tests/golden/school.
PolicySources school_sources();

/// config/ as it is shipped.
PolicySources example_sources();

/// Reads the lists that the policy declares from the folder (below the source folder) and attaches them.
void attach_lists(Policy& policy, std::string const& folder);

/// The complete policy. Fails the test if the sources have an error.
Policy load_school();

/// A policy of these texts without lists. Fails the test if they have an error.
Policy parse_or_fail(std::string policy, std::string timetable = {}, std::string lists = {});

/// The wall clock read as UTC; enough where only the order of instants matters.
std::chrono::sys_seconds as_utc(LocalTime const& time);

} // namespace gatehouse::policy::testing
