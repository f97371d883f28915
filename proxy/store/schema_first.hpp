#pragma once
// Steps 1 to 5 of the schema, in a file of their own. Private to this folder.

#include <span>

namespace gatehouse::store {

std::span<char const* const> first_schema_steps();

} // namespace gatehouse::store
