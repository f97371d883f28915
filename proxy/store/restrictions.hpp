#pragma once
// Supervised use only (clause 12): one person proposes, another confirms, for the beginning as for the end; neither is the person concerned.

#include "policy/restriction.hpp"
#include "proxy/store/accounts.hpp"

#include <algorithm>

namespace gatehouse::store {

/// Stored as numbers: new ones are added at the end.
enum class RestrictionState : std::uint8_t {
    proposed,
    active, ///< also once its time is over
    end_proposed,
    ended, ///< before its time
    refused,
    expired, ///< nobody decided before the time that was proposed was over
};
std::string_view to_text(RestrictionState state);

struct RestrictionRow {
    RestrictionId id = RestrictionId::none;
    std::string user; ///< canonical login or user name
    std::string clause, reason;
    std::string against;             ///< what speaks against it, or for another explanation; may be empty
    Instant from{}, until{};         ///< as they were proposed
    std::optional<Instant> ended_at; ///< refused, ended before its time, or noticed as over
    RestrictionState state = RestrictionState::proposed;
    std::int64_t version = 1;
    ConsoleRole decider = ConsoleRole::headteacher; ///< who confirms or refuses it (clause 11)
    std::string proposed_by, confirmed_by, end_proposed_by, ended_by, end_reason;

    /// When it was over, or is to be.
    Instant end() const { return ended_at ? std::min(*ended_at, until) : until; }
};

struct NewRestriction {
    std::string user;
    std::string reason;
    std::string against = {};
    std::string clause = "12";
    Instant from{}, until{};
};

struct RestrictionStep {
    RestrictionId id = RestrictionId::none;
    std::int64_t version = 0; ///< the one that the actor saw
    Actor actor;
    Instant now{};
};

/// Officer or DSL. Errors: `errc::invalid_value`, `not_permitted`, `same_person`, `already_exists`.
result<RestrictionRow> propose_restriction(Ledger& ledger, NewRestriction const& restriction, Actor const& actor, Instant now);
// Errors also: `errc::wrong_state` when its time is over: a proposal can still be refused, and proposed anew.
/// The headteacher; the chief executive, if the headteacher is the person concerned (clause 11). Errors: `errc::not_found`, `stale`, `wrong_state`, `not_permitted`, `same_person`, `role_changed_recently`.
result<RestrictionRow> confirm_restriction(Ledger& ledger, RestrictionStep const& step);
result<RestrictionRow> refuse_restriction(Ledger& ledger, RestrictionStep const& step, std::string const& reason);
/// Officer, DSL or headteacher proposes the end (the chief executive too, if they decide about the person); a different one of them confirms it.
result<RestrictionRow> propose_restriction_end(Ledger& ledger, RestrictionStep const& step, std::string const& reason);
/// A different one of them turns the proposal down: it goes on as before. Errors: as above, `invalid_value` without a reason.
result<RestrictionRow> refuse_restriction_end(Ledger& ledger, RestrictionStep const& step, std::string const& reason);
result<RestrictionRow> confirm_restriction_end(Ledger& ledger, RestrictionStep const& step);

/// Proposals whose time is over expire, and what has run out is noted as over, each with its audit row; answers how many. By the program itself.
result<std::int64_t> expire_restrictions(Ledger& ledger, Instant now);

result<RestrictionRow> find_restriction(Ledger& ledger, RestrictionId id);
/// As somebody of the console sees it; the chief executive only what they decide. Errors: `errc::not_found`, `conflict_of_interest`, `not_permitted`.
result<RestrictionRow> read_restriction(Ledger& ledger, RestrictionId id, AccountId reader);
/// Newest first, without those about the reader; for the chief executive only what they decide.
result<std::vector<RestrictionRow>> list_restrictions(Ledger& ledger, AccountId reader);
/// Active (also while their end is only proposed) and not over, each with the supervision that is live, for publication.
result<std::vector<policy::Restriction>> current_restrictions(Ledger& ledger, Instant now);
/// The next instant after `now` at which one begins or ends, or a supervision ends: publish then.
result<std::optional<Instant>> next_restriction_change(Ledger& ledger, Instant now);

} // namespace gatehouse::store
