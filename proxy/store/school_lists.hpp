#pragma once
// The school's own lists, of what is blocked, allowed and never looked into: every entry has a reason and a review date; nothing is deleted, removed entries stay as history. They change by publications (publications.hpp) only.

#include "policy/list_image.hpp"
#include "policy/local_time.hpp"
#include "proxy/store/accounts.hpp"

#include <array>

namespace gatehouse::store {

enum class SchoolList : std::uint8_t {
    block,
    allow,
    leave_alone, ///< opened by their names, never looked into
};
inline constexpr std::array all_school_lists{SchoolList::block, SchoolList::allow, SchoolList::leave_alone};
std::string_view to_text(SchoolList list); ///< list ids of the policy: "school-block", "school-allow", "school-private"
std::optional<SchoolList> parse_school_list(std::string_view text);

struct SchoolEntry {
    ListEntryId id = ListEntryId::none;
    SchoolList list = SchoolList::block;
    std::string host; ///< canonical; covers the names below it
    std::string path; ///< "/a/b" prefix, or empty for the whole host
    std::string reason;
    policy::Date review_by;
    Instant added_at{};
    std::string added_by; ///< login
    std::optional<Instant> removed_at;
    std::string removed_by, remove_reason;
};

result<SchoolEntry> find_school_entry(Ledger& ledger, ListEntryId id);
/// For display: live ones by host, then (if asked) removed ones, newest first.
enum class Removed : std::uint8_t { without, with };
result<std::vector<SchoolEntry>> list_school_entries(Ledger& ledger, SchoolList list, Removed removed = Removed::without);
/// For compilation: live entries; `line` is the entry's id.
result<std::vector<policy::ListEntry>> school_entries(Ledger& ledger, SchoolList list);

} // namespace gatehouse::store
