#pragma once
// Approved, time-limited permissions as rows. Selectors are kept as text; the policy that knows what they mean turns them into policy::Override.

#include "policy/policy.hpp"
#include "proxy/store/ledger.hpp"

#include <variant>

namespace gatehouse::store {

struct OverrideRow {
    OverrideId id = OverrideId::none;
    RequestId request = RequestId::none;
    std::string clause;
    std::string reason;
    std::vector<std::string> who, what, where,
        when; ///< "user:jsmith", "staff" (a role), "host:example.org", "url:example.org/maths"
    Instant from{}, until{};
    Instant created_at{};
    std::string approved_by;         ///< login
    std::optional<Instant> ended_at; ///< revoked, or noticed as over
    std::string ended_by;            ///< login, or "system"
    std::string end_reason;

    std::string name() const { return "override-" + std::to_string(number(id)); }
};

/// Live now or later, in order of id. For publication.
result<std::vector<OverrideRow>> current_overrides(Ledger& ledger, Instant now);
result<std::vector<OverrideRow>> list_overrides(
    Ledger& ledger, std::size_t limit = 50, std::size_t skipped = 0); ///< all, newest first
result<std::size_t> count_overrides(Ledger& ledger);
result<OverrideRow> find_override(Ledger& ledger, OverrideId id);
/// Officer or headteacher, with a reason. Errors: `errc::not_found`, `wrong_state`, `not_permitted`, `invalid_value`.
result<void> revoke_override(Ledger& ledger, OverrideId id, std::string const& reason, Actor const& actor, Instant now);
/// Marks those that are over; answers how many. Each gets its event and audit row.
result<std::int64_t> end_overrides(Ledger& ledger, Instant now);
/// The next instant after `now` at which an override begins or ends: publish then.
result<std::optional<Instant>> next_override_change(Ledger& ledger, Instant now);

/// The value for the policy, or why a selector no longer fits it (a group was removed, say): such a grant opens nothing.
std::variant<policy::Override, std::string> to_override(OverrideRow const& row, policy::Policy const& policy);

} // namespace gatehouse::store
