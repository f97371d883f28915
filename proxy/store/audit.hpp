#pragma once
// The append-only chain over decisions about people and policy. Each row carries HMAC-SHA-256 over its canonical bytes and the digest before it;
// the key lives outside the database (audit.key), and so does the signed head (audit.head), so that neither an edit nor a cut goes unseen.

#include "proxy/store/database.hpp"
#include "proxy/store/ids.hpp"

#include <array>

namespace gatehouse::store {

class AuditChain;
struct AuditHead;
class Ledger;

/// What happened. No secrets, no query strings. Example: action "unblock.approve", object "unblock-request:17".
struct AuditEntry {
    Instant at{};
    AccountId account = AccountId::none;
    std::string actor;   ///< login, or "system", "command-line:root", "portal"
    std::string address; ///< of the actor's client, may be empty
    std::string action;
    std::string object;
    std::string detail; ///< plain words: reason, purpose, scope
};

/// What of a row the reader of a search is not shown; it is blank then. Time, number and digest always are, so that the chain stays one.
enum class KeptBack : std::uint8_t {
    nothing,
    words, ///< object, words and address, of a report that is not theirs to read
    row,   ///< all: it is about them, and who looked or reported is not theirs to know
};

struct AuditRow : AuditEntry {
    std::int64_t sequence = 0; ///< 1-based without gaps
    std::string digest;        ///< 64 hexadecimal digits
    KeptBack kept_back = KeptBack::nothing;
};

/// A device that the policy gives to somebody, and where it is.
struct PersonalDevice {
    std::string user, id, address; ///< `address` as IpAddress::to_text() has it
};

/// An account of the console that reads the audit.
struct AuditReader {
    AccountId account = AccountId::none;
    Instant now{};
    std::vector<PersonalDevice> devices{}; ///< of anybody: a look that names one of the reader's is one at them
};

struct AuditFilter {
    std::string action_prefix{}; ///< "unblock."; empty: all
    std::string actor{};         ///< a login, with the rows of every login that its account had; empty: all
    std::string about{};         ///< a part of `object` or `detail`, small and large letters as one (ASCII); empty: all
    std::optional<Instant> from{}, until{}; ///< inclusive, exclusive
    std::int64_t before = 0;                ///< rows with a lower sequence; zero: the newest
    std::size_t limit = 100;
    /// For whom: what is kept back from them is found by nothing that it says. Their own deeds are not kept back. Nobody: the machine's owner.
    std::optional<AuditReader> reader{};
};

struct AuditVerification {
    bool intact = false;
    std::int64_t rows = 0;
    std::optional<std::int64_t> first_bad; ///< sequence of the first row that was edited, or is missing
    std::string problem;                   ///< one plain sentence, empty if intact
    std::string head_digest;               ///< for the governors' report
};

/// Appends inside the caller's transaction. Errors: `errc::no_transaction`, those of the database.
result<void> append_audit(Ledger& ledger, AuditEntry const& entry);

/// For events that change nothing else: a sign-in refused, a record read with a purpose, an export. Own transaction.
result<void> record_event(
    Ledger& ledger, Actor const& actor, std::string action, std::string object, std::string detail, Instant now);

/// Newest first.
result<std::vector<AuditRow>> list_audit(Ledger& ledger, AuditFilter const& filter);

/// Recomputes the whole chain and compares it with the signed head. One pass, O(rows): the console asks an AuditWatch (audit_watch.hpp) instead.
result<AuditVerification> verify_audit(Ledger& ledger);
/// The same for the rows behind `known`, up to which the chain was found whole before; `reached` is how far it is now.
result<AuditVerification> verify_audit_from(
    Database& database, AuditChain const& chain, AuditHead const& known, AuditHead& reached);

} // namespace gatehouse::store
