#pragma once
// Names of the files of the log folder and their life: which day files there are, which are too old.

#include "policy/result.hpp"
#include "proxy/log/utc.hpp"

#include <filesystem>
#include <vector>

namespace gatehouse::log {

/// DIR/access-2026-11-24.db
std::filesystem::path day_file_path(std::filesystem::path const& dir, Day day);
/// The days that have a searchable file, newest first. Errors: those of reading the folder.
result<std::vector<Day>> list_days(std::filesystem::path const& dir);
/// Deletes everything named access-DAY.* for days before `oldest` (day files, their journals, damaged ones, rotated text).
/// Returns the number of days that had a searchable file deleted.
unsigned delete_days_before(std::filesystem::path const& dir, Day oldest);

} // namespace gatehouse::log
