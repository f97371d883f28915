#pragma once
// Changes on their way to the live policy: gathered in one draft, published together with a message, at once or at an hour to come, kept as history,
// taken back with one step. Those of the school's lists are here, those of rules and timetable in policy_changes.hpp.

#include "policy/edit.hpp"
#include "proxy/store/school_lists.hpp"

namespace gatehouse::store {

enum class ChangeId : std::int64_t { none = 0 };
enum class PublicationId : std::int64_t { none = 0 };

enum class ChangeKind : std::uint8_t { add, remove };
enum class ChangeOutcome : std::uint8_t {
    waiting,
    applied,
    not_needed, ///< the site was on the list already, or off it
};

struct Change {
    ChangeId id = ChangeId::none;
    ChangeKind kind = ChangeKind::add;
    ChangeOutcome outcome = ChangeOutcome::waiting;
    SchoolList list = SchoolList::block;
    std::string host, path; ///< as in SchoolEntry
    std::string reason;
    policy::Date review_by;                ///< of an addition
    std::string owner, reference;          ///< as in SchoolEntry
    ListEntryId entry = ListEntryId::none; ///< what is removed; of an addition, what it became
    Instant made_at{};
    std::string made_by; ///< login
};

enum class PublicationState : std::uint8_t {
    pending, ///< goes live at `due_at`
    live,
    cancelled, ///< its changes went back to the draft
    refused,   ///< the policy did not hold with them; they went back to the draft
    waiting,   ///< for a second person: sites that nobody looks into
    expired,   ///< nobody decided within `second_person_time`; its changes went back to the draft
};

struct Publication {
    PublicationId id = PublicationId::none;
    PublicationState state = PublicationState::pending;
    std::string message;
    Instant made_at{}, due_at{};
    std::string made_by; ///< login
    std::string note;    ///< why it was refused or cancelled
    PublicationId undoes = PublicationId::none;
    AccountId asked_by = AccountId::none;             ///< of one that waited for a second person
    std::string confirmed_by;                         ///< login of that person
    PublicationId waits_beside = PublicationId::none; ///< what was proposed with it and waits; not kept

    Instant expires_at() const { return made_at + second_person_time; } ///< of one that waits
    bool waits(Instant now) const { return state == PublicationState::waiting && now < expires_at(); }
};

struct NewChanges {
    SchoolList list = SchoolList::block;
    std::vector<std::string>
        targets; ///< "example.org", "https://example.org/games"; scheme, port, query and fragment are dropped
    std::string reason;
    policy::Date review_by;
    std::string owner{};          ///< who answers for them; empty: whoever adds them
    std::string reference{};      ///< of the request or report that they came from
    bool without_refused = false; ///< lines that cannot be taken are left out, and the others taken
};

/// A line that cannot be taken. `why`: `errc::invalid_value`, or `already_exists` if it stands in the list, the draft or the lines above.
struct RefusedLine {
    std::size_t number = 0; ///< counted from 1
    std::string text;
    error_code why;
};

// By the officer: `errc::not_permitted`. To propose is a decision: `role_changed_recently`, `access_given_recently`. Errors: these, and those named.

/// Adds all lines to the draft, or none; of a list `without_refused` those that can be taken. `refused` names the others.
/// Errors: `errc::invalid_value` if none is taken; without anything in `refused`, reason, date, owner or reference are at fault.
result<void> draft_additions(
    Ledger& ledger, NewChanges const& changes, std::vector<RefusedLine>& refused, Actor const& actor, Instant now);
/// Errors: `errc::invalid_value` without a reason, `wrong_state` if the entry is off the list, `already_exists` if that is drafted.
result<void> draft_removal(Ledger& ledger, ListEntryId entry, std::string const& reason, Actor const& actor, Instant now);
/// Takes a change out of the draft. Errors: `errc::not_found`.
result<void> drop_change(Ledger& ledger, ChangeId change, Actor const& actor, Instant now);

/// Whose changes of the draft: everybody's, or those that one account made, by any login that it has or had.
enum class Whose : std::uint8_t { all, own };

struct NewPublication {
    std::string message;
    Instant due_at{}; ///< not after now: at once
    Whose whose = Whose::all;
    std::optional<std::int64_t> seen = {}; ///< draft_mark() of the draft that the officer looked at; nothing: whatever there is
};
// Sites that nobody shall look into (`leave_alone`) take two people. They become a publication of their own, which waits (publication_confirmers);
// everything else goes its way at once. What is returned is the part that waits for nobody, with `waits_beside`; if there is none, what waits. Where
// nobody else could confirm it, all of it is one.
/// The draft, or the officer's own changes of it, become one publication. Errors: `errc::invalid_value` without a message, `wrong_state` if there is
/// nothing of it, `stale` if everybody's is wanted and it is not the draft that was `seen`, `draft_in_doubt` if everybody's is wanted and an account that
/// waits drafted a part of it (given_access.hpp).
result<Publication> propose_draft(Ledger& ledger, NewPublication const& publication, Actor const& actor, Instant now);
/// These alone, beside the draft. Errors: as draft_additions, draft_removal.
result<Publication> propose_additions(
    Ledger& ledger, NewChanges const& changes, std::vector<RefusedLine>& refused, Actor const& actor, Instant now);
result<Publication> propose_removal(
    Ledger& ledger, ListEntryId entry, std::string const& reason, Actor const& actor, Instant now);
/// The opposite of what a live one did, as far as it still stands. Errors: `errc::not_found`; `wrong_state` if it is not live or nothing of it stands.
result<Publication> propose_undo(Ledger& ledger, PublicationId id, Actor const& actor, Instant now);
/// Before it is live, also while it waits for a second person. Errors: `errc::not_found`, `wrong_state`.
result<void> cancel_publication(Ledger& ledger, PublicationId id, Actor const& actor, Instant now);

struct PublicationStep {
    PublicationId id = PublicationId::none;
    Actor actor;
    Instant now{};
};
/// Another officer or a headteacher, for longer than 24 hours: neither who published it nor who drafted one of its sites, and not with the account for
/// emergencies. It is pending then, and due at once if its time is over. Errors: `errc::not_found`, `wrong_state` (decided, expired, or who published it
/// is no officer any more), `not_permitted`, `same_person`, `role_changed_recently`, `access_given_recently`.
result<Publication> confirm_publication(Ledger& ledger, PublicationStep const& step);
/// As confirm_publication, also within 24 hours; its changes go back to the draft. Errors: also `errc::invalid_value` without a reason.
result<void> turn_down_publication(Ledger& ledger, PublicationStep const& step, std::string const& reason);
/// Whether confirm_publication would let this actor. Errors: as confirm_publication.
result<void> check_publication_turn(Ledger& ledger, PublicationStep const& step);
/// What waits for longer than `second_person_time` is over, and its changes are in the draft again. By the program itself.
result<void> expire_publications(Ledger& ledger, Instant now);
/// Who could confirm it now. Errors: `errc::not_found`.
result<std::vector<Account>> publication_confirmers(Ledger& ledger, PublicationId id, Instant now);
/// Those that wait and that this reader could confirm, oldest first.
result<std::vector<PublicationId>> publications_for(Ledger& ledger, Account const& reader, Instant now);

// By the program itself, when a publication is due.

/// The pending one that is due first, if any is pending.
result<std::optional<Publication>> next_publication(Ledger& ledger);
/// What became of a change of rules or timetable when the policy was built with it.
struct AppliedEdit {
    bool changed = false;
    policy::Edit back; ///< what takes it back
};
/// Its changes are made, in one transaction with its state; `edits` are those of rules and timetable in their order.
/// Errors: `errc::not_permitted` if who published it is no officer any more; `wrong_state` if it is not pending; `stale`: `edits` are not as many as it has.
result<void> apply_publication(Ledger& ledger, PublicationId id, Instant now, std::vector<AppliedEdit> const& edits = {});
/// Its changes go back to the draft. Errors: `errc::wrong_state` if it is not pending.
result<void> refuse_publication(Ledger& ledger, PublicationId id, std::string const& why, Instant now);

/// The draft, oldest first. Anyone who may read the lists. `by`: only what that account made (none: all).
result<std::vector<Change>> read_draft(Ledger& ledger, AccountId by = AccountId::none);
/// Another number for another draft: it changes with whatever comes, goes or comes back from a publication that was called off.
result<std::int64_t> draft_mark(Ledger& ledger);
result<std::vector<Change>> changes_of(Ledger& ledger, PublicationId id);
result<Publication> find_publication(Ledger& ledger, PublicationId id);
/// Newest first, those with a number below `before` (none: from the newest).
result<std::vector<Publication>> list_publications(Ledger& ledger, PublicationId before, std::size_t limit);

/// As school_entries, with these changes made: read_draft(), changes_of(). New entries have `line` 0.
result<std::vector<policy::ListEntry>> school_entries_with(Ledger& ledger, SchoolList list, std::vector<Change> const& changes);

} // namespace gatehouse::store
