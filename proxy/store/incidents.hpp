#pragma once
// Attempts to get round the filter, kept with their evidence. Repetitions of one attempt within ten minutes are one row with a count.

#include "proxy/detect/incident.hpp"
#include "proxy/store/accounts.hpp"

#include <span>

namespace gatehouse::store {

inline constexpr std::chrono::minutes incident_window{10};

struct IncidentRow {
    IncidentId id = IncidentId::none;
    detect::Incident incident; ///< the first of the repetitions
    std::int64_t count = 1;
    Instant last_at{};
    std::string pseudonym; ///< of the person, for who reads without a purpose: then `incident` names nobody
};

struct IncidentFilter {
    std::string user, device, network, address, host; ///< exact; empty: any
    std::optional<detect::IncidentKind> kind;
    std::optional<detect::Grade> at_least;
    std::optional<Instant> from, until;
    IncidentId before = IncidentId::none; ///< for paging: lower ids only; none: the newest
    std::size_t limit = 100;
};

/// One transaction for all of them.
result<void> add_incidents(Ledger& ledger, std::span<detect::Incident const> incidents);

struct IncidentReader {
    Actor actor;
    std::string purpose; ///< with one, people are named, and the reading is audited
    Instant now{};
    std::vector<std::string> personal_devices = {}; ///< devices of one person, which are named with the person only
};

/// Newest first, without the reader's own. Officer, DSL, ICT lead, headteacher and auditor; the chief executive for one person about whom
/// they decide. Without a purpose people have pseudonyms, no address and no device of their own; a search for a person, a device or an address needs one.
/// Errors: `errc::not_permitted`, `invalid_value` (no purpose), `conflict_of_interest` (the reader's own name).
result<std::vector<IncidentRow>> search_incidents(Ledger& ledger, IncidentFilter const& filter, IncidentReader const& reader);
/// Attempts that came since the reader last looked, without their own.
result<std::size_t> count_new_incidents(Ledger& ledger, Account const& reader);
/// The reader has seen the newest ones.
result<void> mark_incidents_seen(Ledger& ledger, AccountId reader);
result<std::int64_t> count_incidents(Ledger& ledger, Instant from, Instant until);

} // namespace gatehouse::store
