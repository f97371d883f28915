#include "proxy/store/policy_changes.hpp"

#include "proxy/store/publication_rows.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_policy_change
    = "SELECT id, outcome, edited, row_key, text, after, reason, made_at, made_by, back_row,"
      " back_text, back_after, stood_live, stood_drafted FROM policy_changes ";

PolicyChange read_policy_change(Statement const& row)
{
    PolicyChange change;
    change.id = row.id<PolicyChangeId>(0);
    change.outcome = row.id<ChangeOutcome>(1);
    auto const table = row.id<policy::EditedTable>(2);
    change.edit = {table, row.text(3), row.text(4), row.text(5)};
    change.reason = row.text(6);
    change.made_at = row.instant(7);
    change.made_by = row.text(8);
    change.back = {table, row.text(9), row.text(10), row.text(11)};
    change.stood = {row.text(12), row.text(13)};
    return change;
}

bool are_fit(NewPolicyChanges const& changes)
{
    return !changes.edits.empty() && changes.edits.size() <= most_edits
        && (changes.stood.empty() || changes.stood.size() == changes.edits.size()) && is_plain_text(changes.reason, reason_limit)
        && std::all_of(changes.edits.begin(), changes.edits.end(), [](policy::Edit const& edit) {
               return edit.text.size() <= policy::max_edit_text && edit.row.size() <= policy::max_edit_text
                   && !(edit.text.empty() && edit.row.empty());
           });
}

std::vector<PolicyChange> made_by(NewPolicyChanges const& changes, std::string const& login, Instant now)
{
    std::vector<PolicyChange> made;
    for (std::size_t i = 0; i < changes.edits.size(); ++i)
        made.push_back({PolicyChangeId::none, ChangeOutcome::waiting, changes.edits[i], {}, changes.reason, now, login,
            changes.stood.empty() ? RowMarks{} : changes.stood[i]});
    return made;
}

/// Two forms that came at one moment were both made from what was there before. Errors: `errc::stale`.
result<void> require_seen(Ledger& ledger, NewPolicyChanges const& changes)
{
    if (!changes.seen)
        return {};
    auto const mark = edits_mark(ledger);
    if (!mark)
        return mark.error();
    return *mark == *changes.seen ? result<void>{} : result<void>{errc::stale};
}

/// What another publication made live later and touched the row that the change left; none: the change still stands.
result<std::optional<PolicyChangeId>> touched_later(Ledger& ledger, PolicyChange const& change, PublicationId publication)
{
    return ledger.database().first(
        "SELECT id FROM policy_changes WHERE outcome = ?1 AND edited = ?2 AND applied >"
        " (SELECT applied FROM policy_changes WHERE id = ?3) AND publication <> ?6"
        " AND ((?4 <> '' AND row_key = ?4) OR (?4 = '' AND back_row = ?5)) LIMIT 1",
        [](Statement const& row) { return row.id<PolicyChangeId>(0); }, ChangeOutcome::applied, change.edit.table, change.id,
        change.back.row, change.edit.row, publication);
}

/// As in touched_later(), of two changes of one publication.
bool touches(PolicyChange const& later, PolicyChange const& change)
{
    return later.edit.table == change.edit.table
        && (change.back.row.empty() ? later.back.row == change.edit.row : later.edit.row == change.back.row);
}

} // namespace

std::string text_of(PolicyChange const& change)
{
    auto const& edit = change.edit;
    auto const sign = edit.row.empty() ? '+' : edit.text.empty() ? '-' : '~';
    return fmt::format("{} {} {}: {}\n{}", sign, policy::to_text(edit.table), edit.row, change.reason, edit.text);
}

result<void> insert_change(Ledger& ledger, PolicyChange const& change, PublicationId publication)
{
    auto const& edit = change.edit;
    return ledger.database().execute(
        "INSERT INTO policy_changes (publication, edited, row_key, text, after, reason, made_at, made_by, stood_live,"
        " stood_drafted) VALUES (nullif(?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        publication, edit.table, edit.row, edit.text, edit.after, change.reason, change.made_at, change.made_by,
        change.stood.live, change.stood.drafted);
}

std::string row_mark(std::string_view standing)
{
    return token_hash(standing); // people stand in rows, and a mark need not name them
}

result<std::string> edits_mark(Ledger& ledger)
{
    auto const mark = ledger.database().first(
        "SELECT (SELECT coalesce(max(applied), 0) FROM policy_changes) || ':' || coalesce((SELECT group_concat(id) FROM"
        " (SELECT id FROM policy_changes WHERE publication IS NULL ORDER BY id)), '')",
        [](Statement const& row) { return row.text(0); });
    if (!mark)
        return mark.error();
    return mark->value_or(std::string{});
}

result<std::vector<PolicyChange>> opposites_of(Ledger& ledger, PublicationId publication, std::string const& login, Instant now)
{
    auto changes = policy_changes_of(ledger, publication);
    if (!changes)
        return changes.error();
    std::vector<PolicyChange> back, kept; // what keeps its row keeps also what the same publication did to that row before
    for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
        if (change->outcome != ChangeOutcome::applied)
            continue;
        auto const later = touched_later(ledger, *change, publication);
        if (!later)
            return later.error();
        if (*later || std::any_of(kept.begin(), kept.end(), [&](PolicyChange const& each) { return touches(each, *change); }))
            kept.push_back(*change);
        else
            back.push_back({PolicyChangeId::none, ChangeOutcome::waiting, change->back, {}, change->reason, now, login});
    }
    return back;
}

result<void> apply_changes(Ledger& ledger, Deed const& deed, PublicationId publication, std::vector<AppliedEdit> const& applied)
{
    auto const changes = policy_changes_of(ledger, publication);
    if (!changes)
        return changes.error();
    if (changes->size() != applied.size())
        return errc::stale;
    for (std::size_t i = 0; i < applied.size(); ++i) {
        auto const& back = applied[i].back;
        auto const set
            = ledger.database().execute("UPDATE policy_changes SET outcome = ?, back_row = ?, back_text = ?, back_after = ?,"
                                        " applied = (SELECT coalesce(max(applied), 0) + 1 FROM policy_changes) WHERE id = ?",
                applied[i].changed ? ChangeOutcome::applied : ChangeOutcome::not_needed, back.row, back.text, back.after,
                (*changes)[i].id);
        if (!set)
            return set;
        auto const& change = (*changes)[i];
        if (auto const audited = audit(ledger, deed, fmt::format("by {}: {}", change.made_by, text_of(change))); !audited)
            return audited;
    }
    return {};
}

result<void> draft_policy_changes(Ledger& ledger, NewPolicyChanges const& changes, Actor const& actor, Instant now)
{
    if (!are_fit(changes))
        return errc::invalid_value;
    Deed const deed{"draft.add", "draft", actor, now};
    return officer_does(ledger, deed, [&](Account const& officer) -> result<void> {
        if (auto const seen = require_seen(ledger, changes); !seen)
            return seen;
        auto const draft = policy_changes_of(ledger, PublicationId::none);
        if (!draft)
            return draft.error();
        if (draft->size() + changes.edits.size() > most_drafted)
            return errc::invalid_value;
        for (auto const& change : made_by(changes, officer.login, now)) {
            if (auto const added = insert_change(ledger, change, PublicationId::none); !added)
                return added;
            if (auto const audited = audit(ledger, deed, text_of(change)); !audited)
                return audited;
        }
        return {};
    });
}

result<void> drop_policy_change(Ledger& ledger, PolicyChangeId change, Actor const& actor, Instant now)
{
    Deed const deed{"draft.drop", "draft", actor, now};
    return officer_does(ledger, deed, [&](Account const&) -> result<void> {
        auto const draft = policy_changes_of(ledger, PublicationId::none);
        if (!draft)
            return draft.error();
        auto const found
            = std::find_if(draft->begin(), draft->end(), [&](PolicyChange const& each) { return each.id == change; });
        if (found == draft->end())
            return errc::not_found;
        if (auto const gone = ledger.database().execute("DELETE FROM policy_changes WHERE id = ?", change); !gone)
            return gone;
        return audit(ledger, deed, text_of(*found));
    });
}

result<std::vector<PolicyChange>> policy_changes_of(Ledger& ledger, PublicationId publication)
{
    static std::string const sql = fmt::format("{}WHERE coalesce(publication, 0) = ? ORDER BY id", select_policy_change);
    return ledger.database().collect(sql, read_policy_change, publication);
}

result<std::vector<PolicyChange>> drafted_policy_changes(Ledger& ledger, AccountId by)
{
    static std::string const sql
        = fmt::format("{}WHERE publication IS NULL AND {} ORDER BY id", select_policy_change, is_made_by);
    return ledger.database().collect(sql, read_policy_change, by);
}

result<std::vector<LiveEdit>> live_edits(Ledger& ledger)
{
    static std::string const sql = fmt::format("{}WHERE outcome = ? ORDER BY applied", select_policy_change);
    auto const read = [](Statement const& row) {
        auto change = read_policy_change(row);
        return LiveEdit{std::move(change.edit), std::move(change.back.row)};
    };
    return ledger.database().collect(sql, read, ChangeOutcome::applied);
}

} // namespace gatehouse::store
