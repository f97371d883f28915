#include "proxy/store/school_lists.hpp"

#include "proxy/store/school_rows.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_entry
    = "SELECT id, list, host, path, reason, review_by, added_at, added_by, removed_at, removed_by,"
      " remove_reason, owner, reference, reviewed_at, reviewed_by, review_note FROM school_entries ";
/// Parameters 1 to 5 are those of an EntrySearch: first and last list, text, who, day.
constexpr std::string_view of_search
    = "WHERE removed_at IS NULL AND list BETWEEN ?1 AND ?2"
      " AND (?3 = '' OR instr(lower(host || path), ?3) OR instr(lower(reason), ?3) OR instr(lower(reference), ?3))"
      " AND (?4 = '' OR instr(lower(added_by), ?4) OR instr(lower(owner), ?4)) AND (?5 = '' OR review_by < ?5) ";

SchoolEntry read_entry(Statement const& row)
{
    SchoolEntry entry;
    entry.id = row.id<ListEntryId>(0);
    entry.list = row.id<SchoolList>(1);
    entry.host = row.text(2);
    entry.path = row.text(3);
    entry.reason = row.text(4);
    if (auto const date = policy::Date::parse(row.text(5)))
        entry.review_by = *date;
    entry.added_at = row.instant(6);
    entry.added_by = row.text(7);
    entry.removed_at = row.optional_instant(8);
    entry.removed_by = row.text(9);
    entry.remove_reason = row.text(10);
    entry.owner = row.text(11);
    entry.reference = row.text(12);
    entry.reviewed_at = row.optional_instant(13);
    entry.reviewed_by = row.text(14);
    entry.review_note = row.text(15);
    return entry;
}

/// As lower() of SQLite.
std::string lower(std::string text)
{
    std::transform(
        text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return text;
}

std::string date_or_nothing(std::optional<policy::Date> const& date)
{
    return date ? date->to_text() : std::string{};
}

SchoolList first_list(EntrySearch const& search)
{
    return search.list.value_or(all_school_lists.front());
}

SchoolList last_list(EntrySearch const& search)
{
    return search.list.value_or(all_school_lists.back());
}

std::size_t read_count(Statement const& row)
{
    return static_cast<std::size_t>(row.integer(0));
}

std::string entry_object(ListEntryId id)
{
    return fmt::format("list-entry:{}", number(id));
}

} // namespace

std::string_view to_text(SchoolList list)
{
    switch (list) {
    case SchoolList::block: return "school-block";
    case SchoolList::allow: return "school-allow";
    case SchoolList::leave_alone: return "school-private";
    }
    return "school-block";
}

std::optional<SchoolList> parse_school_list(std::string_view text)
{
    for (auto const list : all_school_lists)
        if (text == to_text(list))
            return list;
    return std::nullopt;
}

result<ListEntryId> listed_as(Ledger& ledger, SchoolList list, std::string const& host, std::string const& path)
{
    auto const present = ledger.database().first(
        "SELECT id FROM school_entries WHERE list = ? AND host = ? AND path = ? AND removed_at IS NULL",
        [](Statement const& row) { return row.id<ListEntryId>(0); }, list, host, path);
    if (!present)
        return present.error();
    return present->value_or(ListEntryId::none);
}

result<SchoolEntry> insert_entry(Ledger& ledger, Deed const& deed, SchoolEntry entry)
{
    auto& database = ledger.database();
    auto const present = listed_as(ledger, entry.list, entry.host, entry.path);
    if (!present)
        return present.error();
    if (*present != ListEntryId::none)
        return errc::already_exists;
    auto const added = database.execute(
        "INSERT INTO school_entries (list, host, path, reason, review_by, added_at, added_by, owner, reference)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.list, entry.host, entry.path, entry.reason, entry.review_by.to_text(), deed.now, entry.added_by, entry.owner,
        entry.reference);
    if (!added)
        return added.error();
    entry.id = static_cast<ListEntryId>(database.last_row_id());
    entry.added_at = deed.now;
    Deed const named{deed.action, entry_object(entry.id), deed.actor, deed.now};
    auto const detail = fmt::format("{} {}{}: {}", to_text(entry.list), entry.host, entry.path, entry.reason);
    if (auto const audited = audit(ledger, named, detail); !audited)
        return audited.error();
    return entry;
}

result<void> remove_entry(
    Ledger& ledger, Deed const& deed, SchoolEntry const& entry, std::string const& by, std::string const& reason)
{
    auto const removed = ledger.database().execute(
        "UPDATE school_entries SET removed_at = ?, removed_by = ?, remove_reason = ? WHERE id = ? AND removed_at IS NULL",
        deed.now, by, reason, entry.id);
    if (!removed)
        return removed;
    if (ledger.database().changed_rows() != 1)
        return errc::wrong_state;
    Deed const named{deed.action, entry_object(entry.id), deed.actor, deed.now};
    return audit(ledger, named, fmt::format("{} {}{}: {}", to_text(entry.list), entry.host, entry.path, reason));
}

result<SchoolEntry> find_school_entry(Ledger& ledger, ListEntryId id)
{
    static std::string const sql = fmt::format("{}WHERE id = ?", select_entry);
    auto found = ledger.database().first(sql, read_entry, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

result<std::vector<SchoolEntry>> list_school_entries(Ledger& ledger, SchoolList list, Removed removed)
{
    static std::string const sql = fmt::format(
        "{}WHERE list = ?1 AND (removed_at IS NULL OR ?2) ORDER BY removed_at IS NOT NULL, removed_at DESC, host, path",
        select_entry);
    return ledger.database().collect(sql, read_entry, list, removed == Removed::with);
}

result<std::size_t> count_school_entries(Ledger& ledger, EntrySearch const& search)
{
    static std::string const sql = fmt::format("SELECT count(*) FROM school_entries {}", of_search);
    auto const found = ledger.database().first(sql, read_count, first_list(search), last_list(search), lower(search.text),
        lower(search.who), date_or_nothing(search.overdue_on));
    return found ? result<std::size_t>{found->value_or(0)} : found.error();
}

result<std::vector<SchoolEntry>> find_school_entries(
    Ledger& ledger, EntrySearch const& search, std::size_t skipped, std::size_t limit)
{
    static std::string const sql = fmt::format("{}{}ORDER BY host, path, list LIMIT ?6 OFFSET ?7", select_entry, of_search);
    return ledger.database().collect(sql, read_entry, first_list(search), last_list(search), lower(search.text),
        lower(search.who), date_or_nothing(search.overdue_on), static_cast<std::int64_t>(limit),
        static_cast<std::int64_t>(skipped));
}

result<std::size_t> count_overdue_entries(Ledger& ledger, policy::Date const& today)
{
    auto const found = ledger.database().first(
        "SELECT count(*) FROM school_entries WHERE removed_at IS NULL AND review_by < ?", read_count, today.to_text());
    return found ? result<std::size_t>{found->value_or(0)} : found.error();
}

result<std::vector<policy::ListEntry>> school_entries(Ledger& ledger, SchoolList list)
{
    auto const read = [](Statement const& row) {
        policy::ListEntry entry;
        entry.line = static_cast<std::uint32_t>(row.integer(0));
        entry.host = row.text(1);
        entry.path = row.text(2);
        return entry;
    };
    return ledger.database().collect(
        "SELECT id, host, path FROM school_entries WHERE list = ? AND removed_at IS NULL ORDER BY id", read, list);
}

} // namespace gatehouse::store
