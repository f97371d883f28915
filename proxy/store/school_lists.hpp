#pragma once
// The school's own lists, of what is blocked, allowed and never looked into: every entry has a reason, a review date and somebody who answers for it;
// nothing is deleted, removed entries stay as history. What is on them changes by
// publications (publications.hpp) only; until when an entry stands, who answers for it and what it came from also by a review.

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
    std::string owner;     ///< who answers for it: a login or a name
    std::string reference; ///< of the request or report that it came from, as typed; may be empty
    std::optional<Instant> reviewed_at;
    std::string reviewed_by, review_note; ///< of the last review
};

result<SchoolEntry> find_school_entry(Ledger& ledger, ListEntryId id);
/// For display: live ones by host, then (if asked) removed ones, newest first.
enum class Removed : std::uint8_t { without, with };
result<std::vector<SchoolEntry>> list_school_entries(Ledger& ledger, SchoolList list, Removed removed = Removed::without);

/// Which of the live ones. Upper and lower case are one, of ASCII.
struct EntrySearch {
    std::optional<SchoolList> list;         ///< none: all of them
    std::string text;                       ///< part of the site, the reason or the reference; empty: all
    std::string who;                        ///< part of who added it or answers for it; empty: all
    std::optional<policy::Date> overdue_on; ///< only those whose review was due before that day
};
result<std::size_t> count_school_entries(Ledger& ledger, EntrySearch const& search);
/// By host, `limit` at most, after the first `skipped`.
result<std::vector<SchoolEntry>> find_school_entries(
    Ledger& ledger, EntrySearch const& search, std::size_t skipped, std::size_t limit);
/// Of all lists: live ones whose review was due before `today`.
result<std::size_t> count_overdue_entries(Ledger& ledger, policy::Date const& today);

struct EntryReview {
    policy::Date review_by;
    std::string owner;     ///< not empty
    std::string reference; ///< may be empty
    std::string why;       ///< what the review found
};
/// Somebody has looked at it again: it stays, until the new date. By the officer, with an audit row.
/// Errors: `errc::not_permitted`, `role_changed_recently`, `access_given_recently`, `not_found`, `wrong_state` (it is off the list), `invalid_value`.
result<void> review_school_entry(Ledger& ledger, ListEntryId id, EntryReview const& review, Actor const& actor, Instant now);

/// What a reference stands for.
struct Referred {
    enum class Kind : std::uint8_t { request, report };
    Kind kind = Kind::request;
    std::int64_t id = 0;
};
/// Nothing if it is no reference of ours, if that is gone, or if it is not for that reader: a request, or a report in the queue of another role.
result<std::optional<Referred>> find_referred(Ledger& ledger, std::string_view reference, ConsoleRole reader);

/// For compilation: live entries; `line` is the entry's id.
result<std::vector<policy::ListEntry>> school_entries(Ledger& ledger, SchoolList list);

} // namespace gatehouse::store
