#pragma once
// Rows of the school's lists, for whoever has checked already that they may be changed. Private to this folder.

#include "proxy/store/acting.hpp"
#include "proxy/store/school_lists.hpp"

namespace gatehouse::store {

inline constexpr std::size_t owner_limit = 200;     ///< bytes
inline constexpr std::size_t reference_limit = 100; ///< bytes

/// The entry of that place in that list now, or none.
result<ListEntryId> listed_as(Ledger& ledger, SchoolList list, std::string const& host, std::string const& path);
/// The row and its audit row. Errors: `errc::already_exists`.
result<SchoolEntry> insert_entry(Ledger& ledger, Deed const& deed, SchoolEntry entry);
/// Marks the row as removed, with its audit row. Errors: `errc::wrong_state` if it was removed before.
result<void> remove_entry(
    Ledger& ledger, Deed const& deed, SchoolEntry const& entry, std::string const& by, std::string const& reason);

} // namespace gatehouse::store
