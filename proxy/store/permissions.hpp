#pragma once
// What pupils may use with two keys only (clause 10): the headteacher permits, the online safety officer confirms that the security measures are in
// place. Both keys expire; with either gone it is closed. While both are there, a grant (overrides.hpp) opens it.

#include "proxy/store/accounts.hpp"
#include "proxy/store/overrides.hpp"

namespace gatehouse::store {

inline constexpr std::chrono::hours longest_key{100 * 24}; ///< about a term

enum class Key : std::uint8_t { headteacher, officer };

struct GivenKey {
    std::string by; ///< login
    Instant at{}, until{};
};

struct Permission {
    PermissionId id = PermissionId::none;
    std::int64_t version = 1;
    std::string who;   ///< selectors of the policy: "user:amy.year9", "group:year-9"
    std::string what;  ///< "service:youtube", "category:social-media"
    std::string where; ///< "network:pupil-wifi"; empty: anywhere
    std::string clause, reason;
    Instant made_at{};
    std::string made_by;
    std::optional<GivenKey> headteacher, officer; ///< also those that are over
    std::string measures;                         ///< what the officer saw to; empty without that key
    OverrideId grant = OverrideId::none;          ///< the last one that it opened
    bool grant_ended = false;                     ///< by its time or by a person
    std::optional<Instant> closed_at;
    std::string closed_by, close_reason;

    /// Until when both keys are there; nothing if they are not.
    std::optional<Instant> both_until(Instant now) const;
    /// Both keys were given and have run out: nobody waits for it, though either may be given anew.
    bool is_over(Instant now) const { return headteacher && officer && headteacher->until <= now && officer->until <= now; }
    bool is_open(Instant now) const { return both_until(now) && grant != OverrideId::none && !grant_ended; }
};

struct NewPermission {
    std::string who, what, where, reason;
    std::string clause = "10";
};

/// As asked for by somebody; opens nothing. Officer or headteacher. Errors: `errc::invalid_value`, `not_permitted`, `same_person`.
result<Permission> propose_permission(Ledger& ledger, NewPermission const& permission, Actor const& actor, Instant now);

struct PermissionStep {
    PermissionId id = PermissionId::none;
    std::int64_t version = 0; ///< the one that the actor saw
    Actor actor;
    Instant now{};
};

/// The key of the actor's role, anew if it was given before. The officer's needs the measures in words. With both, the grant begins; it lasts as
/// long as the shorter key. Errors: `errc::not_found`, `stale`, `wrong_state` (closed), `invalid_value` (too long, no measures), `not_permitted`,
/// `same_person` (one human being with both roles, or the person it is for), `role_changed_recently`.
result<Permission> give_key(Ledger& ledger, PermissionStep const& step, Instant until, std::string const& measures);
/// Closes it for good, with a reason: officer or headteacher, at any time. Errors: as give_key.
result<Permission> close_permission(Ledger& ledger, PermissionStep const& step, std::string const& reason);

result<Permission> find_permission(Ledger& ledger, PermissionId id);
/// Newest first.
result<std::vector<Permission>> list_permissions(Ledger& ledger, std::size_t limit = 50, std::size_t skipped = 0);
result<std::size_t> count_permissions(Ledger& ledger);

} // namespace gatehouse::store
