#include "proxy/store/publications.hpp"

#include "proxy/store/given_access.hpp"
#include "proxy/store/publication_rows.hpp"
#include "proxy/store/school_rows.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t message_limit = 2000; // bytes

/// What an account made in the draft (none: all of it) goes with a publication.
result<void> move_draft(Ledger& ledger, AccountId by, PublicationId to)
{
    for (auto const* const table : {"list_changes", "policy_changes"}) {
        auto const sql = fmt::format("UPDATE {} SET publication = ?2 WHERE publication IS NULL AND {}", table, is_made_by);
        if (auto const moved = ledger.database().execute(sql, by, to); !moved)
            return moved;
    }
    return {};
}

/// Errors: `errc::stale`.
result<void> require_seen(Ledger& ledger, NewPublication const& publication)
{
    if (!publication.seen || publication.whose == Whose::own)
        return {};
    auto const mark = draft_mark(ledger);
    if (!mark)
        return mark.error();
    return *mark == *publication.seen ? result<void>{} : result<void>{errc::stale};
}

/// Nobody makes live with their own name what somebody else may have drafted with another one. Errors: `errc::draft_in_doubt`.
result<void> require_no_doubt(Ledger& ledger, AccountId by, Instant now)
{
    if (by != AccountId::none) // an officer who may publish does not wait
        return {};
    auto const doubts = drafts_in_doubt(ledger, now);
    if (!doubts)
        return doubts.error();
    return doubts->empty() ? result<void>{} : result<void>{errc::draft_in_doubt};
}

result<void> add(Ledger& ledger, Change& change, Instant now)
{
    auto const listed = listed_as(ledger, change.list, change.host, change.path);
    if (!listed)
        return listed.error();
    bool const is_new = *listed == ListEntryId::none;
    change.outcome = is_new ? ChangeOutcome::applied : ChangeOutcome::not_needed;
    if (!is_new)
        return {};
    SchoolEntry entry;
    entry.list = change.list;
    entry.host = change.host;
    entry.path = change.path;
    entry.reason = change.reason;
    entry.review_by = change.review_by;
    entry.added_by = change.made_by;
    entry.owner = change.owner;
    entry.reference = change.reference;
    auto const added = insert_entry(ledger, {"list.add", {}, system_actor, now}, std::move(entry));
    if (!added)
        return added.error();
    change.entry = added->id;
    return {};
}

result<void> remove(Ledger& ledger, Change& change, Instant now)
{
    auto const entry = find_school_entry(ledger, change.entry);
    if (!entry)
        return entry.error();
    change.outcome = entry->removed_at ? ChangeOutcome::not_needed : ChangeOutcome::applied;
    if (entry->removed_at)
        return {};
    return remove_entry(ledger, {"list.remove", {}, system_actor, now}, *entry, change.made_by, change.reason);
}

/// Whoever published it could still do that: nothing outlives a role that was taken away or an account that was closed. Errors: `errc::not_permitted`.
result<void> require_officer_still(Ledger& ledger, PublicationId id)
{
    auto const officers = count_rows(ledger,
        "SELECT count(*) FROM publications p JOIN account_logins l ON l.login = lower(p.made_by)"
        " JOIN accounts a ON a.id = l.account WHERE p.id = ? AND a.disabled = 0 AND a.console_role = ?",
        id, ConsoleRole::officer);
    if (!officers)
        return officers.error();
    return *officers > 0 ? result<void>{} : result<void>{errc::not_permitted};
}

/// What would take a change back, if it still stands.
result<std::optional<Change>> opposite_of(Ledger& ledger, Change const& change, std::string const& login, Instant now)
{
    if (change.outcome != ChangeOutcome::applied)
        return std::optional<Change>{};
    auto const entry = find_school_entry(ledger, change.entry);
    auto const listed = listed_as(ledger, change.list, change.host, change.path);
    if (!entry || !listed)
        return !entry ? entry.error() : listed.error();
    Change back = change;
    back.outcome = ChangeOutcome::waiting;
    back.made_at = now;
    back.made_by = login;
    if (change.kind == ChangeKind::add) {
        back.kind = ChangeKind::remove;
        return entry->removed_at ? std::nullopt : std::optional{back};
    }
    back.kind = ChangeKind::add;
    back.reason = entry->reason;
    back.review_by = entry->review_by;
    back.owner = entry->owner;
    back.reference = entry->reference;
    back.entry = ListEntryId::none;
    return *listed == ListEntryId::none ? std::optional{back} : std::nullopt;
}

/// The list changes of one that is live, taken back as far as they stand.
result<std::vector<Change>> list_opposites_of(Ledger& ledger, PublicationId id, std::string const& login, Instant now)
{
    auto const changes = changes_of(ledger, id);
    if (!changes)
        return changes.error();
    std::vector<Change> back;
    for (auto const& change : *changes) {
        auto const opposite = opposite_of(ledger, change, login, now);
        if (!opposite)
            return opposite.error();
        if (*opposite)
            back.push_back(**opposite);
    }
    return back;
}

/// The audit row of a publication that was just written.
result<Publication> audit_proposal(Ledger& ledger, Deed const& deed, Publication proposed, std::size_t changes)
{
    Deed const named{deed.action, object_of(proposed.id), deed.actor, deed.now};
    if (auto const audited = audit(ledger, named, fmt::format("{} changes: {}", changes, proposed.message)); !audited)
        return audited.error();
    return proposed;
}

struct ProposedChanges {
    std::vector<Change> lists;
    std::vector<PolicyChange> policy;
};

/// Goes live at once unless its `due_at` is moved.
Publication fresh_publication(std::string message, std::string by, Instant now)
{
    Publication publication;
    publication.message = std::move(message);
    publication.made_at = now;
    publication.due_at = now;
    publication.made_by = std::move(by);
    return publication;
}

/// A publication with these changes, written with its audit row. Inside a transaction.
result<Publication> propose(
    Ledger& ledger, Deed const& deed, Account const& officer, Publication publication, ProposedChanges changes)
{
    auto asked = ask_second_person(ledger, deed, officer, publication, changes.lists);
    if (!asked)
        return asked.error();
    if (*asked && changes.lists.empty() && changes.policy.empty())
        return std::move(**asked);
    auto proposed = insert_publication(ledger, std::move(publication));
    if (!proposed)
        return proposed;
    if (*asked)
        proposed->waits_beside = (*asked)->id;
    for (auto const& change : changes.lists)
        if (auto const added = insert_change(ledger, change, proposed->id); !added)
            return added.error();
    for (auto const& change : changes.policy)
        if (auto const added = insert_change(ledger, change, proposed->id); !added)
            return added.error();
    return audit_proposal(ledger, deed, std::move(*proposed), changes.lists.size() + changes.policy.size());
}

} // namespace

result<void> set_state(Ledger& ledger, PublicationId id, PublicationState state, std::string const& note, PublicationState from)
{
    auto const set = ledger.database().execute(
        "UPDATE publications SET state = ?, note = ? WHERE id = ? AND state = ?", state, note, id, from);
    if (!set)
        return set;
    return ledger.database().changed_rows() == 1 ? result<void>{} : result<void>{errc::wrong_state};
}

result<Publication> propose_draft(Ledger& ledger, NewPublication const& publication, Actor const& actor, Instant now)
{
    if (!is_plain_text(publication.message, message_limit))
        return errc::invalid_value;
    Deed const deed{"publication.propose", "draft", actor, now};
    return settled_officer_does(ledger, deed, [&](Account const& officer) -> result<Publication> {
        if (auto const seen = require_seen(ledger, publication); !seen)
            return seen.error();
        auto const by = publication.whose == Whose::own ? officer.id : AccountId::none;
        if (auto const sure = require_no_doubt(ledger, by, now); !sure)
            return sure.error();
        auto draft = read_draft(ledger, by);
        auto const rules = drafted_policy_changes(ledger, by);
        if (!draft || !rules)
            return !draft ? draft.error() : rules.error();
        if (draft->empty() && rules->empty())
            return errc::wrong_state;
        auto made = fresh_publication(publication.message, officer.login, now);
        made.due_at = std::max(now, publication.due_at);
        auto asked = ask_second_person(ledger, deed, officer, made, *draft);
        if (!asked)
            return asked.error();
        if (*asked && draft->empty() && rules->empty())
            return std::move(**asked);
        auto proposed = insert_publication(ledger, std::move(made));
        if (!proposed)
            return proposed;
        if (*asked)
            proposed->waits_beside = (*asked)->id;
        if (auto const moved = move_draft(ledger, by, proposed->id); !moved)
            return moved.error();
        return audit_proposal(ledger, deed, std::move(*proposed), draft->size() + rules->size());
    });
}

result<Publication> propose_additions(
    Ledger& ledger, NewChanges const& changes, std::vector<RefusedLine>& refused, Actor const& actor, Instant now)
{
    Deed const deed{"publication.propose", "lists", actor, now};
    return settled_officer_does(ledger, deed, [&](Account const& officer) -> result<Publication> {
        auto made = make_additions(ledger, changes, refused, officer.login, now);
        if (!made)
            return made.error();
        return propose(ledger, deed, officer, fresh_publication(changes.reason, officer.login, now), {std::move(*made), {}});
    });
}

result<Publication> propose_removal(Ledger& ledger, ListEntryId entry, std::string const& reason, Actor const& actor, Instant now)
{
    Deed const deed{"publication.propose", "lists", actor, now};
    return settled_officer_does(ledger, deed, [&](Account const& officer) -> result<Publication> {
        auto const change = make_removal(ledger, entry, reason, officer.login, now);
        if (!change)
            return change.error();
        return propose(ledger, deed, officer, fresh_publication(reason, officer.login, now), {{*change}, {}});
    });
}

result<Publication> propose_undo(Ledger& ledger, PublicationId id, Actor const& actor, Instant now)
{
    Deed const deed{"publication.undo", object_of(id), actor, now};
    return settled_officer_does(ledger, deed, [&](Account const& officer) -> result<Publication> {
        auto const undone = find_publication(ledger, id);
        if (!undone)
            return undone.error();
        if (undone->state != PublicationState::live)
            return errc::wrong_state;
        auto lists = list_opposites_of(ledger, id, officer.login, now);
        auto rules = opposites_of(ledger, id, officer.login, now);
        if (!lists || !rules)
            return !lists ? lists.error() : rules.error();
        if (lists->empty() && rules->empty())
            return errc::wrong_state;
        auto made = fresh_publication(fmt::format("Takes back: {}", undone->message), officer.login, now);
        made.undoes = id;
        return propose(ledger, deed, officer, std::move(made), {std::move(*lists), std::move(*rules)});
    });
}

result<void> cancel_publication(Ledger& ledger, PublicationId id, Actor const& actor, Instant now)
{
    Deed const deed{"publication.cancel", object_of(id), actor, now};
    return officer_does(ledger, deed, [&](Account const& officer) -> result<void> {
        auto const publication = find_publication(ledger, id);
        if (!publication)
            return publication.error();
        auto const from = publication->state == PublicationState::waiting ? publication->state : PublicationState::pending;
        if (auto const set = set_state(ledger, id, PublicationState::cancelled, "by " + officer.login, from); !set)
            return set;
        if (auto const moved = move_changes(ledger, id, PublicationId::none); !moved)
            return moved;
        return audit(ledger, deed, publication->message);
    });
}

result<void> apply_publication(Ledger& ledger, PublicationId id, Instant now, std::vector<AppliedEdit> const& edits)
{
    return ledger.transact([&]() -> result<void> {
        if (auto const stands = require_officer_still(ledger, id); !stands)
            return stands;
        if (auto const set = set_state(ledger, id, PublicationState::live, ""); !set)
            return set;
        auto changes = changes_of(ledger, id);
        if (!changes)
            return changes.error();
        for (auto& change : *changes) {
            auto const made = change.kind == ChangeKind::add ? add(ledger, change, now) : remove(ledger, change, now);
            if (!made)
                return made;
            auto const noted = ledger.database().execute("UPDATE list_changes SET outcome = ?, entry = nullif(?, 0) WHERE id = ?",
                change.outcome, change.entry, change.id);
            if (!noted)
                return noted;
        }
        if (auto const made = apply_changes(ledger, {"policy.change", object_of(id), system_actor, now}, id, edits); !made)
            return made;
        Deed const deed{"publication.live", object_of(id), system_actor, now};
        return audit(ledger, deed, fmt::format("{} changes", changes->size() + edits.size()));
    });
}

result<void> refuse_publication(Ledger& ledger, PublicationId id, std::string const& why, Instant now)
{
    return ledger.transact([&]() -> result<void> {
        if (auto const set = set_state(ledger, id, PublicationState::refused, why); !set)
            return set;
        if (auto const moved = move_changes(ledger, id, PublicationId::none); !moved)
            return moved;
        Deed const deed{"publication.refuse", object_of(id), system_actor, now};
        return audit(ledger, deed, why);
    });
}

} // namespace gatehouse::store
