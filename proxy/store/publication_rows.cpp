#include "proxy/store/publication_rows.hpp"

#include "proxy/digest.hpp"
#include "proxy/store/school_rows.hpp"

#include <fmt/format.h>
#include <unordered_set>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_change
    = "SELECT id, kind, outcome, list, host, path, reason, review_by, entry, made_at, made_by, owner,"
      " reference FROM list_changes ";
constexpr std::string_view select_publication
    = "SELECT id, state, message, made_at, due_at, made_by, note, undoes, coalesce(asked_by, 0),"
      " coalesce((SELECT login FROM accounts a WHERE a.id = confirmed_by), '') FROM publications ";

Change read_change(Statement const& row)
{
    Change change;
    change.id = row.id<ChangeId>(0);
    change.kind = row.id<ChangeKind>(1);
    change.outcome = row.id<ChangeOutcome>(2);
    change.list = row.id<SchoolList>(3);
    change.host = row.text(4);
    change.path = row.text(5);
    change.reason = row.text(6);
    if (auto const date = policy::Date::parse(row.text(7)))
        change.review_by = *date;
    change.entry = row.id<ListEntryId>(8);
    change.made_at = row.instant(9);
    change.made_by = row.text(10);
    change.owner = row.text(11);
    change.reference = row.text(12);
    return change;
}

Publication read_publication(Statement const& row)
{
    Publication publication;
    publication.id = row.id<PublicationId>(0);
    publication.state = row.id<PublicationState>(1);
    publication.message = row.text(2);
    publication.made_at = row.instant(3);
    publication.due_at = row.instant(4);
    publication.made_by = row.text(5);
    publication.note = row.text(6);
    publication.undoes = row.id<PublicationId>(7);
    publication.asked_by = row.id<AccountId>(8);
    publication.confirmed_by = row.text(9);
    return publication;
}

/// Places of the additions that are on their way to that list.
std::unordered_set<std::string> places_of(std::vector<Change> const& changes, SchoolList list)
{
    std::unordered_set<std::string> places;
    for (auto const& change : changes)
        if (change.kind == ChangeKind::add && change.list == list)
            places.insert(change.host + change.path);
    return places;
}

bool is_fit(NewChanges const& changes)
{
    return !changes.targets.empty() && is_date(changes.review_by) && is_plain_text(changes.reason, reason_limit)
        && is_plain_text(changes.owner, owner_limit, Empty::allowed)
        && is_plain_text(changes.reference, reference_limit, Empty::allowed);
}

} // namespace

bool is_date(policy::Date const& date)
{
    return policy::Date{} < date && policy::Date::parse(date.to_text()).has_value();
}

result<std::vector<Change>> make_additions(
    Ledger& ledger, NewChanges const& changes, std::vector<RefusedLine>& refused, std::string const& login, Instant now)
{
    if (!is_fit(changes))
        return errc::invalid_value;
    auto const draft = read_draft(ledger);
    if (!draft)
        return draft.error();
    if (draft->size() + changes.targets.size() > most_drafted)
        return errc::invalid_value;
    auto on_their_way = places_of(*draft, changes.list);
    std::vector<Change> made;
    for (std::size_t i = 0; i < changes.targets.size(); ++i) {
        auto const place = parse_place(changes.targets[i]);
        if (!place) {
            refused.push_back({i + 1, changes.targets[i], place.error()});
            continue;
        }
        auto const listed = listed_as(ledger, changes.list, place->host, place->path);
        if (!listed)
            return listed.error();
        if (*listed != ListEntryId::none || !on_their_way.insert(place->host + place->path).second) {
            refused.push_back({i + 1, changes.targets[i], errc::already_exists});
            continue;
        }
        made.push_back({.list = changes.list,
            .host = place->host,
            .path = place->path,
            .reason = changes.reason,
            .review_by = changes.review_by,
            .owner = changes.owner.empty() ? login : changes.owner,
            .reference = changes.reference,
            .made_at = now,
            .made_by = login});
    }
    if (made.empty() || (!refused.empty() && !changes.without_refused))
        return errc::invalid_value;
    return made;
}

result<Change> make_removal(Ledger& ledger, ListEntryId entry, std::string const& reason, std::string const& login, Instant now)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    auto const found = find_school_entry(ledger, entry);
    if (!found)
        return found.error();
    if (found->removed_at)
        return errc::wrong_state;
    auto const draft = read_draft(ledger);
    if (!draft)
        return draft.error();
    for (auto const& change : *draft)
        if (change.kind == ChangeKind::remove && change.entry == entry)
            return errc::already_exists;
    return Change{.kind = ChangeKind::remove,
        .list = found->list,
        .host = found->host,
        .path = found->path,
        .reason = reason,
        .review_by = found->review_by,
        .owner = found->owner,
        .reference = found->reference,
        .entry = entry,
        .made_at = now,
        .made_by = login};
}

result<void> insert_change(Ledger& ledger, Change const& change, PublicationId publication)
{
    return ledger.database().execute(
        "INSERT INTO list_changes (publication, kind, list, host, path, reason, review_by, entry, made_at, made_by, owner,"
        " reference) VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, ?)",
        publication, change.kind, change.list, change.host, change.path, change.reason, change.review_by.to_text(), change.entry,
        change.made_at, change.made_by, change.owner, change.reference);
}

result<void> move_changes(Ledger& ledger, PublicationId from, PublicationId to)
{
    for (auto const* const table : {"list_changes", "policy_changes"}) {
        auto const sql = fmt::format("UPDATE {} SET publication = nullif(?1, 0) WHERE coalesce(publication, 0) = ?2", table);
        if (auto const moved = ledger.database().execute(sql, to, from); !moved)
            return moved;
    }
    return {};
}

result<Publication> insert_publication(Ledger& ledger, Publication publication)
{
    auto const added
        = ledger.database().execute("INSERT INTO publications (state, message, made_at, due_at, made_by, undoes, asked_by)"
                                    " VALUES (?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0))",
            publication.state, publication.message, publication.made_at, publication.due_at, publication.made_by,
            publication.undoes, publication.asked_by);
    if (!added)
        return added.error();
    publication.id = static_cast<PublicationId>(ledger.database().last_row_id());
    return publication;
}

std::string text_of(Change const& change)
{
    return fmt::format("{} {} {}{}: {}", change.kind == ChangeKind::add ? '+' : '-', to_text(change.list), change.host,
        change.path, change.reason);
}

result<std::vector<Change>> read_draft(Ledger& ledger, AccountId by)
{
    static std::string const sql = fmt::format("{}WHERE publication IS NULL AND {} ORDER BY id", select_change, is_made_by);
    return ledger.database().collect(sql, read_change, by);
}

result<std::int64_t> draft_mark(Ledger& ledger)
{
    // Of every number, since low ones come back from what was called off. A number is never used twice, and what waits is never written anew.
    auto const lines = ledger.database().collect("SELECT 'l' || id FROM list_changes WHERE publication IS NULL UNION ALL"
                                                 " SELECT 'p' || id FROM policy_changes WHERE publication IS NULL ORDER BY 1",
        [](Statement const& row) { return row.text(0); });
    if (!lines)
        return lines.error();
    if (lines->empty())
        return 0;
    auto const all = fmt::format("{}", fmt::join(*lines, " "));
    auto const digest = sha256_of(all);
    std::uint64_t mark = 0;
    for (std::size_t i = 0; i < sizeof mark; ++i)
        mark = mark << 8U | digest[i];
    return static_cast<std::int64_t>(mark >> 2U) + 1; // fits, and is not the empty one's
}

result<std::vector<Change>> changes_of(Ledger& ledger, PublicationId id)
{
    static std::string const sql = fmt::format("{}WHERE publication = ? ORDER BY id", select_change);
    return ledger.database().collect(sql, read_change, id);
}

result<Publication> find_publication(Ledger& ledger, PublicationId id)
{
    static std::string const sql = fmt::format("{}WHERE id = ?", select_publication);
    auto found = ledger.database().first(sql, read_publication, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

result<std::vector<Publication>> list_publications(Ledger& ledger, PublicationId before, std::size_t limit)
{
    static std::string const sql = fmt::format("{}WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2", select_publication);
    return ledger.database().collect(sql, read_publication, before, static_cast<std::int64_t>(limit));
}

result<std::optional<Publication>> next_publication(Ledger& ledger)
{
    static std::string const sql = fmt::format("{}WHERE state = 0 ORDER BY due_at, id LIMIT 1", select_publication);
    return ledger.database().first(sql, read_publication);
}

} // namespace gatehouse::store
