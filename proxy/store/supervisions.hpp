#pragma once
// A member of staff sits beside somebody under supervised use: until its end, the web is as open to that person at this computer as to others (clause 12).

#include "proxy/store/restrictions.hpp"

namespace gatehouse::store {

inline constexpr std::chrono::hours longest_supervision{12};

struct SupervisionRow {
    SupervisionId id = SupervisionId::none;
    RestrictionId restriction = RestrictionId::none;
    std::string user;   ///< the person under supervision
    std::string device; ///< a device of the policy, or an address
    std::string by;     ///< login of who supervises
    Instant from{}, until{};
    std::optional<Instant> ended_at; ///< before its time

    /// When it was over, or is to be.
    Instant end() const { return ended_at ? std::min(*ended_at, until) : until; }
};

/// Starts now; one that is live elsewhere ends, since nobody sits beside two computers. It never lasts longer than the supervised use. Supervisor, officer, DSL or headteacher, never the person
/// themselves. Errors: `errc::not_found`, `wrong_state` (the restriction is not in force), `invalid_value`, `not_permitted`, `same_person`.
result<SupervisionRow> start_supervision(
    Ledger& ledger, RestrictionId restriction, std::string const& device, Instant until, Actor const& actor, Instant now);
/// Anyone who may start one. Errors: `errc::not_found`, `wrong_state` (it is over), `not_permitted`, `same_person`.
result<void> end_supervision(Ledger& ledger, SupervisionId id, Actor const& actor, Instant now);

/// Those of one restriction, newest first.
result<std::vector<SupervisionRow>> list_supervisions(Ledger& ledger, RestrictionId restriction);
/// Live now, newest first.
result<std::vector<SupervisionRow>> live_supervisions(Ledger& ledger, Instant now);

} // namespace gatehouse::store
