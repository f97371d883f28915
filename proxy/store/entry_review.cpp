// Entries of the school's lists that somebody has looked at again, and what their references stand for.
#include "proxy/store/publication_rows.hpp"
#include "proxy/store/school_rows.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

bool is_fit(EntryReview const& review)
{
    return is_date(review.review_by) && is_plain_text(review.owner, owner_limit)
        && is_plain_text(review.reference, reference_limit, Empty::allowed) && is_plain_text(review.why, reason_limit);
}

/// What stands in the audit: what it was, what it is now, and why.
std::string text_of(SchoolEntry const& before, EntryReview const& review)
{
    auto text = fmt::format("{} {}{}: review by {}, was {}", to_text(before.list), before.host, before.path,
        review.review_by.to_text(), before.review_by.to_text());
    if (review.owner != before.owner)
        text += fmt::format("; owner {}, was {}", review.owner, before.owner);
    if (review.reference != before.reference)
        text += fmt::format("; reference {}, was {}", review.reference.empty() ? "none" : review.reference,
            before.reference.empty() ? "none" : before.reference);
    return text + ": " + review.why;
}

} // namespace

result<void> review_school_entry(Ledger& ledger, ListEntryId id, EntryReview const& review, Actor const& actor, Instant now)
{
    Deed const deed{"list.review", fmt::format("list-entry:{}", number(id)), actor, now};
    return settled_officer_does(ledger, deed, [&](Account const& officer) -> result<void> {
        if (!is_fit(review))
            return errc::invalid_value;
        auto const entry = find_school_entry(ledger, id);
        if (!entry)
            return entry.error();
        if (entry->removed_at)
            return errc::wrong_state;
        auto const written = ledger.database().execute(
            "UPDATE school_entries SET review_by = ?, owner = ?, reference = ?, reviewed_at = ?, reviewed_by = ?, review_note = ?"
            " WHERE id = ?",
            review.review_by.to_text(), review.owner, review.reference, now, officer.login, review.why, id);
        return written ? audit(ledger, deed, text_of(*entry, review)) : written;
    });
}

result<std::optional<Referred>> find_referred(Ledger& ledger, std::string_view reference, ConsoleRole reader)
{
    auto const canonical = canonical_reference(reference);
    if (!canonical)
        return std::optional<Referred>{};
    auto const request = [](Statement const& row) { return Referred{Referred::Kind::request, row.integer(0)}; };
    auto const report = [](Statement const& row) { return Referred{Referred::Kind::report, row.integer(0)}; };
    bool const sees_requests
        = reader == ConsoleRole::officer || reader == ConsoleRole::headteacher || reader == ConsoleRole::chief_executive;
    if (sees_requests) {
        auto found = ledger.database().first("SELECT id FROM unblock_requests WHERE reference = ?", request, *canonical);
        if (!found || *found)
            return found;
    }
    return ledger.database().first("SELECT id FROM reports WHERE reference = ? AND route = ?", report, *canonical, reader);
}

} // namespace gatehouse::store
