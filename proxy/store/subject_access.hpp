#pragma once
// What the store keeps about one person, for a request for access (UK GDPR, article 15). Who else had to do with it is left out.

#include "proxy/store/known_people.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/supervisions.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::store {

struct RequestOfSubject {
    std::string reference, url, why;
    Instant at{};
    RequestState state = RequestState::submitted;
    std::string answer;
    std::string advice; ///< what the officer recommended, in words
};

/// A report by the person, or about them. Of one about them neither the words nor who told it are here: both may be somebody else's.
struct ReportOfSubject {
    std::string reference;
    Instant at{};
    bool by_subject = false;
    std::string text; ///< of the person's own reports
    ReportState state = ReportState::open;
};

struct IncidentOfSubject {
    Instant at{}, last_at{};
    std::string kind, host, evidence, device, network;
    std::int64_t count = 1;
};

struct RestrictionOfSubject {
    Instant from{}, until{};         ///< as it was to be
    std::optional<Instant> ended_at; ///< refused, or ended before its time
    RestrictionState state = RestrictionState::proposed;
    std::string clause, reason, against, end_reason;
};

struct PurposeOfSubject {
    std::string purpose;
    Instant from{}, until{};
};

struct AddressOfSubject {
    std::string address;
    Instant last_at{};
};

struct SubjectRecords {
    std::string user; ///< canonical
    std::optional<Account> account;
    std::vector<std::string>
        other_logins; ///< of the same human being: former ones, and of linked accounts; what is kept under those is not here
    std::vector<RequestOfSubject> requests;
    std::vector<ReportOfSubject> reports;
    std::vector<IncidentOfSubject> incidents;
    std::vector<RestrictionOfSubject> restrictions;
    std::vector<SupervisionRow> supervisions; ///< `by` is empty
    std::vector<Permission> permissions;      ///< that name the person; without the names of others
    std::vector<PurposeOfSubject> purposes;   ///< for which the person looked at the access log
    std::vector<AddressOfSubject> addresses;  ///< from which the person signed in
    KnownPeople known;                        ///< whose names have to be taken out of what is written above
};

/// DPO only, with a purpose, on record; nobody collects their own.
/// Errors: `errc::invalid_value`, `not_permitted`, `conflict_of_interest`.
result<SubjectRecords> read_subject(
    Ledger& ledger, std::string const& user, std::string const& purpose, Actor const& actor, Instant now);

} // namespace gatehouse::store
