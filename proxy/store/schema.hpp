#pragma once
// The tables, as numbered steps from an empty database to today's. Each step is one transaction that also records its number, so that an
// upgrade that is killed midway starts again where it stopped.

#include "proxy/store/database.hpp"

#include <span>

namespace gatehouse::store {

/// SQL of each version, the first makes version 1. Published steps never change; new ones are added at the end.
std::span<char const* const> schema_steps();

/// Brings the database to the newest version. Errors: `errc::newer_schema`, those of the database.
result<void> migrate(Database& database, std::span<char const* const> steps = schema_steps());

} // namespace gatehouse::store
