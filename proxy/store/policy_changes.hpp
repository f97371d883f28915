#pragma once
// Changes of the rules and the timetable on their way to the live policy: in the same draft and the same publications as those of the school's lists.
// What a row means is policy/edit.hpp's; here it is text that is kept.

#include "policy/edit.hpp"
#include "proxy/store/publications.hpp"

namespace gatehouse::store {

enum class PolicyChangeId : std::int64_t { none = 0 };

/// What stood in the place of a row that is changed: row_mark() of policy::standing_row(). Empty: not known.
struct RowMarks {
    std::string live;    ///< in the policy that ran
    std::string drafted; ///< with the changes of the draft before this one
};
std::string row_mark(std::string_view standing);

struct PolicyChange {
    PolicyChangeId id = PolicyChangeId::none;
    ChangeOutcome outcome = ChangeOutcome::waiting;
    policy::Edit edit;
    policy::Edit back; ///< what takes it back, once it was applied
    std::string reason;
    Instant made_at{};
    std::string made_by; ///< login
    RowMarks stood = {}; ///< when it was drafted
};

inline constexpr std::size_t most_edits = 200; ///< made at once: the days of a calendar of some years

struct NewPolicyChanges {
    std::vector<policy::Edit> edits; ///< made in this order
    std::string reason;
    std::vector<RowMarks> stood = {};     ///< of each of them; empty: not known
    std::optional<std::string> seen = {}; ///< edits_mark() of what they were made from; nothing: taken whatever there is
};

/// Another text for other changes in the draft or other live ones.
result<std::string> edits_mark(Ledger& ledger);

// These two: the officer. Errors: `errc::not_permitted`, `invalid_value` without a reason, without edits or with more than `most_edits`, or if a text is too
// long. To draft: also `stale` if there is something else by now than what was `seen`.

result<void> draft_policy_changes(Ledger& ledger, NewPolicyChanges const& changes, Actor const& actor, Instant now);
/// Takes a change out of the draft. Errors: `errc::not_found`.
result<void> drop_policy_change(Ledger& ledger, PolicyChangeId change, Actor const& actor, Instant now);

/// In the order in which they were made; of the draft (none) or of a publication. Anyone who may read the rules.
result<std::vector<PolicyChange>> policy_changes_of(Ledger& ledger, PublicationId publication);
/// Those of the draft that an account made (none: all).
result<std::vector<PolicyChange>> drafted_policy_changes(Ledger& ledger, AccountId by);
struct LiveEdit {
    policy::Edit edit;
    std::string left; ///< key of the row that it left; empty: it took one away
};
/// Everything that is live, in the order in which it became so.
result<std::vector<LiveEdit>> live_edits(Ledger& ledger);

} // namespace gatehouse::store
